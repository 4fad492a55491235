/**
 * Places in lists of components of ended builds that are in an order of many values and have no filter. They are counted behind those who
 * write; with what was written since, they say exactly how many rows lie before a place.
 *
 * A list is told by its order: `package`, `-package`.
 */
import type * as MbsQuery from "@orch/api/mbs/MbsQuery"
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type * as Marks from "../../Marks.ts"
import * as MbsFilters from "./MbsFilters.ts"
import * as MbsMarks from "./MbsMarks.ts"
import * as MbsOrder from "./MbsOrder.ts"
import { names } from "./MbsSettledMigrations.ts"
import { kinds } from "./MbsTallyMigrations.ts"

type Sql = SqlClient.SqlClient
type Order = MbsQuery.Order<string>

/** Columns that lists with places are ordered by. */
const ordering = names.component.filter((name) => name !== "format" && !kinds.includes(name))

/** The lists that have places. */
export const lists: ReadonlyArray<string> = ordering.flatMap((name) => [name, `-${name}`])

const orderOf = (list: string): Order =>
  list.startsWith("-") ? { columns: [list.slice(1)], descending: true } : { columns: [list], descending: false }

/** The list of a query, where it has places. */
export const listOf = (query: MbsQuery.ComponentQuery): string | undefined => {
  const [column, ...others] = new Set(query.order.columns.filter((name) => name !== "format"))
  if (column === undefined || others.length > 0 || !ordering.includes(column)) return undefined
  // Whether there is a filter does not depend on the database.
  return query.states.length > 0 || query.equal.some((one) => one.column !== "format" || one.value !== "rpms")
    ? undefined
    : query.order.descending
    ? `-${column}`
    : column
}

const columnsOf = (sql: Sql, order: Order) => {
  const keys = MbsOrder.keysOf(sql, order).map(({ name }) => name)
  return { keys, columns: sql.csv(["id", ...keys].map((name) => sql`${sql(name)}`)) }
}

