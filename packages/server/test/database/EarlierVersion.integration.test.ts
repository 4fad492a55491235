/** A database that an earlier version wrote opens, and its builds go on. */
import { assert, describe, it } from "@effect/vitest"
import { ModuleBuildCommands } from "@orch/core/engine/modulebuild/ModuleBuildCommands"
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import * as ModuleBuildWatches from "@orch/core/engine/modulebuild/ModuleBuildWatches"
import { Publisher } from "@orch/core/engine/modulebuild/Publisher"
import { replay } from "@orch/core/life/LifeApplication"
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import { moduleBuildLife } from "@orch/core/modulebuild/ModuleBuildLife"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import { ModuleBuildIndex } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import { Outbox } from "@orch/core/ports/Outbox"
import * as MemoryBuildSystem from "@orch/core/testing/MemoryBuildSystem"
import * as MemoryRepositoryHost from "@orch/core/testing/MemoryRepositoryHost"
import * as MemorySourceControl from "@orch/core/testing/MemorySourceControl"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Database from "../../src/database/Database.ts"
import * as EmbeddedSnapshot from "../../src/database/EmbeddedSnapshot.ts"
import * as PgCommandQueue from "../../src/database/PgCommandQueue.ts"
import * as PgFarmWork from "../../src/database/PgFarmWork.ts"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import { MbsBuilds } from "../../src/mbs/MbsBuilds.ts"
import * as ModuleBuildsLayer from "../../src/modulebuilds/ModuleBuildsLayer.ts"
import * as Databases from "../support/Databases.ts"
import * as RecordedRows from "./RecordedRows.ts"

// The database is to be made by the steps that the earlier version took, so nothing is unpacked that has more of them.
EmbeddedSnapshot.use("none")

const databases = [
  {
    name: "PGlite",
    layer: Database.layer({ _tag: "Embedded", directory: undefined }, RecordedRows.migrations)
  },
  ...(Databases.skippedServer === undefined
    ? [{
      name: "PostgreSQL",
      layer: Layer.unwrap(
        Effect.map(
          Databases.emptyDatabase,
          ({ url }) =>
            Database.layer({ _tag: "Server", url: Redacted.make(url), connections: 8 }, RecordedRows.migrations)
        )
      )
    }]
    : [])
]

const commit = "b".repeat(40)
const sources = {
  "memory:alpha": { head: "main", refs: { main: commit }, commits: { [commit]: { time: 1, files: {} } } }
}

/** The farm goes on with the task that was open when the earlier version ended. */
const farm = Layer.effect(
  BuildSystem,
  Effect.map(BuildSystem, (farm) => ({
    ...farm,
    observe: (tasks) =>
      Effect.map(farm.observe(tasks), (seen) =>
        seen.map((one) =>
          one.state === "gone"
            ? {
              task: one.task,
              state: "closed" as const,
              nvr: "beta-1-1",
              artifacts: [{ nevra: "beta-0:1-1.noarch", location: "memory:beta" }]
            }
            : one
        ))
  }))
).pipe(Layer.provideMerge(MemoryBuildSystem.layer()))

const world = (database: (typeof databases)[number]["layer"]) =>
  Layer.mergeAll(
    ModuleBuildCommands.workers({ concurrency: 4 }),
    ModuleBuildWatches.layer({ interval: 200 }),
    MbsBuilds.layer
  ).pipe(
    Layer.provideMerge(Layer.mergeAll(ModuleBuildCommands.layer, ModuleBuildEngine.layer)),
    Layer.provideMerge(Publisher.layer),
    Layer.provideMerge(RecordedRows.commands),
    Layer.provideMerge(Layer.merge(ModuleBuildsLayer.layer(), PgFarmWork.layer([ModuleBuildsLayer.farmSource]))),
    Layer.provideMerge(Layer.mergeAll(
      PgCommandQueue.layer({ pollInterval: "200 millis", lease: "5 seconds" }),
      PgOutbox.layer,
      farm,
      MemorySourceControl.layer(sources),
      MemoryRepositoryHost.layer
    )),
    Layer.provideMerge(database)
  )

/** When a component was begun was not kept by the earlier version, while its events tell it. */
const withoutOpening = (build: ModuleBuild): ModuleBuild => ({
  ...build,
  components: new Map([...build.components].map(([name, { openedAt: _, ...rest }]) => [name, rest]))
})

/** Streams of the builds, by number. */
const builds = { ready: 1, failed: 2, gated: 3, building: 4, queued: 5, unresolved: 6, scratched: 7, imported: 8 }

describe.each(databases)("a database of an earlier version on $name", ({ layer }) => {
  it.live("opens, and its builds go on", () =>
    Effect.gen(function*() {
      const engine = yield* ModuleBuildEngine
      const store = yield* ModuleBuilds
      const until = (id: number, state: string) =>
        store.get(id).pipe(
          Effect.map(({ state }) => state),
          Effect.repeat({ until: (build) => build.state === state, schedule: Schedule.spaced("50 millis") }),
          Effect.timeout("30 seconds")
        )
      for (const name of ["gated", "building", "queued", "unresolved"] as const) yield* until(builds[name], "ready")
      yield* until(builds.scratched, "done")
      const { components } = yield* until(builds.building, "ready")
      assert.deepStrictEqual([...components.values()].map(({ attempt, nvr, task }) => [attempt, nvr, task]), [
        [1, "alpha-1-1", "4"],
        [1, "beta-1-1", "7"]
      ], "what was under way was neither lost nor begun again")

      yield* engine.resume(builds.failed, "carol")
      yield* until(builds.failed, "ready")
      yield* engine.retire(builds.ready, "carol")
      for (const [name, id] of Object.entries(builds)) {
        const { state } = yield* store.get(id)
        const events = yield* store.history(id, 0, 1000)
        if (name === "imported") {
          assert.deepStrictEqual([state.state, events], ["ready", []])
          continue
        }
        const again = replay(moduleBuildLife, moduleBuildLife.unborn(id, state.plan), events.map(({ event }) => event))
        assert.deepStrictEqual(withoutOpening(Result.getOrThrow(again)), withoutOpening(state), name)
      }

      const index = yield* ModuleBuildIndex
      const [platform] = yield* index.ready(["platform"], 10)
      assert.deepInclude(platform, { id: builds.imported })
      yield* engine.importModule(platform!.plan, "carol", builds.imported)
      const mbs = yield* (yield* MbsBuilds).modules([builds.imported, builds.ready], "short", 2)
      assert.deepStrictEqual(mbs.map(({ state_name }) => state_name), ["ready", "garbage"])

      const outbox = yield* Outbox
      const told = yield* outbox.after(0, 1000)
      assert.deepStrictEqual(told.map(({ sequence }) => sequence), told.map((_, at) => told[0]!.sequence + at))
    }).pipe(Effect.provide(world(layer))), 120_000)
})
