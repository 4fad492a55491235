/** Some module builds of 20 components in every state that lists show, made by the engine itself on a farm in memory. */
import { ModuleBuildCommands } from "@orch/core/engine/modulebuild/ModuleBuildCommands"
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import * as ModuleBuildWatches from "@orch/core/engine/modulebuild/ModuleBuildWatches"
import { Publisher } from "@orch/core/engine/modulebuild/Publisher"
import { ModuleBuildIndex } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import * as ResolutionSettings from "@orch/core/resolution/ResolutionSettings"
import * as MemoryBuildSystem from "@orch/core/testing/MemoryBuildSystem"
import * as MemoryRepositoryHost from "@orch/core/testing/MemoryRepositoryHost"
import * as MemorySourceControl from "@orch/core/testing/MemorySourceControl"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { component, modulePlan } from "../../../core/test/modulebuild/plans.ts"
import * as Database from "../../src/database/Database.ts"
import * as PgCommandQueue from "../../src/database/PgCommandQueue.ts"
import * as PgFarmWork from "../../src/database/PgFarmWork.ts"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import * as MbsRecording from "../../src/mbs/MbsRecording.ts"
import * as Migrations from "../../src/Migrations.ts"
import * as ModuleBuildsLayer from "../../src/modulebuilds/ModuleBuildsLayer.ts"

/** Components of each build. */
export const components = 20

const engine = (url: string, farm: MemoryBuildSystem.Options) =>
  Layer.mergeAll(
    ModuleBuildEngine.layer,
    ModuleBuildCommands.workers({ concurrency: 8 }),
    ModuleBuildWatches.layer({ interval: 200 })
  ).pipe(
    Layer.provideMerge(ModuleBuildCommands.layer),
    Layer.provideMerge(Publisher.layer),
    Layer.provideMerge(
      Layer.merge(
        ModuleBuildsLayer.layer([MbsRecording.projection(ResolutionSettings.defaults)]),
        PgFarmWork.layer([ModuleBuildsLayer.farmSource])
      )
    ),
    Layer.provide(Layer.mergeAll(
      MemoryBuildSystem.layer(farm),
      MemorySourceControl.layer({}),
      MemoryRepositoryHost.layer
    )),
    Layer.provideMerge(
      Layer.merge(PgCommandQueue.layer({ pollInterval: "200 millis", lease: "15 seconds" }), PgOutbox.layer)
    ),
    Layer.provideMerge(
      Database.layer({ _tag: "Server", url: Redacted.make(url), connections: 8 }, Migrations.layer)
    )
  )

const plan = (stream: string) =>
  modulePlan(
    Array.from({ length: components }, (_, index) =>
      component(`c${index}`, {
        batch: 1 + index % 3,
        repository: `https://src.example.org/rpms/c${index}`,
        priority: index % 5,
        buildOnly: index % 7 === 6
      })),
    {
      stream,
      scmurl: `https://src.example.org/modules/demo#${"b".repeat(40)}`,
      buildrequires: {
        platform: { stream: "el9", version: "1", context: "00000000", ref: "c".repeat(40), kojiTag: "module-el9-build" }
      }
    }
  )

/** The ids of a build that is ready, one that failed and one that is being built. */
export interface Samples {
  readonly ready: number
  readonly failed: number
  readonly building: number
}

const until = (url: string, farm: MemoryBuildSystem.Options, stream: string, isThere: (index: Counts) => boolean) =>
  Effect.gen(function*() {
    const engine = yield* ModuleBuildEngine
    const index = yield* ModuleBuildIndex
    const { state: { id } } = yield* engine.submit(plan(stream), "bench")
    yield* index.counts.pipe(Effect.repeat({ until: isThere, schedule: Schedule.spaced("100 millis") }))
    return id
  }).pipe(Effect.provide(Layer.fresh(engine(url, farm))), Effect.timeout("2 minutes"))

interface Counts {
  readonly builds: Readonly<Record<string, number>>
  readonly components: Readonly<Record<string, number>>
}

/** Makes them in an empty database. */
export const make = (url: string) =>
  Effect.gen(function*() {
    const ready = yield* until(url, {}, "ready", ({ builds }) => builds["ready"] === 1)
    const failed = yield* until(
      url,
      { failing: ({ component }) => component === "c8" },
      "failed",
      ({ builds }) => builds["failed"] === 1
    )
    const building = yield* until(
      url,
      { pace: "manual" },
      "building",
      ({ components }) => (components["building"] ?? 0) > 0
    )
    return { ready, failed, building } satisfies Samples
  })