/** Makes sure that nobody else counts, and what is read then is of one moment: the first statements of a transaction. */
export const hold = (sql: Sql) =>
  Effect.andThen(
    sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`,
    sql`LOCK TABLE mbs_place IN SHARE ROW EXCLUSIVE MODE`
  )

/** How much was written since places were counted, how many rows of ended builds there are, and which lists have places. */
export const state = (sql: Sql) =>
  Effect.map(
    sql<{ readonly changes: bigint; readonly rows: bigint; readonly lists: ReadonlyArray<string> }>`
      SELECT (SELECT count(*) FROM mbs_settled_change) AS changes,
        (SELECT coalesce(sum(amount), 0)::bigint FROM mbs_tally) AS rows,
        ARRAY(SELECT DISTINCT list FROM mbs_place) AS lists`,
    ([row]) => ({ changes: Number(row!.changes), rows: Number(row!.rows), lists: row!.lists })
  )

/** Places every so many of these rows, the first ones of a list or of what lies behind a row. */
const begin = (sql: Sql, list: string, from: MbsMarks.Key | undefined, rows: number, every: number) => {
  const order = orderOf(list)
  const { columns } = columnsOf(sql, order)
  const by = MbsOrder.orderBy(sql, order, false)
  const parts = from === undefined ? [sql`true`] : MbsMarks.behind(sql, order, from)
  const found = parts.map((part) =>
    sql`(SELECT ${columns} FROM mbs_settled_component WHERE ${part} ORDER BY ${by} LIMIT ${rows})`
  ).reduce((all, one) => sql`${all} UNION ALL ${one}`)
  return sql`
    INSERT INTO mbs_place (list, amount, ${columns})
    SELECT ${list}, lead(before, 1, ${rows}::bigint) OVER (ORDER BY before) - before, ${columns} FROM (
      SELECT ${columns}, row_number() OVER (ORDER BY ${by}) - 1 AS before FROM (
        SELECT ${columns} FROM (${found}) AS found ORDER BY ${by} LIMIT ${rows}
      ) AS within
    ) AS placed WHERE before % ${every} = 0`
}

/** Places a whole list. */
export const learn = (sql: Sql, list: string, every: number) =>
  Effect.flatMap(
    sql<{ readonly rows: bigint }>`SELECT count(*) AS rows FROM mbs_settled_component`,
    ([row]) => begin(sql, list, undefined, Number(row!.rows), every)
  )

/** Adds what was written or taken away to the place that each row lies behind. */
export const addUp = (sql: Sql, list: string) => {
  const order = orderOf(list)
  const { columns } = columnsOf(sql, order)
  return sql`
    UPDATE mbs_place SET amount = mbs_place.amount + told.amount FROM (
      SELECT max(place) AS place, sum(amount) AS amount FROM (
        SELECT place, amount, count(place) OVER (
          ORDER BY ${MbsOrder.orderBy(sql, order, false)}, place NULLS LAST ROWS UNBOUNDED PRECEDING
        ) AS nth
        FROM (
          SELECT place, 0 AS amount, ${columns} FROM mbs_place WHERE list = ${list}
          UNION ALL SELECT NULL, amount, ${columns} FROM mbs_settled_change
        ) AS every
      ) AS counted GROUP BY greatest(nth, 1)
    ) AS told WHERE mbs_place.place = told.place AND told.amount <> 0`
}

/** Forgets what was written since, which was added up. */
export const forget = (sql: Sql) => sql`DELETE FROM mbs_settled_change`

/** Divides places that so many rows lie behind. */
export const divide = Effect.fnUntraced(function*(sql: Sql, list: string, every: number) {
  const order = orderOf(list)
  const { keys } = columnsOf(sql, order)
  const large = yield* sql<{ readonly key: MbsMarks.Key; readonly amount: bigint; readonly is_first: boolean }>`
    WITH one AS (
      SELECT *, row_number() OVER (ORDER BY ${MbsOrder.orderBy(sql, order, false)}) = 1 AS is_first
      FROM mbs_place WHERE list = ${list}
    ), large AS (
      DELETE FROM mbs_place USING one WHERE mbs_place.place = one.place AND one.amount > ${4 * every} RETURNING one.*
    )
    SELECT ARRAY[${
    sql.csv(["id", ...keys].map((name) => sql`${sql(name)}::text`))
  }] AS key, amount, is_first FROM large`
  for (const { amount, is_first, key } of large) {
    yield* begin(sql, list, is_first ? undefined : key, Number(amount), every)
  }
})

/** The last place that is not behind a page, with how many rows lie before it now, of builds under way, too. */
export const find = (sql: Sql, list: string, offset: number) => {
  const order = orderOf(list)
  const { columns, keys } = columnsOf(sql, order)
  const shown = sql.csv([sql`id`, ...MbsOrder.keysOf(sql, order).map(({ of }) => of)])
  return Effect.map(
    sql<{ readonly key: MbsMarks.Key; readonly before: bigint }>`
      SELECT ARRAY[${sql.csv(["id", ...keys].map((name) => sql`${sql(name)}::text`))}] AS key, before::bigint AS before
      FROM (
        SELECT *, sum(amount) OVER sofar - amount AS before, count(place) OVER sofar AS nth
        FROM (
          SELECT place, amount, ${columns} FROM mbs_place WHERE list = ${list}
          UNION ALL SELECT NULL, amount, ${columns} FROM mbs_settled_change
          UNION ALL SELECT NULL, 1, ${columns} FROM (
            SELECT ${shown} FROM mbs_component_builds WHERE ${MbsFilters.unsettled(sql)}
          ) AS live
        ) AS every
        WINDOW sofar AS (ORDER BY ${MbsOrder.orderBy(sql, order, false)}, place NULLS LAST ROWS UNBOUNDED PRECEDING)
      ) AS counted
      WHERE place IS NOT NULL AND nth > 1 AND before <= ${offset} ORDER BY before DESC, nth DESC LIMIT 1`,
    ([row]): Marks.Mark<MbsMarks.Key> | undefined => row && { key: row.key, before: Number(row.before) }
  )
}
