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
import * as MbsFilters from "./MbsFilters.ts"
import { type Key, keysOf, orderBy } from "./MbsOrder.ts"
import type * as MbsRow from "./MbsRow.ts"

type Sql = SqlClient.SqlClient
type Fragment = Statement.Fragment

/** What rows must be like, as rows of ended builds say it and as rows of the view do; `undefined` for all. */
interface Condition {
  readonly settled: Fragment | undefined
  readonly live: Fragment | undefined
}

interface List {
  readonly view: string
  readonly settled: string
  /** The build of a row of the view. */
  readonly build: string
}
const moduleList: List = { view: "mbs_module_builds", settled: "mbs_settled_module", build: "id" }
const componentList: List = { view: "mbs_component_builds", settled: "mbs_settled_component", build: "module_id" }

/**
 * The ids and order keys of rows that fit: of the builds that have ended, and of the others. Of each as many as `first` says (an order and a
 * limit), so that an index is gone through no further than that.
 */
const rows = (
  sql: Sql,
  { build, settled, view }: List,
  condition: Condition,
  keys: ReadonlyArray<Key>,
  first: Fragment
): Fragment => {
  // Numbers are in one place, and documents.
  if (condition.live === undefined && keys.length === 0) return sql`SELECT id FROM ${sql(view)} ${first}`
  const [ended, live] = [condition.settled ?? sql`true`, condition.live ?? sql`true`]
  if (keys.some(({ name }) => name === "modulemd")) {
    return sql`SELECT ${sql.csv([sql`id`, ...keys.map(({ of }) => of)])} FROM ${sql(view)} WHERE ${live} ${first}`
  }
  return sql`
    (SELECT ${sql.csv([sql`id`, ...keys.map(({ name }) => sql`${sql(name)}`)])} FROM ${
    sql(settled)
  } WHERE ${ended} ${first})
    UNION ALL
    (SELECT ${sql.csv([sql`id`, ...keys.map(({ of }) => of)])} FROM ${sql(view)}
    WHERE ${sql(build)} = ANY(ARRAY(SELECT m.id FROM module_build AS m WHERE NOT m.settled)) AND ${live} ${first})`
}

/** A page of a list of so many rows, as far as that is known: one in the latter half is looked for from the end. */
const page = <Row extends object>(
  sql: Sql,
  list: List,
  condition: Condition,
  order: MbsQuery.Order<string>,
  { page, perPage }: MbsPagination.Pagination,
  total: number | undefined
) => {
  const offset = (page - 1) * perPage
  const isBackwards = total !== undefined && offset > total / 2
  const from = isBackwards ? Math.max(0, total - offset - perPage) : offset
  const most = isBackwards ? Math.max(0, Math.min(perPage, total - offset)) : perPage
  const by = orderBy(sql, order, isBackwards)
  const found = rows(sql, list, condition, keysOf(sql, order), sql`ORDER BY ${by} LIMIT ${from + most}`)
  return sql<Row>`
    SELECT v.* FROM ROWS FROM (unnest(ARRAY(
      SELECT id FROM (${found}) AS found ORDER BY ${by} LIMIT ${most} OFFSET ${from}
    ))) WITH ORDINALITY AS p (id, place)
    JOIN ${sql(list.view)} AS v ON v.id = p.id
    ORDER BY p.place ${sql.literal(isBackwards ? "DESC" : "ASC")}`
}

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

/** A page of module builds. `total` is how many there are, where that is known for certain. */
export const listModules = (
  sql: Sql,
  query: MbsQuery.ModuleQuery,
  of: MbsPagination.Pagination,
  total: number | undefined
) => page<MbsRow.ModuleRow>(sql, moduleList, ofModules(sql, query), query.order, of, total)

/** How module builds that fit are counted. */
export const countingModules = (sql: Sql, query: MbsQuery.ModuleQuery) =>
  counting(sql, moduleList, ofModules(sql, query))

/** A page of components. */
export const listComponents = (
  sql: Sql,
  query: MbsQuery.ComponentQuery,
  of: MbsPagination.Pagination,
  total: number | undefined
) => page<MbsRow.ComponentRow>(sql, componentList, ofComponents(sql, query), query.order, of, total)

/** How components that fit are counted. */
export const countingComponents = (sql: Sql, query: MbsQuery.ComponentQuery) =>
  counting(sql, componentList, ofComponents(sql, query))
