/** Processes of two lives on one farm: slots are shared between owners, whichever life their work belongs to. */
import { assert, layer } from "@effect/vitest"
import { type Candidate, share } from "@orch/core/farm/FairShare"
import { unkeyed } from "@orch/core/life/Keyed"
import { FarmWork } from "@orch/core/ports/FarmWork"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import * as PgCommandQueue from "@orch/server/database/PgCommandQueue"
import * as PgFarmWork from "@orch/server/database/PgFarmWork"
import * as PgProcesses from "@orch/server/database/PgProcesses"
import { json } from "@orch/server/database/StorableText"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { plan, prepared, submitted } from "../../../core/src/testing/internal/moduleBuildEvents.ts"
import * as ModuleBuildsLayer from "../../src/modulebuilds/ModuleBuildsLayer.ts"
import { databases } from "../support/Databases.ts"
import * as SampleTable from "./SampleTable.ts"

/** What errands want of the farm: a slot for each item, all of them bob's. */
const errandSource: PgFarmWork.FarmSource = {
  life: "errand",
  claimTasks: () => Effect.succeed([]),
  claimRepositories: () => Effect.succeed([]),
  findTasks: () => Effect.succeed([]),
  findRepositories: () => Effect.succeed([]),
  waiting: (sql) =>
    sql<PgFarmWork.SlotRow>`
      SELECT errand_id AS process, name AS part, 'bob' AS owner, '["x86_64"]'::jsonb AS arches,
        0 AS urgency, 1::float8 AS priority
      FROM item WHERE NOT granted`,
  active: (sql) =>
    sql<PgFarmWork.ActiveRow>`
      SELECT 'bob' AS owner, '["x86_64"]'::jsonb AS arches, count(*) AS count FROM item WHERE granted HAVING count(*) > 0`,
  markGranted: (sql, granted) =>
    sql`
      UPDATE item SET granted = true
      FROM jsonb_to_recordset(${json(granted)}::text::jsonb) AS given (process bigint, part text)
      WHERE errand_id = given.process AND name = given.part`
}

for (const { layer: database, name } of databases) {
  const world = Layer.merge(
    ModuleBuildsLayer.layer(),
    PgFarmWork.layer([ModuleBuildsLayer.farmSource, errandSource])
  ).pipe(
    Layer.provideMerge(PgCommandQueue.layer({ pollInterval: "1 second", lease: "5 seconds" })),
    Layer.provideMerge(database)
  )

  layer(world, { timeout: "180 seconds", excludeTestServices: true })(`a farm of two lives on ${name}`, (it) => {
    it.effect("shares its slots between their owners, and counts what both have", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* SampleTable.create
        yield* sql`ALTER TABLE item ADD COLUMN granted boolean NOT NULL DEFAULT false`
        const builds = yield* ModuleBuilds
        const { state: { id } } = yield* builds.create(plan(["a", "b", "c", "d", "e"], { owner: "alice" }), submitted)
        yield* builds.apply(id, unkeyed([prepared(`module-build-${id}`)]))
        const errands = yield* PgProcesses.make(SampleTable.sampleTable)
        yield* errands.create({ name: "shopping", items: ["x", "y", "z"] }, { _tag: "Submitted", at: 1 })

        const work = yield* FarmWork
        const grant = (total: number) => work.grant((candidates, active) => share(candidates, active, { total }))
        const byLife = (some: ReadonlyArray<Candidate>) =>
          ["module-build", "errand"].map((life) => some.filter((one) => one.life === life).length)
        const first = yield* grant(4)
        assert.deepStrictEqual(byLife(first.granted), [2, 2])
        assert.deepStrictEqual(byLife(first.held.map(({ candidate }) => candidate)), [3, 1])
        assert.deepStrictEqual((yield* grant(4)).granted, [])
        assert.deepStrictEqual(byLife((yield* grant(6)).granted), [1, 1])
        assert.deepStrictEqual(byLife((yield* grant(100)).granted), [2, 0])
      }))
  })
}
