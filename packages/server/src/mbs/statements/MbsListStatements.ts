/**
 * Pages of the Module Build Service's lists: the ids first, by indexes, and then the rows of those alone.
 *
 * Rows of builds that have ended are in tables of their own with an index for each column (decision 1700); those of the few builds that
 * are under way, or ended a moment ago, are worked out by the views. A list is both, put in one order.
 */
import type * as MbsPagination from "@orch/api/mbs/MbsPagination"
import type * as MbsQuery from "@orch/api/mbs/MbsQuery"
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type * as Statement from "effect/sql/Statement"
import * as MbsFilters from "./MbsFilters.ts"
import type * as MbsRow from "./MbsRow.ts"

type Sql = SqlClient.SqlClient
type Fragment = Statement.Fragment

/** Columns of text, by whose code points rows are ordered on every database alike. */
const texts = new Set([
  "name",
  "stream",
  "context",
  "build_context",
  "build_context_no_bms",
  "runtime_context",
  "state_reason",
  "modulemd",
  "koji_tag",
  "cg_build_koji_tag",
  "scmurl",
  "owner",
  "rebuild_strategy",
  "package",
  "ref",
  "nvr"
])

/** Columns that are the same in every row. */
const constants = new Set(["format", "new_repo_task_id"])

interface Key {
  readonly name: string
  /** What it is in a row of a view. */
  readonly of: Fragment
}

const keysOf = (sql: Sql, { columns }: MbsQuery.Order<string>): ReadonlyArray<Key> =>
  [...new Set(columns)].filter((column) => column !== "id" && !constants.has(column)).flatMap((name) => {
    // Koji's tasks are numbers, here they are text.
    if (name === "task_id") {
      return [
        { name: "task_length", of: sql`length(task_id) AS task_length` },
        { name, of: sql`task_id COLLATE "C" AS task_id` }
      ]
    }
    if (name === "srpms") return [{ name, of: sql`srpms::text COLLATE "C" AS srpms` }]
    return [{ name, of: texts.has(name) ? sql`${sql(name)} COLLATE "C" AS ${sql(name)}` : sql`${sql(name)}` }]
  })

/** What is not known comes before what is, as in the original on its own database; what is equal comes by id. */
const orderBy = (sql: Sql, order: MbsQuery.Order<string>, isBackwards: boolean): Fragment => {
  const direction = sql.literal(order.descending === isBackwards ? "ASC NULLS FIRST" : "DESC NULLS LAST")
  const isIdAscending = order.columns.includes("id") && order.descending ? isBackwards : !isBackwards
  return sql.csv([
    ...keysOf(sql, order).map(({ name }) => sql`${sql(name)} ${direction}`),
    sql`id ${sql.literal(isIdAscending ? "ASC" : "DESC")}`
  ])
}

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

/** How rows that fit are counted: no further than `most`, or as the database's statistics have it. */
const counting = (sql: Sql, list: List, condition: Condition) => {
  const fitting = rows(sql, list, condition, [], sql``)
  return {
    count: (most: number | undefined) =>
      Effect.map(
        sql<{ total: bigint }>`
          SELECT count(*) AS total FROM (SELECT FROM (${fitting}) AS fitting LIMIT ${most ?? null}::bigint) AS found`,
        ([row]) => Number(row?.total ?? 0)
      ),
    estimate: Effect.map(
      sql<{ "QUERY PLAN": ReadonlyArray<{ readonly Plan: { readonly "Plan Rows": number } }> }>`
        EXPLAIN (FORMAT json) SELECT FROM (${fitting}) AS fitting`,
      ([row]) => row?.["QUERY PLAN"][0]?.Plan["Plan Rows"] ?? 0
    )
  }
}

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
