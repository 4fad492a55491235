/**
 * What the engine is given to do: module builds from submission to ready, on a farm in memory whose tasks end one by one in random
 * order.
 */
import { ModuleBuildCommands } from "@orch/core/engine/modulebuild/ModuleBuildCommands"
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import * as ModuleBuildWatches from "@orch/core/engine/modulebuild/ModuleBuildWatches"
import { Publisher } from "@orch/core/engine/modulebuild/Publisher"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import { ModuleBuildIndex } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import * as MemoryBuildSystem from "@orch/core/testing/MemoryBuildSystem"
import * as MemoryRepositoryHost from "@orch/core/testing/MemoryRepositoryHost"
import * as MemorySourceControl from "@orch/core/testing/MemorySourceControl"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { component, modulePlan } from "../../../core/test/modulebuild/plans.ts"

/** Fibers that run commands, and that submit. */
export const workers = 16
const batches = 4

/** The farm in memory; every task ends by itself, some milliseconds after it began. */
const farm = Layer.effect(
  BuildSystem,
  Effect.gen(function*() {
    const self = yield* BuildSystem
    const { settle } = yield* MemoryBuildSystem.MemoryFarm
    return BuildSystem.of({
      ...self,
      submit: (buildroot, requests) =>
        self.submit(buildroot, requests).pipe(
          Effect.tap((answers) =>
            Effect.sync(() => {
              for (const answer of answers) {
                if (answer._tag !== "Accepted") continue
                setTimeout(() => Effect.runFork(settle(answer.task)), 5 + Math.random() * 200)
              }
            })
          )
        )
    })
  })
).pipe(Layer.provideMerge(MemoryBuildSystem.layer({ pace: "manual" })))

/** The engine on that farm; its stores are left open. */
export const engine = Layer.mergeAll(
  ModuleBuildEngine.layer,
  ModuleBuildCommands.workers({ concurrency: workers }),
  ModuleBuildWatches.layer({ interval: 10_000 })
).pipe(
  Layer.provideMerge(ModuleBuildCommands.layer),
  Layer.provideMerge(Publisher.layer),
  Layer.provide(Layer.mergeAll(farm, MemorySourceControl.layer({}), MemoryRepositoryHost.layer))
)

const plan = (stream: string, components: number) =>
  modulePlan(
    Array.from({ length: components }, (_, index) =>
      component(`component-${index}`, { batch: 1 + Math.floor(index * batches / components) })),
    { stream }
  )

/** What a round took. */
export interface Round {
  readonly events: number
  readonly seconds: number
  /** Processor time of this process, which a busy machine stretches less than the clock. */
  readonly cpuSeconds: number
}

/** Brings so many builds to ready, after `before` others that are. */
export const round = Effect.fnUntraced(function*(before: number, builds: number, components: number) {
  const submitter = yield* ModuleBuildEngine
  const index = yield* ModuleBuildIndex
  const store = yield* ModuleBuilds
  const begun = performance.now()
  const cpu = process.cpuUsage()
  yield* Effect.forEach(
    Array.from({ length: builds }, (_, index) => `${before + index}`),
    (stream) => submitter.submit(plan(stream, components), "bench"),
    { concurrency: workers, discard: true }
  )
  // Not the number of those that are ready: of so many as there are after some rounds, lists say for two seconds what they were.
  yield* index.list({ states: ["init", "wait", "build", "done"], limit: 1, offset: 0 }).pipe(
    Effect.repeat({ until: ({ items }) => items.length === 0, schedule: Schedule.spaced("50 millis") }),
    Effect.timeout("20 minutes")
  )
  const seconds = (performance.now() - begun) / 1000
  const { system, user } = process.cpuUsage(cpu)
  const { total } = yield* index.list({ states: ["failed", "garbage"], limit: 1, offset: 0 })
  if (total > 0) return yield* Effect.die(new Error(`${total} builds failed`))
  let events = 0
  for (let id = before + 1; id <= before + builds; id++) events += (yield* store.history(id, 0, 10_000)).length
  return { events, seconds, cpuSeconds: (system + user) / 1e6 } satisfies Round
})
