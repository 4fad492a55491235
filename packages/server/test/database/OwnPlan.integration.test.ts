/** Lists that strangers filter are planned for what they ask each time: no plan for any values is kept of them. */
import { assert, describe, layer } from "@effect/vitest"
import * as MbsQuery from "@orch/api/mbs/MbsQuery"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import * as AdministrationStatements from "../../src/administration/statements/AdministrationStatements.ts"
import * as MbsListStatements from "../../src/mbs/statements/MbsListStatements.ts"
import * as ModuleStatements from "../../src/pdc/statements/ModuleStatements.ts"
import { databases } from "../support/Databases.ts"

const page = { limit: 10, offset: 0 }

/** A list, and the table that it goes through. */
type List = readonly [table: string, list: Effect.Effect<unknown, unknown, SqlClient.SqlClient>]

const lists = Effect.map(SqlClient.SqlClient, (sql): ReadonlyArray<List> => [
  ["pdc_module", ModuleStatements.list({ component_name: ["bash"] }, page)],
  ["audit", AdministrationStatements.audit("somebody", 100, 10)],
  [
    "mbs_settled_component",
    MbsListStatements.listComponents(
      sql,
      Result.getOrThrow(MbsQuery.parseComponents(new URLSearchParams("package=bash&order_by=nvr"))),
      { page: 1, perPage: 10 },
      { total: undefined }
    )
  ]
])

describe.each(databases)("plans of lists on $name", ({ layer: database }) => {
  layer(database)((it) => {
    it.effect("are made for their values", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        for (const [table, list] of yield* lists) {
          // All of it on one connection, and as often as makes one keep a plan.
          const kept = yield* sql.withTransaction(Effect.andThen(
            Effect.repeat(Effect.asVoid(list), { times: 7 }),
            sql`SELECT statement FROM pg_prepared_statements
              WHERE statement LIKE ${`%FROM ${table} %`} AND statement NOT LIKE '%pg_prepared%'`
          ))
          assert.deepStrictEqual(kept, [], table)
        }
      }))
  })
})
