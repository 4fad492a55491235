/**
 * One module build, again and again, with one fault after another put between every two requests: every task is made once,
 * every build is tagged in order, and the build comes to its end.
 */
import { assert, describe, it } from "@effect/vitest"
import { KojiBuildSystem } from "@orch/adapters-koji"
import type * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import {
  type BuildrootPlan,
  BuildSystem,
  type BuildSystemError,
  type BuiltComponent,
  type Interface,
  type RepositoryRequest,
  type TaskId
} from "@orch/core/ports/BuildSystem"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as farm from "./farm.ts"

const plan: BuildrootPlan = {
  ...farm.plan,
  macros: `%dist .${farm.plan.distTag}\n`,
  packages: ["alpha", "beta", "gamma", "delta", "epsilon"],
  groups: { build: ["bash"], "srpm-build": ["rpm-build"] }
}
const tag = "module-five-1.0-20261121000000-c0ffee42"
const batches = [["alpha"], ["beta", "gamma"], ["delta", "epsilon"]]
const key = (component: string) => `${plan.key}/${component}/1`

/** What the engine does: the same call again while the failure may pass. */
const persistently = <A, R>(effect: Effect.Effect<A, BuildSystemError, R>) =>
  Effect.retry(effect, { while: (error) => error.isRetryable, times: 20 })

const ready = Effect.fnUntraced(function*(system: Interface, asked: RepositoryRequest) {
  const [state] = yield* persistently(system.observeRepositories([asked])).pipe(
    Effect.delay("2 millis"),
    Effect.repeat({ until: ([state]) => state?._tag !== "Pending" })
  )
  assert.deepStrictEqual(state, { _tag: "Ready" })
})

const prepared = Effect.fnUntraced(function*(system: Interface) {
  for (;;) {
    const buildroot = yield* persistently(system.prepare(plan))
    if (buildroot.awaits === undefined) return buildroot
    yield* ready(system, { buildroot: buildroot.id, id: buildroot.awaits })
  }
})

/** One module build as the engine runs it, the whole answer of each call used only when it came. */
const build = (isFirstTry: boolean) =>
  Effect.gen(function*() {
    const system = yield* BuildSystem
    const buildroot = yield* prepared(system)
    const all: Array<BuiltComponent> = []
    for (const batch of batches) {
      const requests = batch.map((component) => farm.request({ component, key: key(component), outcome: "closed" }))
      // A try that failed is followed by one that is not the first any more, which this process knows by itself.
      const answers = yield* persistently(system.submit(buildroot, requests, { isFirstTry }))
      const tasks: Array<TaskId> = []
      for (const answer of answers) {
        if (answer._tag === "Rejected") return yield* Effect.die(answer.reason)
        tasks.push(answer.task)
      }
      const ended = yield* persistently(system.observe(tasks)).pipe(
        Effect.delay("2 millis"),
        Effect.repeat({ until: (seen) => seen.every(({ state }) => state !== "free" && state !== "open") })
      )
      const built = ended.map(({ artifacts, nvr, state, task, reason }, index) => {
        assert.strictEqual(state, "closed", reason)
        return { component: batch[index] ?? "", task, nvr: nvr ?? "", artifacts }
      })
      all.push(...built)
      // As in the engine, nothing waits for a repository with the last batch.
      if (all.length === batches.flat().length) break
      const asked = yield* persistently(system.admit(buildroot, built))
      yield* ready(system, asked)
    }
    yield* persistently(system.finish(plan, { _tag: "Succeeded", builds: all }))
  })

const dist = ".module_el9+7+1a2b3c4d"
const nvr = (component: string) => `${component}-1.0-1${dist}`

