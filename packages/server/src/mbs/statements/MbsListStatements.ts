/**
 * Pages of the Module Build Service's lists: the ids first, by indexes, and then the rows of those alone.
 *
 * Rows of builds that have ended are in tables of their own with an index for each column (decision 1700); those of the few builds that
 * are under way, or ended a moment ago, are worked out by the views. A list is both, put in one order.
 */
import type * as MbsPagination from "@orch/api/mbs/MbsPagination"
import type * as MbsQuery from "@orch/api/mbs/MbsQuery"
import type * as SqlClient from "effect/sql/SqlClient"
import type * as Statement from "effect/sql/Statement"
import * as CountedRows from "../../database/CountedRows.ts"
import * as OwnPlan from "../../database/OwnPlan.ts"
import * as Marks from "../../Marks.ts"
import * as MbsFilters from "./MbsFilters.ts"
import * as MbsMarks from "./MbsMarks.ts"
import { type Key, keysOf, orderBy } from "./MbsOrder.ts"
import type * as MbsRow from "./MbsRow.ts"
import * as MbsStatements from "./MbsStatements.ts"

type Sql = SqlClient.SqlClient
type Fragment = Statement.Fragment

/** What rows must be like, as rows of ended builds say it and as rows of the view do; `undefined` for all. */
interface Condition {
  readonly settled: Fragment | undefined
  readonly live: Fragment | undefined
}

interface List {
  readonly kind: "module" | "component"
  readonly view: string
  readonly settled: string
  /** The build of a row of the view. */
  readonly build: string
}
const moduleList: List = { kind: "module", view: "mbs_module_builds", settled: "mbs_settled_module", build: "id" }
const componentList: List = {
  kind: "component",
  view: "mbs_component_builds",
  settled: "mbs_settled_component",
  build: "module_id"
}

/**
 * The ids and order keys of rows that fit: of the builds that have ended, and of the others. Of each as many as `first` says (an order and a
 * limit), so that an index is gone through no further than that; with `parts`, for each of these conditions.
 */
const rows = (
  sql: Sql,
  { build, settled, view }: List,
  condition: Condition,
  keys: ReadonlyArray<Key>,
  first: Fragment,
  parts: ReadonlyArray<Fragment> = [sql`true`]
): Fragment => {
  // Numbers are in one place, and documents.
  if (condition.live === undefined && keys.length === 0) {
    return sql`SELECT id FROM ${sql(view)} WHERE ${sql.or(parts)} ${first}`
  }
  const [ended, live] = [condition.settled ?? sql`true`, condition.live ?? sql`true`]
  if (keys.some(({ name }) => name === "modulemd")) {
    return sql`SELECT ${sql.csv([sql`id`, ...keys.map(({ of }) => of)])} FROM ${sql(view)} WHERE ${live} ${first}`
  }
  const columns = sql.csv([sql`id`, ...keys.map(({ name }) => sql`${sql(name)}`)])
  return sql`
    ${
    parts.map((part) => sql`(SELECT ${columns} FROM ${sql(settled)} WHERE ${ended} AND ${part} ${first})`)
      .reduce((all, one) => sql`${all} UNION ALL ${one}`)
  }
    UNION ALL
    (SELECT ${columns} FROM (
      SELECT ${sql.csv([sql`id`, ...keys.map(({ of }) => of)])} FROM ${sql(view)}
      WHERE ${sql(build)} = ANY(ARRAY(SELECT m.id FROM module_build AS m WHERE NOT m.settled)) AND ${live}
    ) AS live WHERE ${sql.or(parts)} ${first})`
}

/**
 * The same in the order of whole documents: an index has their beginnings in order, and only those that begin alike are sorted. That is sooner
 * near either end. Where a build has no document, it has no context of its build either.
 */
const byDocument = (
  sql: Sql,
  { build, settled, view }: List,
  condition: Condition,
  order: MbsQuery.Order<string>,
  isBackwards: boolean,
  most: number
): Fragment => {
  const direction = sql.literal(order.descending === isBackwards ? "ASC NULLS FIRST" : "DESC NULLS LAST")
  const number = sql.literal(isBackwards ? "id DESC" : "id")
  const ended = sql`SELECT id, build_context FROM ${sql(settled)} WHERE ${condition.settled ?? sql`true`}`
  return sql`
    (SELECT s.id, x.modulemd COLLATE "C" AS modulemd FROM mbs_build AS x JOIN (${ended}) AS s ON s.id = x.module_build_id
      ORDER BY left(x.modulemd, 128) COLLATE "C" ${direction}, x.modulemd COLLATE "C" ${direction}, s.${number} LIMIT ${most})
    UNION ALL
    (SELECT s.id, '' COLLATE "C" FROM (${ended}) AS s WHERE build_context IS NULL
      AND NOT EXISTS (SELECT FROM mbs_build AS x WHERE x.module_build_id = s.id) ORDER BY s.${number} LIMIT ${most})
    UNION ALL
    (SELECT id, modulemd COLLATE "C" FROM ${sql(view)}
      WHERE ${sql(build)} = ANY(ARRAY(SELECT m.id FROM module_build AS m WHERE NOT m.settled))
        AND ${condition.live ?? sql`true`})`
}

