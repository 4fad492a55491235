/** The tables of the sample life, for the contract suites on databases. */
import type { ErrandPlan, SampleLife } from "@orch/core/testing/SampleLife"
import { sampleLife } from "@orch/core/testing/SampleLife"
import type { ProcessTable } from "@orch/server/database/ProcessTable"
import { clean, json } from "@orch/server/database/StorableText"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/** What a migration would hold. */
export const create = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE errand (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      revision bigint NOT NULL, name text NOT NULL, state text NOT NULL, plan jsonb NOT NULL, progress jsonb NOT NULL
    )`
  yield* sql`CREATE UNIQUE INDEX errand_place ON errand (name) WHERE state NOT IN ('done', 'failed')`
  yield* sql`
    CREATE TABLE item (
      errand_id bigint NOT NULL REFERENCES errand, name text NOT NULL, data jsonb NOT NULL, PRIMARY KEY (errand_id, name)
    )`
  yield* sql`
    CREATE TABLE errand_event (
      sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      errand_id bigint NOT NULL REFERENCES errand, key text, event jsonb NOT NULL, UNIQUE (errand_id, key)
    )`
})

/** What the store writes. */
export const sampleTable: ProcessTable<SampleLife> = {
  life: sampleLife,
  process: "errand",
  part: "item",
  event: "errand_event",
  reference: "errand_id",
  columns: [{ name: "state", type: "text", of: ({ state }) => state }],
  derivedColumns: [],
  partColumns: [],
  derivedPartColumns: [],
  placeIndex: "errand_place",
  insert: (sql, plan: ErrandPlan) =>
    sql<{ id: bigint }>`
      INSERT INTO errand (revision, name, state, plan, progress)
      VALUES (0, ${clean(plan.name)}, 'asking', ${json(plan)}::text::jsonb, '{}'::jsonb) RETURNING id`,
  holder: (sql, plan: ErrandPlan) =>
    sql<{ id: bigint; state: string }>`
      SELECT id, state FROM errand WHERE name = ${clean(plan.name)} AND state NOT IN ('done', 'failed')`
}
