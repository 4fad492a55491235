/** The orders of the Module Build Service's lists in SQL. */
import type * as MbsQuery from "@orch/api/mbs/MbsQuery"
import type * as SqlClient from "effect/sql/SqlClient"
import type * as Statement from "effect/sql/Statement"

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

/** A column that rows are ordered by. */
export interface Key {
  readonly name: string
  /** What it is in a row of a view. */
  readonly of: Fragment
}

/** What rows are ordered by before their numbers. */
export const keysOf = (sql: Sql, { columns }: MbsQuery.Order<string>): ReadonlyArray<Key> =>
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

/**
 * What is not known comes before what is, as in the original on its own database; what is equal comes by number, or by what grows with
 * it.
 */
export const orderBy = (sql: Sql, order: MbsQuery.Order<string>, isBackwards: boolean, number = "id"): Fragment => {
  const direction = sql.literal(order.descending === isBackwards ? "ASC NULLS FIRST" : "DESC NULLS LAST")
  const isIdAscending = order.columns.includes("id") && order.descending ? isBackwards : !isBackwards
  return sql.csv([
    ...keysOf(sql, order).map(({ name }) => sql`${sql(name)} ${direction}`),
    sql`${sql(number)} ${sql.literal(isIdAscending ? "ASC" : "DESC")}`
  ])
}
