/**
 * Filters of the Module Build Service's lists as conditions on columns. They hold for rows of the views and for rows of builds that have
 * ended, which have the same columns.
 */
import type * as MbsQuery from "@orch/api/mbs/MbsQuery"
import type * as SqlClient from "effect/sql/SqlClient"
import type * as Statement from "effect/sql/Statement"
import { clean, json } from "../../database/StorableText.ts"

type Sql = SqlClient.SqlClient
type Condition = Statement.Fragment

/** Versions are compared as they are written: `03` is none. */
const isVersion = (value: unknown): boolean => /^(?:0|[1-9]\d{0,19})$/.test(String(value))

/** Looks for the ids once, by an index of their own, and not for each row again. */
const among = (sql: Sql, ids: Condition): Condition => sql`id = ANY(ARRAY(${ids}))`

/** Order keys and filters name columns; only names of the closed lists of `MbsQuery` arrive here. */
const equality = (sql: Sql, { column, value }: MbsQuery.Equality<string>, length = "length(task_id)"): Condition => {
  // No build has a task of that kind.
  if (value === null || column === "new_repo_task_id") return sql`false`
  if (column === "version") {
    return isVersion(value) ? sql`version = ${String(value)}::numeric` : sql`false`
  }
  // A list that is kept as JSON is compared as the text that the original keeps.
  if (column === "srpms") return sql`srpms::text = ${clean(String(value))}`
  // Kept for as long as there are builds, and nowhere but in their own rows.
  if (column === "modulemd") {
    return among(sql, sql`SELECT module_build_id FROM mbs_build WHERE modulemd = ${clean(String(value))}`)
  }
  // There is one, and what asks for it asks nothing: see `asking`.
  if (column === "format") return sql`false`
  if (column === "task_id") {
    const task = clean(String(value))
    return sql`(${sql.literal(length)} = length(${task}::text) AND task_id = ${task})`
  }
  return typeof value === "string" ? sql`${sql(column)} = ${clean(value)}` : sql`${sql(column)} = ${value}`
}

/** States by their numbers, which are so few that they may stand in the statement. */
const inStates = (sql: Sql, states: ReadonlyArray<number>): ReadonlyArray<Condition> =>
  states.length === 0 ? [] : [
    sql`state IN (${sql.literal([...new Set(states)].map((state) => `${Math.min(state, 2 ** 31 - 1)}`).join(", "))})`
  ]

const where = (sql: Sql, conditions: ReadonlyArray<Condition>): Condition | undefined =>
  conditions.length === 0 ? undefined : sql.and(conditions)

const baseModule = (sql: Sql, query: MbsQuery.ModuleQuery["baseModule"]): Condition => {
  const wanted = query.map(({ column, operator, value }) => {
    if (value === null) return sql`false`
    if (column === "version") {
      return isVersion(value) ? sql`base.version = ${String(value)}::numeric` : sql`false`
    }
    return column === "stream_version"
      ? sql`base.stream_version ${sql.literal(operator)} ${value}::double precision`
      : sql`base.${sql(column)} = ${clean(String(value))}`
  })
  return sql`id IN (SELECT base.module_build_id FROM mbs_base_buildrequire AS base WHERE ${sql.and(wanted)})`
}

/** Which rows of module builds are wanted; `undefined` for all. */
export const modules = (sql: Sql, query: MbsQuery.ModuleQuery): Condition | undefined => {
  const conditions: Array<Condition> = [
    ...query.equal.map((one) => equality(sql, one)),
    ...inStates(sql, query.states)
  ]
  for (const { at, bound, column } of query.times) {
    // The API knows whole seconds only; so said, the index of the column serves.
    const time = sql(column)
    conditions.push(
      bound === "after"
        ? sql`${time} >= to_timestamp(${at}::double precision)`
        : sql`${time} < to_timestamp(${at + 1}::double precision)`
    )
  }
  if (query.virtualStreams.length > 0) {
    conditions.push(among(
      sql,
      sql`SELECT module_build_id FROM mbs_build WHERE virtual_streams && ARRAY(
        SELECT jsonb_array_elements_text(${json(query.virtualStreams)}::text::jsonb)
      )`
    ))
  }
  if (query.streamVersionLte !== undefined) {
    const minimum = Math.floor(query.streamVersionLte / 10000) * 10000
    conditions.push(
      sql`stream_version BETWEEN ${minimum}::double precision AND ${query.streamVersionLte}::double precision`
    )
  }
  if (query.baseModule.length > 0) conditions.push(baseModule(sql, query.baseModule))
  if (query.rpm !== undefined) {
    conditions.push(
      among(sql, sql`SELECT module_build_id FROM component_build WHERE mbs_files(data) @> ARRAY[${clean(query.rpm)}]`)
    )
  }
  return where(sql, conditions)
}

/** Filters without those that every component fits. */
const asking = ({ equal }: MbsQuery.ComponentQuery) =>
  equal.filter(({ column, value }) => column !== "format" || value !== "rpms")

/** Which rows of components are wanted; `undefined` for all. `length` is how a row says how long its task's number is. */
export const components = (sql: Sql, query: MbsQuery.ComponentQuery, length: string): Condition | undefined =>
  where(sql, [...asking(query).map((one) => equality(sql, one, length)), ...inStates(sql, query.states)])

/** Components of builds whose rows are not written down: of those under way, or ended a moment ago. */
export const unsettled = (sql: Sql): Condition =>
  sql`module_id = ANY(ARRAY(SELECT m.id FROM module_build AS m WHERE NOT m.settled))`
