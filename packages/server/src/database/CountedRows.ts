/**
 * Pages of lists that say how many rows there are: the keys of a page first, from whichever end of the list is nearer, and the number
 * without counting everything each time (see `Totals`).
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import * as Totals from "../Totals.ts"

interface Explained {
  readonly "QUERY PLAN": ReadonlyArray<{ readonly Plan: { readonly "Plan Rows": number } }>
}

/** How the rows of a query are counted: no further than `most`, or as the database's statistics have it. */
export const counting = (sql: SqlClient.SqlClient, rows: Fragment): Totals.Counting<SqlError, never> => ({
  count: (most) => {
    const count = Effect.map(
      sql<{ total: bigint }>`
        SELECT count(*) AS total FROM (SELECT FROM (${rows}) AS fitting LIMIT ${most ?? null}::bigint) AS found`,
      ([row]) => Number(row?.total ?? 0)
    )
    // What counts everything goes on when the transaction that asks has ended.
    return most === undefined ? Effect.updateContext(count, Context.omit(sql.transactionService)) : count
  },
  estimate: Effect.map(
    sql<Explained>`EXPLAIN (FORMAT json) SELECT FROM (${rows}) AS fitting`,
    ([row]) => row?.["QUERY PLAN"][0]?.Plan["Plan Rows"] ?? 0
  )
})

/** What is known of numbers, by database. */
const known = new WeakMap<SqlClient.SqlClient, ReturnType<typeof Totals.make>>()

/** A list: rows of `from` that fit `where`, in the order of a key that no two have. */
export interface List {
  /** Tells this list from others, with the filter. */
  readonly name: string
  readonly filter: unknown
  readonly from: Fragment
  readonly where: Fragment
  readonly key: Fragment
  readonly isDescending: boolean
}

/** Which part of a list is wanted. */
export interface Slice {
  readonly limit: number
  readonly offset: number
}

/** The keys of a page as a query, and the number of rows once it is known how many the page shows. */
export interface Found {
  readonly keys: Fragment
  readonly total: (shown: number) => number
}

/** Finds a page. */
export const find = Effect.fnUntraced(function*({ filter, from, isDescending, key, name, where }: List, slice: Slice) {
  const sql = yield* SqlClient.SqlClient
  const totals = known.get(sql) ?? Totals.make()
  known.set(sql, totals)
  const total = yield* totals([name, filter], counting(sql, sql`SELECT FROM ${from} WHERE ${where}`))
  const { limit, offset } = slice
  const isBackwards = total.isExact && offset > total.total / 2
  const first = isBackwards ? Math.max(0, total.total - offset - limit) : offset
  const most = isBackwards ? Math.max(0, Math.min(limit, total.total - offset)) : limit
  const direction = sql.literal(isDescending === isBackwards ? "ASC" : "DESC")
  return {
    keys: sql`SELECT ${key} FROM ${from} WHERE ${where} ORDER BY ${key} ${direction} LIMIT ${most} OFFSET ${first}`,
    total: (shown) => Totals.agreeing(total, { ...slice, shown })
  } satisfies Found
})
