/**
 * Rows of the Module Build Service's lists whose places are known (see `Marks`): how they are learnt, and what lies behind one of them. Their
 * order keys are kept as text, since clients of databases round times.
 */
import type * as MbsQuery from "@orch/api/mbs/MbsQuery"
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type * as Statement from "effect/sql/Statement"
import * as WholeLists from "../../database/WholeLists.ts"
import * as Marks from "../../Marks.ts"
import * as MbsOrder from "./MbsOrder.ts"
import { types } from "./MbsSettledMigrations.ts"
import { kinds } from "./MbsTallyMigrations.ts"

type Sql = SqlClient.SqlClient
type Fragment = Statement.Fragment
type Order = MbsQuery.Order<string>

/** The number of a row and its order keys. */
export type Key = readonly [id: string, ...values: ReadonlyArray<string | null>]

/**
 * Whether rows in this order have marks: an index has the first column, and rows that are equal in it are so few that they are sorted for a
 * page.
 */
export const has = (sql: Sql, order: Order): boolean => {
  const names = MbsOrder.keysOf(sql, order).map(({ name }) => name)
  return names.every((name) => name in types) && (names.length < 2 || !isFew(names[0]!))
}

/** Columns of a handful of values. */
const fewValues = new Set([...kinds, "scratch", "rebuild_strategy"])

const isFew = (name: string): boolean => fewValues.has(name)

/** Every so manieth of these rows, in their order. */
export const learn = (sql: Sql, rows: Fragment, order: Order, every: number = Marks.apart) => {
  const keys = sql.csv(
    ["id", ...MbsOrder.keysOf(sql, order).map(({ name }) => name)].map((name) => sql`${sql(name)}::text`)
  )
  return Effect.map(
    WholeLists.through(
      sql,
      sql<{ readonly key: Key; readonly before: bigint }>`
        SELECT ARRAY[${keys}] AS key, before FROM (
          SELECT *, row_number() OVER (ORDER BY ${MbsOrder.orderBy(sql, order, false)}) - 1 AS before
          FROM (${rows}) AS found
        ) AS placed WHERE before % ${every} = 0 ORDER BY before`
    ),
    (found) => found.map(({ before, key }): Marks.Mark<Key> => ({ key, before: Number(before) }))
  )
}

/** Conditions on the row of a mark and those behind it, apart from each other, so that an index serves each. */
export const behind = (sql: Sql, order: Order, [id, ...values]: Key): ReadonlyArray<Fragment> => {
  const names = MbsOrder.keysOf(sql, order).map(({ name }) => name)
  const direction = sql.literal(order.columns.includes("id") && order.descending ? "<=" : ">=")
  const given = (index: number) => sql`${values[index]!}::${sql.literal(types[names[index]!]!)}`
  const equal = (index: number): Fragment =>
    values[index] === null ? sql`${sql(names[index]!)} IS NULL` : sql`${sql(names[index]!)} = ${given(index)}`
  // What is not known comes first, and last the other way round.
  const after = (index: number): ReadonlyArray<Fragment> => {
    const column = sql(names[index]!)
    return values[index] === null
      ? order.descending ? [] : [sql`${column} IS NOT NULL`]
      : order.descending
      ? [sql`${column} < ${given(index)}`, sql`${column} IS NULL`]
      : [sql`${column} > ${given(index)}`]
  }
  const before = (index: number) => Array.from({ length: index }, (_, earlier) => equal(earlier))
  return [
    sql.and([...before(names.length), sql`id ${direction} ${id}::bigint`]),
    ...names.flatMap((_, index) => after(index).map((one) => sql.and([...before(index), one]))).toReversed()
  ]
}
