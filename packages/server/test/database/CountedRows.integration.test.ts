/** Pages of long lists are the same before and after places of rows are known, in either direction. */
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import * as TestClock from "effect/testing/TestClock"
import * as CountedRows from "../../src/database/CountedRows.ts"
import { databases } from "../support/Databases.ts"

describe.each(databases)("a page in the middle of a long list on $name", ({ layer: database }) => {
  layer(database)((it) => {
    for (const isDescending of [true, false]) {
      it.effect(`is the same once places are known, ${isDescending ? "from the top" : "from the bottom"}`, () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* sql`CREATE TABLE IF NOT EXISTS counted AS SELECT i * 3 AS id FROM generate_series(1, 60000) AS i`
          const list: CountedRows.List = {
            name: "counted",
            filter: { isDescending },
            from: sql`counted AS one`,
            where: sql`one.id % 2 = 0`,
            key: sql`one.id`,
            isDescending
          }
          const page = Effect.gen(function*() {
            const { keys, total } = yield* CountedRows.find(list, { offset: 12_000, limit: 5 })
            const rows = yield* sql<{ readonly id: number }>`SELECT id FROM (${keys}) AS found ORDER BY id`
            const [text] = sql`${keys}`.compile()
            return {
              ids: rows.map(({ id }) => Number(id)),
              total: total(rows.length),
              isMarked: / AND one\.id [<>]= /.test(text)
            }
          })
          const { isMarked, ...before } = yield* page
          assert.isFalse(isMarked)
          const first = isDescending ? 180_000 - 6 * 12_004 : 6 * 12_001
          assert.deepStrictEqual(before.ids, Array.from({ length: 5 }, (_, index) => first + 6 * index))
          const after = yield* Effect.repeat(page, {
            until: ({ isMarked }) => isMarked,
            schedule: Schedule.spaced("20 millis")
          })
          assert.deepStrictEqual(after.ids, before.ids)
          assert.strictEqual(after.total, 30_000)
        }).pipe(TestClock.withLive))
    }
  })
})
