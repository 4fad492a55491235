/**
 * How the statements that run at every step find their rows: by an index, also where the database planned them while the tables were
 * empty. Plans are kept, and nobody may count the tables' rows for a long time.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type * as Statement from "effect/sql/Statement"
import * as ProcessStatements from "../../src/database/ProcessStatements.ts"
import * as QueueStatements from "../../src/database/QueueStatements.ts"
import { moduleBuildTable } from "../../src/modulebuilds/ModuleBuildTable.ts"
import { findTasks, moduleBuildFarmSource } from "../../src/modulebuilds/statements/ModuleBuildFarmStatements.ts"
import { databases } from "../support/Databases.ts"

type Text = Pick<Statement.Statement<unknown>, "compile">

const lock = "00000000-0000-4000-8000-000000000000"

for (const { layer, name } of databases) {
  describe(`statements of every step on ${name}`, () => {
    const scans = (statement: Text) =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const [text, values] = statement.compile()
        const rows = yield* sql.unsafe<Record<string, string>>(`EXPLAIN ${text}`, values)
        return rows.map((row) => row["QUERY PLAN"]!.trim()).filter((line) => line.includes("Seq Scan"))
      })

    const tried: ReadonlyArray<readonly [string, (sql: SqlClient.SqlClient) => Text]> = [
      ["takes commands", (sql) => QueueStatements.make(sql, 15).take("module-build", 12, 16, lock)],
      [
        "settles commands",
        (sql) => QueueStatements.make(sql, 15).settle([{ sequence: "1", lock, outcome: "completed" }])
      ],
      ["renews leases", (sql) => QueueStatements.make(sql, 15).renew([{ sequence: "1", lock }])],
      ["asks for revisions", (sql) => ProcessStatements.make(sql, moduleBuildTable).revisions([1, 2, 3])],
      ["finds tasks", (sql) => findTasks(sql, ["1", "2", "3"])],
      ["claims tasks", (sql) => moduleBuildFarmSource.claimTasks(sql, 1000, 500) as unknown as Text]
    ]
    it.effect("find their rows by indexes of empty tables", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const found = yield* Effect.forEach(
          tried,
          ([what, make]) => Effect.map(scans(make(sql)), (lines) => lines.map((line) => `${what}: ${line}`))
        )
        assert.deepStrictEqual(found.flat(), [])
      }).pipe(Effect.provide(Layer.fresh(layer))))
  })
}
