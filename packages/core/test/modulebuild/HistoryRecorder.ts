/**
 * Has the real engine live through one module build of every shape, in memory, and writes down what it stored: the plan, every
 * event, and what came of them. `Histories.test.ts` replays what was written down by this version and by earlier ones.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { ModuleBuildEngine } from "../../src/engine/modulebuild/ModuleBuildEngine.ts"
import { moduleBuildSubmitter } from "../../src/engine/modulebuild/ModuleBuildSubmitter.ts"
import * as SlotScheduler from "../../src/engine/SlotScheduler.ts"
import { SubmissionLimits } from "../../src/engine/SubmissionLimits.ts"
import type { ModuleBuild } from "../../src/modulebuild/ModuleBuild.ts"
import { moduleBuildLife } from "../../src/modulebuild/ModuleBuildLife.ts"
import type { ModulePlan } from "../../src/modulebuild/ModulePlan.ts"
import { Gate, type Verdict } from "../../src/ports/Gate.ts"
import { ModuleBuilds } from "../../src/ports/modulebuild/ModuleBuilds.ts"
import { Outbox } from "../../src/ports/Outbox.ts"
import * as MemoryBuildSystem from "../../src/testing/MemoryBuildSystem.ts"
import * as MemoryModuleFarm from "../../src/testing/MemoryModuleFarm.ts"
import { eventually, handing, type Options, running, until } from "../engine/modulebuild/World.ts"
import { component, modulePlan } from "./plans.ts"

/** One life as it was stored, in JSON. */
export const Recording = Schema.Struct({
  id: Schema.Number,
  plan: Schema.Unknown,
  events: Schema.Array(Schema.Unknown),
  /** As it was at the end. */
  progress: Schema.Unknown,
  parts: Schema.Array(Schema.Unknown),
  /** Everything that was announced, in order. */
  announcements: Schema.Array(Schema.Struct({ topic: Schema.String, subject: Schema.String, body: Schema.Unknown }))
})
export interface Recording extends Schema.Schema.Type<typeof Recording> {}

const { codecs } = moduleBuildLife

const record = Effect.fnUntraced(function*(id: number) {
  const { state } = yield* (yield* ModuleBuilds).get(id)
  const history = yield* (yield* ModuleBuilds).history(id, 0, 10_000)
  const told = yield* (yield* Outbox).after(0, 10_000, { subject: `module-build/${id}` })
  const { plan, progress } = moduleBuildLife.take(state)
  return {
    id,
    plan: Schema.encodeSync(codecs.plan)(plan),
    events: history.map(({ event }) => Schema.encodeSync(codecs.event)(event)),
    progress: Schema.encodeSync(codecs.progress)(progress),
    parts: [...state.components.values()].map((part) => Schema.encodeSync(codecs.part)(part)),
    announcements: told.map(({ body, subject, topic }) => ({ topic, subject, body }))
  } satisfies Recording
})

const two = [component("alpha", { batch: 1 }), component("beta", { batch: 2 })]

/** References that are still to be resolved. */
const unresolved = (names: ReadonlyArray<string>) =>
  names.map((name) => {
    const { commit: _, ...rest } = component(name, { ref: "main" })
    return rest
  })

const source = { head: "main", commits: { ["b".repeat(40)]: { time: 1, files: {} } }, refs: { main: "b".repeat(40) } }
const sources = { "memory:alpha": source, "memory:beta": source }

const submit = Effect.fnUntraced(function*(plan: ModulePlan = modulePlan(two)) {
  return (yield* (yield* ModuleBuildEngine).submit(plan, "alice")).state.id
})

const building = (test: (build: ModuleBuild) => boolean) => (id: number) =>
  Effect.flatMap(ModuleBuilds, (store) => eventually(store.get(id), ({ state }) => test(state)))

const engine = <A, E>(call: (engine: ModuleBuildEngine["Service"]) => Effect.Effect<A, E>) =>
  Effect.flatMap(ModuleBuildEngine, call)

