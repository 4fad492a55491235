/** Pages of many results are the same before and while places in the list are known, in both orders and with a filter. */
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as TestClock from "effect/testing/TestClock"
import * as ResultStatements from "../../src/gating/statements/ResultStatements.ts"
import { databases } from "../support/Databases.ts"

describe.each(databases)("a page in the middle of many results on $name", ({ layer: database }) => {
  layer(database)((it) => {
    it.effect("is the same once places are known", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* sql`INSERT INTO gate_testcase (name) VALUES ('a')`
        // Three of each time.
        yield* sql`
          INSERT INTO gate_result (testcase, outcome, submit_time)
          SELECT 'a', CASE WHEN i % 2 = 0 THEN 'PASSED' ELSE 'FAILED' END, timestamp '2026-01-01' + i / 3 * interval '0.001 s'
          FROM generate_series(1, 15000) AS i`
        for (const ascending of [true, false]) {
          const page = ResultStatements.list({ ...ResultStatements.everything, outcomes: ["PASSED"] }, {
            ascending,
            limit: 5,
            offset: 6001
          })
          const expected = Array.from({ length: 5 }, (_, n) => ascending ? 2 * (6002 + n) : 15_000 - 2 * (6001 + n))
          for (let n = 0; n < 20; n++) {
            assert.deepStrictEqual((yield* page).map(({ id }) => id), expected)
            yield* Effect.sleep("30 millis")
          }
        }
      }).pipe(TestClock.withLive))
  })
})
