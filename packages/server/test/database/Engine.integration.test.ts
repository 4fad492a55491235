import { assert, describe, it } from "@effect/vitest"
import { ModuleBuildCommands } from "@orch/core/engine/modulebuild/ModuleBuildCommands"
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import * as ModuleBuildWatches from "@orch/core/engine/modulebuild/ModuleBuildWatches"
import { Publisher } from "@orch/core/engine/modulebuild/Publisher"
import { ModuleBuildIndex } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import { Outbox } from "@orch/core/ports/Outbox"
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
    ModuleBuildWatches.layer({ interval: 1000 })
  ).pipe(
    Layer.provideMerge(ModuleBuildCommands.layer),
    Layer.provideMerge(Publisher.layer),
    Layer.provideMerge(Layer.merge(ModuleBuildsLayer.layer(), PgFarmWork.layer([ModuleBuildsLayer.farmSource]))),
    Layer.provideMerge(Layer.mergeAll(
      PgCommandQueue.layer({ pollInterval: "200 millis", lease: "5 seconds" }),
      PgOutbox.layer,
      MemoryBuildSystem.layer(),
      MemorySourceControl.layer({}),
      MemoryRepositoryHost.layer
    )),
    Layer.provideMerge(database)
  )

describe.each(databases)("the engine on $name", ({ layer }) => {
  it.live("takes 20 modules to ready and announces every state once, in order", () =>
    Effect.gen(function*() {
      const engine = yield* ModuleBuildEngine
      const index = yield* ModuleBuildIndex
      const submitted = yield* Effect.forEach(Array.from({ length: 20 }, (_, n) => n), (n) =>
        engine.submit(
          modulePlan([component("a"), component("b"), component("c", { batch: 2 })], { stream: `${n}` }),
          "alice"
        ), { concurrency: "unbounded" })
      yield* index.list({ states: ["ready"], limit: 1, offset: 0 }).pipe(
        Effect.repeat({ until: ({ total }) => total === 20, schedule: Schedule.spaced("50 millis") }),
        Effect.timeout("30 seconds")
      )
      const { log } = yield* MemoryBuildSystem.MemoryFarm
      assert.strictEqual(log.started.length, 60)
      const ids = submitted.map(({ state: build }) => build.id)
      const outbox = yield* Outbox
      const told = yield* outbox.after(0, 10_000).pipe(
        Effect.repeat({
          until: (all) => all.filter(({ topic }) => topic === "module-build.state").length === 100,
          schedule: Schedule.spaced("50 millis")
        }),
        Effect.timeout("5 seconds")
      )
      assert.deepStrictEqual(told.map(({ sequence }) => sequence), told.map((_, index) => index + 1))
      for (const id of ids) {
        const states = told.filter(({ subject, topic }) =>
          topic === "module-build.state" && subject === `module-build/${id}`
        )
        assert.deepStrictEqual(states.map(({ body }) => (body as { state: string }).state), [
          "init",
          "wait",
          "build",
          "done",
          "ready"
        ])
      }
    }).pipe(Effect.provide(world(layer))))
})
