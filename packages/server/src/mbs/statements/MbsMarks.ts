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

type Sql = SqlClient.SqlClient
type Fragment = Statement.Fragment
type Order = MbsQuery.Order<string>

/** The number of a row and its order keys, which are known all or none. */
export type Key = readonly [id: string, ...values: ReadonlyArray<string | null>]

/** Whether rows in this order have marks: an index serves it, which goes for one column. */
export const has = (sql: Sql, order: Order): boolean => {
  const names = MbsOrder.keysOf(sql, order).map(({ name }) => name)
  return names.every((name) => name in types) && (names.length < 2 || names.join() === "task_length,task_id")
}

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
  const columns = names.map((name) => sql`${sql(name)}`)
  const isUp = !order.descending
  const direction = sql.literal(order.columns.includes("id") && order.descending ? "<=" : ">=")
  const numbered = sql`id ${direction} ${id}::bigint`
  const [first] = columns
  if (first === undefined) return [numbered]
  // What is not known comes first, and last the other way round.
  if (values[0] === null) {
    return [sql`(${first} IS NULL AND ${numbered})`, ...(isUp ? [sql`${first} IS NOT NULL`] : [])]
  }
  const given = names.map((name, index) => sql`${values[index]!}::${sql.literal(types[name]!)}`)
  const equal = sql.and([...columns.map((column, index) => sql`${column} = ${given[index]!}`), numbered])
  const after = sql`(${sql.csv(columns)}) ${sql.literal(isUp ? ">" : "<")} (${sql.csv(given)})`
  return [equal, after, ...(isUp ? [] : [sql`${first} IS NULL`])]
}