const assertOnce = (hub: FakeKojiHub.FakeKojiHub): void => {
  const submitted = hub.tasks().filter((task) => task.method === "build").map((task) => String(task.request[0]))
  assert.strictEqual(submitted.length, 6, submitted.join("\n"))
  assert.strictEqual(new Set(submitted).size, 6)
  assert.deepStrictEqual(hub.tagged(tag).toSorted(), batches.flat().map(nvr).toSorted())
  const order = hub.tagged(`${tag}-build`)
  assert.strictEqual(order[0], `module-build-macros-0.1-1${dist}`)
  for (const [index, batch] of batches.entries()) {
    const before = batches.slice(0, index).flat().length + 1
    for (const component of batch) assert.isAtLeast(order.indexOf(nvr(component)), before)
  }
  assert.strictEqual(order.length, 6)
  assert.deepStrictEqual(hub.targets(), [])
}

const run = (version: string, inject: NonNullable<FakeKojiHub.Options["inject"]>) =>
  Effect.scoped(Effect.gen(function*() {
    const context = yield* Layer.build(farm.layer({ version, inject }))
    yield* build(true).pipe(Effect.provide(context), Effect.timeout("120 seconds"))
    const hub = Context.get(context, farm.FakeHub)
    assertOnce(hub)
    return hub.requests()
  }))

/** The process dies as request `at` arrives; another one starts over, knowing nothing. */
const killed = (version: string, at: number) =>
  Effect.scoped(Effect.gen(function*() {
    const hub = yield* farm.startHub({ version })
    const process = Layer.build(KojiBuildSystem.layer({ ...farm.hubOptions(hub), settings: farm.settings }))
    const dying = yield* Deferred.make<void>()
    hub.inject(({ index }) => {
      if (index !== at) return undefined
      Deferred.doneUnsafe(dying, Effect.void)
      return { kind: "reset-applied" }
    })
    yield* Effect.raceFirst(
      Effect.scoped(Effect.flatMap(process, (context) => Effect.provide(build(true), context))),
      Deferred.await(dying)
    )
    hub.inject(undefined)
    yield* Effect.scoped(Effect.flatMap(process, (context) => Effect.provide(build(false), context))).pipe(
      Effect.timeout("120 seconds")
    )
    assertOnce(hub)
  }))

const kinds = [
  "bad-gateway",
  "bad-gateway-applied",
  "reset",
  "reset-applied",
  "answer-lost",
  "garbage",
  "offline",
  "expire",
  "forget"
] as const
/** Where the generations of sessions and repositories differ, which is not in how calls fail before they arrive. */
const telling = ["reset-applied", "answer-lost", "forget"] as const

/** Everything everywhere takes minutes: set to do it. Without it, hubs of other versions are disturbed here and there. */
const thorough = process.env.ORCH_TEST_THOROUGH === "1"
const versions = ["1.35.3", "1.30.1", "1.34.0", "1.36.0"]

const atEach = (version: string, one: (at: number) => Effect.Effect<unknown, unknown>) =>
  Effect.gen(function*() {
    const requests = yield* run(version, () => undefined)
    const step = thorough || version === versions[0] ? 1 : 5
    yield* Effect.forEach(
      Array.from({ length: Math.ceil((requests + 2) / step) }, (_, index) => index * step + versions.indexOf(version)),
      (at) => Effect.catchCause(one(at), (cause) => Effect.die(new Error(`at request ${at}: ${Cause.pretty(cause)}`))),
      { concurrency: 6, discard: true }
    )
  })

const patience = 600_000

describe.each(versions)("a module build on a hub of %s", (version) => {
  it.live("goes through undisturbed", () => run(version, () => undefined), patience)

  it.live.each(thorough || version === versions[0] ? kinds : telling)(
    "survives %s at one request after the other, and nothing is done twice",
    (kind) => atEach(version, (at) => run(version, ({ index }) => index === at ? { kind } : undefined)),
    patience
  )

  it.live(
    "is continued by another process after a death at one request after the other, and nothing is done twice",
    () => atEach(version, (at) => killed(version, at)),
    patience
  )

  it.live(
    "survives a fault at every third request",
    () => run(version, ({ index }) => index % 3 === 2 ? { kind: kinds[(index / 3 | 0) % kinds.length]! } : undefined),
    patience
  )

  it.live(
    "survives a hub that is offline for a while, again and again",
    () => run(version, ({ index }) => index % 20 > 12 ? { kind: "offline" } : undefined),
    patience
  )
})
