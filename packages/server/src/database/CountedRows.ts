/**
 * Pages of lists that say how many rows there are: the keys of a page first, from whichever end of the list is nearer, and the number
 * without counting everything each time (see `Totals`).
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import * as Marks from "../Marks.ts"
import * as Totals from "../Totals.ts"
import * as OwnPlan from "./OwnPlan.ts"
import { json } from "./StorableText.ts"
import * as WholeLists from "./WholeLists.ts"

interface Explained {
  readonly "QUERY PLAN": ReadonlyArray<{ readonly Plan: { readonly "Plan Rows": number } }>
}

/** How the rows of a query are counted: no further than `most`, or as the database's statistics have it. */
export const counting = (sql: SqlClient.SqlClient, rows: Fragment): Totals.Counting<SqlError, never> => ({
  count: (most) => {
    const count = Effect.map(
      OwnPlan.read(sql<{ total: bigint }>`
        SELECT count(*) AS total FROM (SELECT FROM (${rows}) AS fitting LIMIT ${most ?? null}::bigint) AS found`),
      ([row]) => Number(row?.total ?? 0)
    )
    return most === undefined ? WholeLists.through(sql, count) : count
  },
  estimate: Effect.map(
    sql<Explained>`EXPLAIN (FORMAT json) SELECT FROM (${rows}) AS fitting`,
    ([row]) => row?.["QUERY PLAN"][0]?.Plan["Plan Rows"] ?? 0
  )
})

/** Rows that are found by their filter and sorted, without going through the list. */
const few = 500
/** Milliseconds for which a list is known to be longer than that. */
const long = 20_000

/** What is known of numbers and places, by database. */
const known = new WeakMap<
  SqlClient.SqlClient,
  {
    readonly totals: ReturnType<typeof Totals.make>
    readonly marks: ReturnType<typeof Marks.make<Key>>
    /** Lists that were longer than `few` at that time. */
    readonly long: Map<string, number>
  }
>()

/** What a row is found by. */
type Key = bigint | string

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

/** Every so manieth key of a list, with how many rows lie before it. */
export const learn = (
  sql: SqlClient.SqlClient,
  { from, isDescending, key, where }: Pick<List, "from" | "isDescending" | "key" | "where">,
  every: number = Marks.apart
) =>
  Effect.map(
    WholeLists.through(
      sql,
      OwnPlan.read(sql<{ readonly key: Key; readonly before: bigint }>`
      SELECT key, before FROM (
        SELECT key, row_number() OVER (ORDER BY key ${sql.literal(isDescending ? "DESC" : "ASC")}) - 1 AS before
        FROM (SELECT ${key} AS key FROM ${from} WHERE ${where}) AS fitting
      ) AS placed WHERE before % ${every} = 0 ORDER BY before`)
    ),
    (rows) => rows.map(({ before, key }): Marks.Mark<Key> => ({ key, before: Number(before) }))
  )

/** All keys that fit, in order, where they are few. */
const fewKeys = Effect.fnUntraced(function*(
  sql: SqlClient.SqlClient,
  { filter, from, isDescending, key, name, where }: List,
  seen: Map<string, number>
) {
  const list = JSON.stringify([name, filter])
  const now = yield* Clock.currentTimeMillis
  if (now - (seen.get(list) ?? -long) < long) return undefined
  const rows = yield* OwnPlan.read(sql<{ readonly key: Key }>`
    SELECT key FROM (SELECT ${key} AS key FROM ${from} WHERE ${where} LIMIT ${few + 1}) AS fitting
    ORDER BY key ${sql.literal(isDescending ? "DESC" : "ASC")}`)
  seen.delete(list)
  if (rows.length <= few) return rows.map(({ key }) => key)
  seen.set(list, now)
  if (seen.size > 1000) seen.delete(seen.keys().next().value ?? "")
  return undefined
})

/** Finds a page. */
export const find = Effect.fnUntraced(function*(list: List, slice: Slice) {
  const { filter, from, isDescending, key, name, where } = list
  const { limit, offset } = slice
  const sql = yield* SqlClient.SqlClient
  const of = known.get(sql) ?? { totals: Totals.make(), marks: Marks.make<Key>(), long: new Map() }
  known.set(sql, of)
  const all = yield* fewKeys(sql, list, of.long)
  if (all !== undefined) {
    const shown = all.slice(offset, offset + limit)
    const type = sql.literal(typeof shown[0] === "string" ? "text" : "bigint")
    return {
      keys: shown.length === 0
        ? sql`SELECT ${key} FROM ${from} WHERE false`
        : sql`SELECT value::${type} FROM jsonb_array_elements_text(${json(shown.map(String))}::text::jsonb)`,
      total: () => all.length
    } satisfies Found
  }
  const total = yield* of.totals([name, filter], counting(sql, sql`SELECT FROM ${from} WHERE ${where}`))
  const isBackwards = total.isExact && offset > total.total / 2
  const first = isBackwards ? Math.max(0, total.total - offset - limit) : offset
  const most = isBackwards ? Math.max(0, Math.min(limit, total.total - offset)) : limit
  const direction = sql.literal(isDescending === isBackwards ? "ASC" : "DESC")
  const ahead = sql.literal(isDescending ? "DESC" : "ASC")
  const mark = first < Marks.near ? undefined : yield* of.marks([name, filter], offset, learn(sql, list))
  return {
    keys: mark === undefined
      ? sql`SELECT ${key} FROM ${from} WHERE ${where} ORDER BY ${key} ${direction} LIMIT ${most} OFFSET ${first}`
      : sql`SELECT ${key} FROM ${from} WHERE ${where} AND ${key} ${sql.literal(isDescending ? "<=" : ">=")} ${mark.key}
          ORDER BY ${key} ${ahead} LIMIT ${limit} OFFSET ${offset - mark.before}`,
    total: (shown) => Totals.agreeing(total, { ...slice, shown })
  } satisfies Found
})
