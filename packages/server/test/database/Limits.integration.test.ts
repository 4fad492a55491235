import { assert, describe, it } from "@effect/vitest"
import { ModuleBuildCommands } from "@orch/core/engine/modulebuild/ModuleBuildCommands"
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import { moduleBuildSubmitter } from "@orch/core/engine/modulebuild/ModuleBuildSubmitter"
import * as ModuleBuildWatches from "@orch/core/engine/modulebuild/ModuleBuildWatches"
import { Publisher } from "@orch/core/engine/modulebuild/Publisher"
import * as SlotScheduler from "@orch/core/engine/SlotScheduler"
import { SubmissionLimits } from "@orch/core/engine/SubmissionLimits"
import { ModuleBuildIndex } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import * as MemoryBuildSystem from "@orch/core/testing/MemoryBuildSystem"
import * as MemoryRepositoryHost from "@orch/core/testing/MemoryRepositoryHost"
import * as MemorySourceControl from "@orch/core/testing/MemorySourceControl"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { component, modulePlan } from "../../../core/test/modulebuild/plans.ts"
import * as PgCommandQueue from "../../src/database/PgCommandQueue.ts"
import * as PgFarmWork from "../../src/database/PgFarmWork.ts"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import * as ModuleBuildsLayer from "../../src/modulebuilds/ModuleBuildsLayer.ts"
import { databases } from "../support/Databases.ts"

const world = (database: typeof databases[number]["layer"]) =>
  Layer.mergeAll(
    ModuleBuildEngine.layer,
    ModuleBuildCommands.workers({ concurrency: 4 }),
    ModuleBuildWatches.layer({ interval: 200 }),
    Layer.effectDiscard(Effect.flatMap(moduleBuildSubmitter, (one) => SlotScheduler.schedule([one], { interval: 50 })))
  ).pipe(
    Layer.provideMerge(ModuleBuildCommands.layer),
    Layer.provideMerge(Publisher.layer),
    Layer.provideMerge(Layer.merge(ModuleBuildsLayer.layer(), PgFarmWork.layer([ModuleBuildsLayer.farmSource]))),
    Layer.provideMerge(Layer.mergeAll(
      PgCommandQueue.layer({ pollInterval: "100 millis", lease: "5 seconds" }),
      PgOutbox.layer,
      MemoryBuildSystem.layer({ pace: "manual" }),
      MemorySourceControl.layer({}),
      MemoryRepositoryHost.layer
    )),
    Layer.provideMerge(database),
    Layer.provide(Layer.succeed(SubmissionLimits, { total: 3, perOwner: 2 }))
  )

describe.each(databases)("limits on $name", ({ layer }) => {
  it.live(
    "share the farm between owners, tell those who wait why, and let everybody finish",
    () =>
      Effect.gen(function*() {
        const engine = yield* ModuleBuildEngine
        const store = yield* ModuleBuilds
        const index = yield* ModuleBuildIndex
        const farm = yield* MemoryBuildSystem.MemoryFarm
        const many = Array.from({ length: 6 }, (_, n) => component(`m${n}`))
        const { state: big } = yield* engine.submit(modulePlan(many, { name: "big", owner: "alice" }), "alice")
        const { state: small } = yield* engine.submit(
          modulePlan([component("s0")], { name: "small", owner: "bob" }),
          "bob"
        )
        const running = yield* farm.running.pipe(
          Effect.repeat({ until: (tasks) => tasks.length === 3, schedule: Schedule.spaced("20 millis") }),
          Effect.timeout("20 seconds")
        )
        assert.strictEqual(running.filter(({ request }) => request.component === "s0").length, 1, "bob is served")
        yield* store.get(big.id).pipe(
          Effect.repeat({
            until: ({ state: build }) =>
              [...build.components.values()].filter(({ reason }) => reason.startsWith("Waits for a slot")).length === 4,
            schedule: Schedule.spaced("20 millis")
          }),
          Effect.timeout("20 seconds")
        )
        let most = 0
        const settleAll = farm.running.pipe(Effect.tap((tasks) => {
          most = Math.max(most, tasks.length)
          return Effect.forEach(tasks, ({ task }) => farm.settle(task))
        }))
        yield* Effect.andThen(settleAll, index.list({ states: ["ready"], limit: 10, offset: 0 })).pipe(
          Effect.repeat({ until: ({ total }) => total === 2, schedule: Schedule.spaced("20 millis") }),
          Effect.timeout("30 seconds")
        )
        assert.isAtMost(most, 3)
        assert.strictEqual(farm.log.started.length, 7)
        assert.isAbove(small.id, big.id)
      }).pipe(Effect.provide(world(layer))),
    90_000
  )
})