/** One failing attempt of a component, and success from then on. */
const failingOnce = (name: string): Options => ({
  farm: { failing: ({ component, key }) => component === name && key.endsWith("/1") }
})

type Services = Layer.Success<ReturnType<typeof running>>

const life = (live: Effect.Effect<number, unknown, Services>, layer: Layer.Layer<Services, unknown> = running()) =>
  Effect.provide(Effect.flatMap(live, record), layer)

const gated = () => {
  const verdicts: Array<Verdict> = [{ _tag: "Unsatisfied", reason: "1 test is missing", retryAfterSeconds: 0 }]
  return Layer.succeed(Gate, {
    decide: () => Effect.sync(() => verdicts.shift() ?? { _tag: "Satisfied", reason: "all tests passed" })
  })
}

const limited = Layer.effectDiscard(
  Effect.flatMap(moduleBuildSubmitter, (submitter) => SlotScheduler.schedule([submitter], { interval: 20 }))
).pipe(
  Layer.provideMerge(running({ farm: { pace: "manual" } })),
  Layer.provide(Layer.succeed(SubmissionLimits, { total: 1 }))
)

const settleAll = (id: number) =>
  Effect.gen(function*() {
    const farm = yield* MemoryBuildSystem.MemoryFarm
    const store = yield* ModuleBuilds
    yield* eventually(
      Effect.gen(function*() {
        for (const { task } of yield* farm.running) yield* farm.settle(task)
        return (yield* store.get(id)).state.state
      }),
      (state) => state === "ready"
    )
  })

