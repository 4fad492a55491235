/**
 * Lists of components of one kind or another (their state, their batch, whether they are tagged), however many there are: the counts by
 * ranges of numbers say how many fit and in which ranges a page lies, and only those are gone through.
 */
import type * as MbsPagination from "@orch/api/mbs/MbsPagination"
import type * as MbsQuery from "@orch/api/mbs/MbsQuery"
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import * as OwnPlan from "../../database/OwnPlan.ts"
import { json } from "../../database/StorableText.ts"
import * as MbsFilters from "./MbsFilters.ts"
import * as MbsOrder from "./MbsOrder.ts"
import type * as MbsRow from "./MbsRow.ts"
import * as MbsStatements from "./MbsStatements.ts"
import { kinds, rangeSize, types } from "./MbsTallyMigrations.ts"

type Sql = SqlClient.SqlClient

/** A range of numbers with rows of one sort, as many as lie before them in the order of the list included. */
interface Place {
  readonly range: number
  readonly before: number
}

/** How many rows fit, and where those of a page are. */
export interface Found {
  readonly total: number
  readonly places: ReadonlyArray<Place & Readonly<Record<string, unknown>>>
}

/** Fewer are sorted as quickly as they are looked for by ranges. */
const few = 1000

const anyOrder = { columns: ["id"], descending: false }

const isKind = (column: string): boolean => Object.hasOwn(types, column)

/** Whether a list is filtered by nothing but kinds, so that its rows are counted here. */
export const counts = ({ equal }: MbsQuery.ComponentQuery): boolean =>
  equal.every(({ column }) => isKind(column) || column === "format")

/** Whether it is ordered by nothing but kinds and numbers, too, so that its pages are found here. */
const finds = (query: MbsQuery.ComponentQuery): boolean =>
  counts(query) && query.order.columns.every((column) => isKind(column) || column === "id" || column === "format")

/** How many fit, and where the rows of a page are among them; nowhere, where they are few or not found so. */
export const find = (
  sql: Sql,
  query: MbsQuery.ComponentQuery,
  { page, perPage }: MbsPagination.Pagination,
  most: number = few
) => {
  const isFound = finds(query)
  const order = isFound ? query.order : anyOrder
  const keys = MbsOrder.keysOf(sql, order).map(({ name }) => name)
  const columns = sql.csv([sql`range`, ...keys.map((key) => sql`${sql(key)}`)])
  const fitting = MbsFilters.components(sql, query, "length(task_id)") ?? sql`true`
  const offset = (page - 1) * perPage
  return Effect.map(
    sql<{ total: bigint; places: Found["places"] }>`
      WITH counted AS (
        SELECT ${columns}, sum(amount) AS amount FROM (
          SELECT ${columns}, amount FROM mbs_tally WHERE ${fitting}
          UNION ALL
          SELECT ${sql.csv([sql`id / ${sql.literal(`${rangeSize}`)}`, ...keys.map((key) => sql`${sql(key)}`)])}, 1
          FROM mbs_component_builds WHERE ${MbsFilters.unsettled(sql)} AND ${fitting}
        ) AS told GROUP BY ${columns} HAVING sum(amount) > 0
      ), placed AS (
        SELECT *, sum(amount) OVER (ORDER BY ${
      MbsOrder.orderBy(sql, order, false, "range")
    }) - amount AS before FROM counted
      ), total AS (SELECT coalesce(sum(amount), 0)::bigint AS total FROM counted)
      SELECT total, coalesce((
        SELECT json_agg(placed) FROM placed WHERE ${isFound} AND total > ${most} AND before < ${
      offset + perPage
    } AND before + amount > ${offset}
      ), '[]') AS places FROM total`,
    ([row]): Found => ({ total: Number(row?.total ?? 0), places: row?.places ?? [] })
  )
}

/** The page that lies in these places. */
export const list = (
  sql: Sql,
  query: MbsQuery.ComponentQuery,
  { page, perPage }: MbsPagination.Pagination,
  places: Found["places"]
) => {
  const keys = MbsOrder.keysOf(sql, query.order).map(({ name }) => name)
  const settled = MbsFilters.components(sql, query, "task_length") ?? sql`true`
  const live = MbsFilters.components(sql, query, "length(task_id)") ?? sql`true`
  const by = MbsOrder.orderBy(sql, query.order, false)
  const columns = sql.csv([sql`id`, ...keys.map((key) => sql`${sql(key)}`)])
  const within = sql.and([
    sql`id >= place.range * ${sql.literal(`${rangeSize}`)}`,
    sql`id < (place.range + 1) * ${sql.literal(`${rangeSize}`)}`,
    ...keys.map((key) => sql`${sql(key)} IS NOT DISTINCT FROM place.${sql(`of_${key}`)}`)
  ])
  const first = Math.min(...places.map(({ before }) => before))
  const given = places.map(({ range, ...rest }) => ({
    range,
    ...Object.fromEntries(keys.map((key) => [`of_${key}`, rest[key]]))
  }))
  // Place by place (OFFSET keeps it so): nothing else of the table is looked at.
  return OwnPlan.read(sql<MbsRow.ComponentRow>`
    WITH page AS MATERIALIZED (
      SELECT id, at FROM ROWS FROM (unnest(ARRAY(
      SELECT found.id FROM jsonb_to_recordset(${json(given)}::text::jsonb)
        AS place (${
    sql.literal(["range bigint", ...keys.map((key) => `of_${key} ${types[key as keyof typeof types]}`)].join(", "))
  }),
      LATERAL (
        SELECT ${columns} FROM mbs_settled_component WHERE ${settled} AND ${within}
        UNION ALL
        SELECT ${columns} FROM mbs_component_builds WHERE ${MbsFilters.unsettled(sql)} AND ${live} AND ${within}
        OFFSET 0
      ) AS found ORDER BY ${by} LIMIT ${perPage} OFFSET ${(page - 1) * perPage - first}
    ))) WITH ORDINALITY AS p (id, at)
    )
    SELECT v.* FROM page
    JOIN (${MbsStatements.rowsOf(sql, "component", sql`SELECT id FROM page`)}) AS v ON v.id = page.id
    ORDER BY page.at`)
}

/** Adds up what was counted in ranges that changed often. */
export const addUp = (sql: Sql, most: number) =>
  sql`
    WITH loose AS (
      SELECT range FROM mbs_tally WHERE NOT is_whole GROUP BY range HAVING count(*) > ${most} ORDER BY range LIMIT 100
    ), taken AS (
      DELETE FROM mbs_tally WHERE range IN (SELECT range FROM loose) RETURNING *
    )
    INSERT INTO mbs_tally (range, ${sql.csv(kinds.map((kind) => sql`${sql(kind)}`))}, amount, is_whole)
    SELECT range, ${sql.csv(kinds.map((kind) => sql`${sql(kind)}`))}, sum(amount), true FROM taken
    GROUP BY range, ${sql.csv(kinds.map((kind) => sql`${sql(kind)}`))} HAVING sum(amount) <> 0`