/** What is known of a list: how many rows it has, as far as that is certain, and a row whose place is known before a page. */
export interface Known {
  readonly total: number | undefined
  readonly mark?: Marks.Mark<MbsMarks.Key> | undefined
}

/** How many rows are gone over for a page, from whichever end is nearer. */
export const goneOver = ({ page, perPage }: MbsPagination.Pagination, total: number | undefined): number => {
  const offset = (page - 1) * perPage
  return total !== undefined && offset > total / 2 ? Math.max(0, total - offset - perPage) : offset
}

/** A page of a list: one in the latter half is looked for from the end, one behind a row whose place is known from there. */
const page = <Row extends object>(
  sql: Sql,
  list: List,
  condition: Condition,
  order: MbsQuery.Order<string>,
  of: MbsPagination.Pagination,
  { mark, total }: Known
) => {
  const offset = (of.page - 1) * of.perPage
  const isBackwards = mark === undefined && total !== undefined && offset > total / 2
  const from = mark === undefined ? goneOver(of, total) : offset - mark.before
  const most = isBackwards ? Math.max(0, Math.min(of.perPage, total - offset)) : of.perPage
  const by = orderBy(sql, order, isBackwards)
  const keys = keysOf(sql, order)
  const first = sql`ORDER BY ${by} LIMIT ${from + most}`
  const parts = mark === undefined ? undefined : MbsMarks.behind(sql, order, mark.key)
  const found = keys.length === 1 && keys[0]?.name === "modulemd" && !order.columns.includes("id") && from < Marks.near
    ? byDocument(sql, list, condition, order, isBackwards, from + most)
    : rows(sql, list, condition, keys, first, parts)
  return OwnPlan.read(sql<Row>`
    WITH page AS MATERIALIZED (
      SELECT id, place FROM ROWS FROM (unnest(ARRAY(
        SELECT id FROM (${found}) AS found ORDER BY ${by} LIMIT ${most} OFFSET ${from}
      ))) WITH ORDINALITY AS p (id, place)
    )
    SELECT v.* FROM page JOIN (${MbsStatements.rowsOf(sql, list.kind, sql`SELECT id FROM page`)}) AS v ON v.id = page.id
    ORDER BY page.place ${sql.literal(isBackwards ? "DESC" : "ASC")}`)
}

/** Goes through a whole list for its marks. */
const learning = (
  sql: Sql,
  list: List,
  condition: Condition,
  order: MbsQuery.Order<string>,
  every: number | undefined
) => MbsMarks.learn(sql, rows(sql, list, condition, keysOf(sql, order), sql``), order, every)

/** How rows that fit are counted. */
const counting = (sql: Sql, list: List, condition: Condition) =>
  CountedRows.counting(sql, rows(sql, list, condition, [], sql``))

const ofModules = (sql: Sql, query: MbsQuery.ModuleQuery): Condition => {
  const both = MbsFilters.modules(sql, query)
  return { settled: both, live: both }
}

const ofComponents = (sql: Sql, query: MbsQuery.ComponentQuery): Condition => ({
  settled: MbsFilters.components(sql, query, "task_length"),
  live: MbsFilters.components(sql, query, "length(task_id)")
})

/** A page of module builds. */
export const listModules = (sql: Sql, query: MbsQuery.ModuleQuery, of: MbsPagination.Pagination, known: Known) =>
  page<MbsRow.ModuleRow>(sql, moduleList, ofModules(sql, query), query.order, of, known)

/** Goes through all module builds that fit for marks. */
export const learnModules = (sql: Sql, query: MbsQuery.ModuleQuery, every?: number) =>
  learning(sql, moduleList, ofModules(sql, query), query.order, every)

/** How module builds that fit are counted. */
export const countingModules = (sql: Sql, query: MbsQuery.ModuleQuery) =>
  counting(sql, moduleList, ofModules(sql, query))

/** A page of components. */
export const listComponents = (sql: Sql, query: MbsQuery.ComponentQuery, of: MbsPagination.Pagination, known: Known) =>
  page<MbsRow.ComponentRow>(sql, componentList, ofComponents(sql, query), query.order, of, known)

/** Goes through all components that fit for marks. */
export const learnComponents = (sql: Sql, query: MbsQuery.ComponentQuery, every?: number) =>
  learning(sql, componentList, ofComponents(sql, query), query.order, every)

/** How components that fit are counted. */
export const countingComponents = (sql: Sql, query: MbsQuery.ComponentQuery) =>
  counting(sql, componentList, ofComponents(sql, query))