/** Every shape of a life, by name. */
export const lives: Readonly<Record<string, Effect.Effect<Recording, unknown>>> = {
  ready: life(Effect.tap(submit(), (id) => until(id, "ready"))),
  resolved: life(
    Effect.tap(submit(modulePlan(unresolved(["alpha", "beta"]))), (id) => until(id, "ready")),
    running({ sources })
  ),
  prepared: life(
    Effect.tap(submit(), (id) => until(id, "ready")),
    running({ farm: { preparation: 2 } })
  ),
  "read-later": life(
    Effect.tap(submit(), (id) => until(id, "ready")),
    running({ farm: { brief: true } })
  ),
  failed: life(
    Effect.tap(submit(), (id) => until(id, "failed")),
    running({ farm: { failing: ({ component }) => component === "alpha" } })
  ),
  "source-missing": life(
    Effect.tap(submit(modulePlan(unresolved(["alpha", "gamma"]))), (id) => until(id, "failed")),
    running({ sources })
  ),
  refused: life(
    Effect.tap(submit(), (id) => until(id, "failed")),
    running({ farm: { rejecting: ({ component }) => component === "beta" } })
  ),
  rejected: life(
    Effect.gen(function*() {
      const farm = yield* MemoryBuildSystem.MemoryFarm
      yield* farm.interfere("prepare", "refused")
      return yield* Effect.tap(submit(), (id) => until(id, "failed"))
    })
  ),
  delayed: life(
    Effect.gen(function*() {
      const farm = yield* MemoryBuildSystem.MemoryFarm
      yield* farm.leave("connection refused")
      const id = yield* submit()
      yield* building(({ delays }) => delays !== undefined)(id)
      yield* farm.leave()
      yield* building(({ components }) => components.get("alpha")!.state === "building")(id)
      yield* farm.leave("connection refused")
      yield* building(({ delays }) => delays !== undefined)(id)
      yield* farm.leave()
      yield* settleAll(id)
      return id
    }),
    running({ farm: { pace: "manual" } })
  ),
  resumed: life(
    Effect.gen(function*() {
      const id = yield* submit()
      yield* until(id, "failed")
      yield* engine((engine) => engine.resume(id, "bob"))
      yield* until(id, "ready")
      return id
    }),
    running(failingOnce("beta"))
  ),
  retried: life(
    Effect.gen(function*() {
      const id = yield* submit()
      yield* until(id, "failed")
      yield* engine((engine) => engine.retry(id, "alpha", "bob"))
      yield* until(id, "ready")
      return id
    }),
    running(failingOnce("alpha"))
  ),
  canceled: life(
    Effect.gen(function*() {
      const id = yield* submit()
      yield* building(({ components }) => components.get("alpha")!.state === "building")(id)
      yield* engine((engine) => engine.prioritize(id, 5, "carol"))
      yield* engine((engine) => engine.cancel(id, "bob"))
      // The farm ends what it was told to end.
      yield* building(({ components }) => !components.get("alpha")!.open)(id)
      return id
    }),
    running({ farm: { pace: "manual" } })
  ),
  reused: life(
    Effect.gen(function*() {
      const plan = (version: bigint) =>
        modulePlan(two, {
          version,
          scmurl: "git://host/demo?#1",
          modules: [{ name: "platform", stream: "el9", version: 1n, context: "00000000" }],
          buildrequires: { platform: { ref: null, stream: "el9", version: "1", context: "00000000", kojiTag: null } },
          dependencies: { buildrequires: { platform: ["el9"] }, requires: {} },
          submission: { rebuildStrategy: "only-changed" }
        })
      yield* until(yield* submit(plan(1n)), "ready")
      return yield* Effect.tap(submit(plan(2n)), (id) => until(id, "ready"))
    }),
    running({ sources })
  ),
  scratch: life(
    Effect.tap(submit(modulePlan(two, { scratch: true, context: "00000000_1" })), (id) => until(id, "done"))
  ),
  gated: life(
    Effect.tap(submit(), (id) => until(id, "ready")),
    running().pipe(Layer.provide(gated()))
  ),
  retired: life(
    Effect.gen(function*() {
      const id = yield* submit()
      yield* until(id, "ready")
      yield* engine((engine) => engine.retire(id, "bob", "superseded"))
      return id
    })
  ),
  imported: life(
    Effect.gen(function*() {
      const imported = { kojiTag: "module-demo", virtualStreams: ["el8"], commit: null }
      const plan = modulePlan([], { owner: "mbs_import", imported, deadline: 0 })
      const { state: { id } } = yield* engine((engine) => engine.importModule(plan, "alice"))
      yield* engine((engine) => engine.retire(id, "bob"))
      yield* engine((engine) => engine.importModule({ ...plan, filter: ["demo-devel"] }, "carol", id))
      return id
    })
  ),
  limited: life(
    Effect.tap(submit(modulePlan([component("alpha"), component("beta")])), settleAll),
    limited
  ),
  owned: Effect.gen(function*() {
    const farm = yield* MemoryModuleFarm.MemoryModuleFarm
    const id = yield* submit(modulePlan(two, { ownedBy: "mbs" }))
    const parts = (state: "building" | "built" | "failed") => [
      { component: "alpha", state, task: "7", ...(state === "built" ? { nvr: "alpha-1-1" } : {}) }
    ]
    const under = building(({ state }) => state === "build")
    yield* under(id)
    yield* farm.tell("1", { state: "building", parts: parts("building") })
    yield* building(({ components }) => components.get("alpha")!.task !== undefined)(id)
    yield* farm.tell("1", { state: "failed", reason: "alpha does not build", parts: parts("failed") })
    yield* until(id, "failed")
    yield* engine((engine) => engine.resume(id, "bob"))
    yield* under(id)
    yield* farm.tell("1", { state: "ready", parts: parts("built") })
    yield* until(id, "ready")
    return yield* record(id)
  }).pipe(Effect.provide(handing())),
  overdue: life(
    Effect.tap(submit(modulePlan(two, { deadline: 1 })), (id) => until(id, "failed")),
    running({ farm: { pace: "manual" } })
  ),
  "repository-failing": life(
    Effect.gen(function*() {
      const id = yield* submit()
      yield* until(id, "failed")
      return id
    }),
    running({
      between: (farm) => ({
        ...farm,
        observeRepositories: (requests) =>
          Effect.succeed(requests.map(() => ({ _tag: "Failed" as const, reason: "the disk is full" })))
      })
    })
  )
}
