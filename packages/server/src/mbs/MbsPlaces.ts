/**
 * Counts the places of long lists of components again, a while after builds have ended, so that whoever ends them does not wait for it. Lists
 * that are short have none: their pages are found by going through them.
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Marks from "../Marks.ts"
import * as Statements from "./statements/MbsPlaceStatements.ts"

/** From how many rows on lists have places, how many lie between two of them, and how many may be written before places are counted. */
export interface Sizes {
  readonly long: number
  readonly apart: number
  readonly changes: number
}

const usual: Sizes = { long: 100_000, apart: Marks.apart, changes: 10_000 }

/** Counts what was written, and learns the places of one list that has none; whether there is another one. */
const one = (sql: SqlClient.SqlClient, { apart, changes, long }: Sizes) =>
  sql.withTransaction(Effect.gen(function*() {
    yield* Statements.hold(sql)
    const now = yield* Statements.state(sql)
    const missing = now.rows < long ? [] : Statements.lists.filter((list) => !now.lists.includes(list))
    if (now.changes <= changes && missing.length === 0) return false
    // Lists may be long, and each is gone through once in the life of a database.
    yield* sql`SET LOCAL statement_timeout = '10min'`
    for (const list of now.lists) {
      yield* Statements.addUp(sql, list)
      yield* Statements.divide(sql, list, apart)
    }
    yield* Statements.forget(sql)
    const [list] = missing
    if (list !== undefined) yield* Statements.learn(sql, list, apart)
    return missing.length > 1
  }))

/** Counts places, where that is worth it. */
export const count = (sizes: Sizes = usual): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    one(sql, sizes).pipe(
      Effect.repeat({ while: (isMore) => isMore }),
      Effect.asVoid
    ))
