/**
 * A module build from submission to its end at a fake hub, with everything that the hub was asked, request by request.
 *
 * Time can run faster than the machine's: durations of hours take minutes, and pauses keep their proportions.
 */
import { KojiBuildSystem, KojiHub, KojiRepositoryHost } from "@orch/adapters-koji"
import * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import { ModuleBuildCommands } from "@orch/core/engine/modulebuild/ModuleBuildCommands"
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import * as ModuleBuildWatches from "@orch/core/engine/modulebuild/ModuleBuildWatches"
import { Publisher } from "@orch/core/engine/modulebuild/Publisher"
import type { ModulePlan } from "@orch/core/modulebuild/ModulePlan"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import { RepositoryHost } from "@orch/core/ports/RepositoryHost"
import * as MemoryCommandQueue from "@orch/core/testing/MemoryCommandQueue"
import * as MemoryModuleBuilds from "@orch/core/testing/MemoryModuleBuilds"
import * as MemoryOutbox from "@orch/core/testing/MemoryOutbox"
import * as MemoryRepositoryHost from "@orch/core/testing/MemoryRepositoryHost"
import * as MemorySourceControl from "@orch/core/testing/MemorySourceControl"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"

/** What is built, and at what kind of hub. */
export interface Load {
  /** How many components each batch has. */
  readonly batches: ReadonlyArray<number>
  readonly hub?: FakeKojiHub.Options
  /** How many times faster time runs; 1 unless told. */
  readonly pace?: number
  /** Whether the module is imported into the hub and tagged there afterwards, with its complement. */
  readonly isImported?: boolean
}

const publishing = { contentGenerator: "orch-cg", moduleTags: ["{}-modules"] }

/** What came of it. */
export interface Told {
  readonly state: string
  readonly reason: string
  /** The methods of each request, in order. */
  readonly requests: ReadonlyArray<ReadonlyArray<string>>
  /** Seconds from the submission to the end, as the clock of the build tells. */
  readonly seconds: number
}

/** Whether the hub was asked for all of it: the target goes last, after the module is ready. */
const isReleased = (requests: Told["requests"]): boolean =>
  requests.some((methods) => methods.includes("deleteBuildTarget"))

const planOf = (batches: ReadonlyArray<number>, scratch: boolean): ModulePlan => {
  const places = batches.flatMap((size, index) => Array.from({ length: size }, () => index))
  return {
    name: "large",
    stream: "1",
    version: 20261121000000n,
    context: "c0ffee42",
    platform: "el9",
    arches: ["x86_64"],
    macros: "",
    buildrequires: {},
    dependencies: { buildrequires: {}, requires: {} },
    filter: [],
    modules: [{ name: "platform", stream: "el9", version: 1n, context: "00000000" }],
    groups: { build: ["bash"], "srpm-build": ["bash"] },
    blocked: [],
    components: places.map((batch, n) => ({
      name: `component-${n}`,
      repository: `https://git.example.org/rpms/component-${n}`,
      commit: "a".repeat(40),
      batch: 1 + batch,
      afterBatch: batch,
      after: [],
      placement: "",
      arches: ["x86_64"],
      buildOnly: false,
      priority: 1
    })),
    modulemd:
      "document: modulemd\nversion: 2\ndata:\n  name: large\n  stream: '1'\n  summary: Test\n  description: Test\n  license: {module: [MIT]}\n",
    owner: "alice",
    scratch,
    deadline: 360_000
  }
}

const layer = (hub: FakeKojiHub.FakeKojiHub, isImported: boolean) =>
  Layer.merge(
    ModuleBuildCommands.workers({ concurrency: 4 }),
    ModuleBuildWatches.layer({ interval: 10_000 })
  ).pipe(
    Layer.provideMerge(Layer.merge(ModuleBuildEngine.layer, ModuleBuildCommands.layer)),
    Layer.provideMerge(Publisher.layer),
    Layer.provideMerge(MemoryModuleBuilds.layer),
    Layer.provideMerge(Layer.mergeAll(
      MemoryCommandQueue.layer,
      MemoryOutbox.layer,
      MemorySourceControl.layer({}),
      Layer.unwrap(Effect.gen(function*() {
        const koji = yield* KojiHub.scoped({
          name: "fake",
          server: hub.url,
          login: { _tag: "Password", user: "orch", password: Redacted.make("orchpw") }
        })
        const system = yield* KojiBuildSystem.make(koji, { platformTags: { el9: "el9-build" } })
        yield* KojiBuildSystem.watched(system)
        return Layer.merge(
          Layer.succeed(BuildSystem, system),
          isImported
            ? Layer.succeed(RepositoryHost, KojiRepositoryHost.make(koji, publishing))
            : MemoryRepositoryHost.layer
        )
      }))
    ))
  )

/** A clock that begins with the machine's time and runs `pace` times as fast. */
const clockOf = (real: Clock.Clock, pace: number): Clock.Clock => {
  const began = real.currentTimeMillisUnsafe()
  const begun = real.monotonicTimeNanosUnsafe()
  const millis = () => began + Number(real.monotonicTimeNanosUnsafe() - begun) * pace / 1e6
  const nanos = () => BigInt(Math.round(millis() * 1e6))
  return {
    currentTimeMillisUnsafe: () => Math.round(millis()),
    currentTimeMillis: Effect.sync(() => Math.round(millis())),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) => real.sleep(Duration.millis(Duration.toMillis(duration) / pace))
  }
}

/** Builds it, and answers when it is done or has failed. */
export const told = ({ batches, hub: options = {}, isImported = false, pace = 1 }: Load): Effect.Effect<Told> =>
  Effect.gen(function*() {
    const clock = clockOf(yield* Clock.Clock, pace)
    const requests: Array<ReadonlyArray<string>> = []
    const hub = yield* Effect.acquireRelease(
      Effect.promise(() =>
        FakeKojiHub.start({
          ...options,
          now: () => clock.currentTimeMillisUnsafe(),
          inject: (exchange) => {
            requests.push(exchange.methods)
            return options.inject?.(exchange)
          }
        })
      ),
      ({ close }) => Effect.promise(close)
    )
    hub.addTag("el9-build")
    hub.addTag("el9-modules")
    return yield* Effect.gen(function*() {
      const began = clock.currentTimeMillisUnsafe()
      const { state: { id } } = yield* (yield* ModuleBuildEngine).submit(planOf(batches, !isImported), "alice")
      const store = yield* ModuleBuilds
      const { state } = yield* store.get(id).pipe(
        Effect.repeat({
          until: ({ state: { state } }) =>
            state === "failed" || (isImported ? state === "ready" && isReleased(requests) : state === "done"),
          schedule: Schedule.spaced(Duration.millis(100 * pace))
        })
      )
      const seconds = (clock.currentTimeMillisUnsafe() - began) / 1000
      return { state: state.state, reason: state.reason, requests: [...requests], seconds }
    }).pipe(Effect.provide(layer(hub, isImported)), Effect.provideService(Clock.Clock, clock), Effect.orDie)
  }).pipe(Effect.scoped)

/** How many requests were for the same, the most first, as text. */
export const summary = (requests: Told["requests"]): string => {
  const counts = new Map<string, number>()
  for (const methods of requests) {
    const name = [...new Set(methods)].join("+")
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([name, count]) => `${count} ${name}`).join("\n")
}
