/** Reads what the Module Build Service's API shows. Each function is one statement, whatever the size of the page. */
import type * as MbsPagination from "@orch/api/mbs/MbsPagination"
import type * as MbsQuery from "@orch/api/mbs/MbsQuery"
import { moduleStates } from "@orch/api/mbs/MbsRecord"
import type * as SqlClient from "effect/sql/SqlClient"
import type * as Statement from "effect/sql/Statement"
import { clean, json } from "../../database/StorableText.ts"
import type * as MbsRow from "./MbsRow.ts"

type Sql = SqlClient.SqlClient
type Condition = Statement.Fragment

/** Order keys and filters name columns; only names of the closed lists of `MbsQuery` arrive here. */
const columnName = (sql: Sql, column: string) => sql(column)

/** Versions are compared as they are written: `03` is none. */
const isVersion = (value: unknown): boolean => /^(?:0|[1-9]\d{0,19})$/.test(String(value))

const equality = (sql: Sql, { column, value }: MbsQuery.Equality<string>): Condition => {
  if (value === null) return sql`false`
  if (column === "version") {
    return isVersion(value) ? sql`version = ${String(value)}::numeric` : sql`false`
  }
  // A list that is kept as JSON is compared as the text that the original keeps.
  if (column === "srpms") return sql`srpms::text = ${clean(String(value))}`
  return typeof value === "string"
    ? sql`${columnName(sql, column)} = ${clean(value)}`
    : sql`${columnName(sql, column)} = ${value}`
}

/** Columns that a build has from the beginning: said without a place for nulls, so that the index of the same order serves. */
const known = new Set(["version", "time_submitted", "time_modified", "package"])

/** Conditions that indexes answer, beside those on what the views make of the same columns. */
const tagged = (sql: Sql, { column, value }: MbsQuery.Equality<string>): ReadonlyArray<Condition> =>
  (column === "koji_tag" || column === "cg_build_koji_tag") && typeof value === "string"
    ? [sql`id IN (SELECT module_build_id FROM mbs_build WHERE ${columnName(sql, column)} = ${clean(value)})`]
    : []

const ids = (sql: Sql, parts: ReadonlyArray<Condition>): Condition =>
  sql`id = ANY(ARRAY(${parts.reduce((all, part) => sql`${all} UNION ${part}`)}))`

/** The ids of components whose rows, or whose build's, are so. */
const ofComponents = (sql: Sql, condition: Condition): Condition =>
  sql`SELECT k.id FROM component_build AS c JOIN mbs_component AS k
    ON k.module_build_id = c.module_build_id AND k.package = c.name WHERE ${condition}`
const ofBuilds = (sql: Sql, condition: Condition): Condition =>
  sql`SELECT k.id FROM module_build AS m JOIN mbs_component AS k ON k.module_build_id = m.id WHERE ${condition}`

const hasTask = (sql: Sql, { column, value }: MbsQuery.Equality<string>): ReadonlyArray<Condition> =>
  column === "task_id" && typeof value === "string"
    ? [ids(sql, [
      ofComponents(sql, sql`c.task = ${clean(value)}`),
      ofBuilds(
        sql,
        sql`m.progress #> '{buildroot,macros}' IS NOT NULL AND m.progress #>> '{buildroot,macros,task}' = ${
          clean(value)
        }`
      )
    ])]
    : []

/** Where components of these states are to be found, by the number of the state; what is built is nearly everywhere. */
const found = (sql: Sql): Readonly<Record<number, ReadonlyArray<Condition>>> => ({
  0: [
    ofComponents(sql, sql`c.state = 'building'`),
    ofComponents(sql, sql`c.state = 'submitting'`),
    ofBuilds(
      sql,
      sql`k.macros AND m.progress #> '{buildroot,macros}' IS NOT NULL
        AND m.progress #>> '{buildroot,macros,built}' IS DISTINCT FROM 'true'`
    )
  ],
  3: [
    ofComponents(sql, sql`c.state IN ('failed', 'canceled') OR c.data ? 'calledOff'`),
    ofBuilds(sql, sql`m.state IN ('failed', 'garbage')`)
  ],
  4: [ofComponents(sql, sql`c.state IN ('failed', 'canceled') OR c.data ? 'calledOff'`)]
})

const ofStates = (sql: Sql, states: ReadonlyArray<number>): ReadonlyArray<Condition> => {
  const all = states.map((state) => found(sql)[state])
  return all.length > 0 && all.every((one) => one !== undefined) ? [ids(sql, all.flat())] : []
}

const where = (sql: Sql, conditions: ReadonlyArray<Condition>): Condition =>
  conditions.length === 0 ? sql`true` : sql.and(conditions)

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
  "format",
  "ref",
  "nvr"
])

/** What is not known comes before what is, as in the original on its own database; what is equal comes by id. */
const orderBy = (sql: Sql, { columns, descending }: MbsQuery.Order<string>): Condition => {
  const direction = sql.literal(descending ? "DESC" : "ASC")
  const unknown = sql.literal(descending ? "NULLS LAST" : "NULLS FIRST")
  const keys = columns.flatMap((column) => {
    if (column === "id") return [sql`id ${direction}`]
    // Koji's tasks are numbers, here they are text.
    if (column === "task_id") {
      return [sql`length(task_id) ${direction} ${unknown}`, sql`task_id ${direction} ${unknown}`]
    }
    if (column === "srpms") return [sql`srpms::text COLLATE "C" ${direction}`]
    const collated = texts.has(column) ? sql`${columnName(sql, column)} COLLATE "C"` : columnName(sql, column)
    return [known.has(column) ? sql`${collated} ${direction}` : sql`${collated} ${direction} ${unknown}`]
  })
  return sql.csv(columns.includes("id") ? keys : [...keys, sql`id ASC`])
}

const paged = (sql: Sql, { page, perPage }: MbsPagination.Pagination): Condition =>
  sql`LIMIT ${perPage} OFFSET ${(page - 1) * perPage}`

const moduleConditions = (sql: Sql, query: MbsQuery.ModuleQuery): Condition => {
  const conditions: Array<Condition> = query.equal.flatMap((one) => [...tagged(sql, one), equality(sql, one)])
  if (query.states.length > 0) {
    const names = query.states.flatMap((state) => moduleStates[state] ?? [])
    conditions.push(names.length === 0 ? sql`false` : sql.in("state_name", names))
  }
  for (const { at, bound, column } of query.times) {
    // The API knows whole seconds only; so said, the index of the column serves.
    const time = columnName(sql, column)
    conditions.push(
      bound === "after"
        ? sql`${time} >= to_timestamp(${at}::double precision)`
        : sql`${time} < to_timestamp(${at + 1}::double precision)`
    )
  }
  if (query.virtualStreams.length > 0) {
    conditions.push(sql`virtual_streams && ARRAY(
      SELECT jsonb_array_elements_text(${json(query.virtualStreams)}::text::jsonb)
    )`)
  }
  if (query.streamVersionLte !== undefined) {
    const minimum = Math.floor(query.streamVersionLte / 10000) * 10000
    conditions.push(
      sql`stream_version BETWEEN ${minimum}::double precision AND ${query.streamVersionLte}::double precision`
    )
  }
  if (query.baseModule.length > 0) {
    const wanted = query.baseModule.map(({ column, operator, value }) => {
      if (value === null) return sql`false`
      if (column === "version") {
        return isVersion(value) ? sql`base.version = ${String(value)}::numeric` : sql`false`
      }
      return column === "stream_version"
        ? sql`base.stream_version ${sql.literal(operator)} ${value}::double precision`
        : sql`base.${columnName(sql, column)} = ${clean(String(value))}`
    })
    conditions.push(sql`EXISTS (
      SELECT FROM mbs_base_buildrequire AS base
      WHERE base.module_build_id = mbs_module_builds.id AND ${sql.and(wanted)}
    )`)
  }
  if (query.rpm !== undefined) {
    conditions.push(sql`id IN (
      SELECT module_build_id FROM component_build WHERE mbs_files(data) @> ARRAY[${clean(query.rpm)}]
    )`)
  }
  return where(sql, conditions)
}

/** A page of rows: the ids first, by whatever index serves, and then what is shown of those alone. */
export const listModules = (sql: Sql, query: MbsQuery.ModuleQuery, page: MbsPagination.Pagination) =>
  sql<MbsRow.ModuleRow>`
    SELECT * FROM mbs_module_builds WHERE id = ANY(ARRAY(
      SELECT id FROM mbs_module_builds WHERE ${moduleConditions(sql, query)}
      ORDER BY ${orderBy(sql, query.order)} ${paged(sql, page)}
    ))
    ORDER BY ${orderBy(sql, query.order)}`

export const countModules = (sql: Sql, query: MbsQuery.ModuleQuery) =>
  sql<{ total: bigint }>`SELECT count(*) AS total FROM mbs_module_builds WHERE ${moduleConditions(sql, query)}`

/** Builds by id, in no order; ids that are not there are left out. */
export const findModules = (sql: Sql, ids: ReadonlyArray<number>) =>
  sql<MbsRow.ModuleRow>`SELECT * FROM mbs_module_builds WHERE ${sql.in("id", ids)}`

const componentConditions = (sql: Sql, query: MbsQuery.ComponentQuery): Condition =>
  where(sql, [
    ...query.equal.flatMap((one) => [...hasTask(sql, one), equality(sql, one)]),
    ...ofStates(sql, query.states),
    ...(query.states.length === 0 ? [] : [sql`state IN (
      SELECT n::bigint FROM jsonb_array_elements_text(${json(query.states)}::text::jsonb) AS n
    )`])
  ])

export const listComponents = (sql: Sql, query: MbsQuery.ComponentQuery, page: MbsPagination.Pagination) =>
  sql<MbsRow.ComponentRow>`
    SELECT * FROM mbs_component_builds WHERE id = ANY(ARRAY(
      SELECT id FROM mbs_component_builds WHERE ${componentConditions(sql, query)}
      ORDER BY ${orderBy(sql, query.order)} ${paged(sql, page)}
    ))
    ORDER BY ${orderBy(sql, query.order)}`

export const countComponents = (sql: Sql, query: MbsQuery.ComponentQuery) =>
  sql<{ total: bigint }>`SELECT count(*) AS total FROM mbs_component_builds WHERE ${componentConditions(sql, query)}`

export const findComponent = (sql: Sql, id: number) =>
  sql<MbsRow.ComponentRow>`SELECT * FROM mbs_component_builds WHERE id = ${id}`

/** The component of a build by the name of its package. */
export const componentNamed = (sql: Sql, module: number, name: string) =>
  sql<MbsRow.ComponentRow>`SELECT * FROM mbs_component_builds WHERE module_id = ${module} AND package = ${clean(name)}`

/** The components of many builds, by build and id. */
export const componentsOf = (sql: Sql, ids: ReadonlyArray<number>) =>
  sql<MbsRow.ComponentRow>`SELECT * FROM mbs_component_builds WHERE ${sql.in("module_id", ids)} ORDER BY module_id, id`

/** For each build the ids of the others of the same name, stream, version and scratch flag. */
export const siblingsOf = (sql: Sql, ids: ReadonlyArray<number>) =>
  sql<{ id: bigint; sibling: bigint }>`
    SELECT m.id, s.id AS sibling FROM module_build AS m
    JOIN module_build AS s
      ON s.name = m.name AND s.stream = m.stream AND s.version = m.version AND s.scratch = m.scratch AND s.id <> m.id
    WHERE m.id IN ${sql.in(ids)} ORDER BY m.id, s.id`

/** The base modules of many builds; one that nobody imported, which the farm stands for, has neither id nor state. */
export const basesOf = (sql: Sql, ids: ReadonlyArray<number>) =>
  sql<MbsRow.BaseModuleRow>`
    SELECT b.module_build_id, b.name, b.stream, b.version, b.context, b.stream_version, base.id, base.state
    FROM mbs_base_buildrequire AS b
    LEFT JOIN LATERAL (
      SELECT m.id, m.state FROM mbs_module_builds AS m
      WHERE m.version = b.version AND m.name = b.name AND m.stream = b.stream AND m.context = b.context AND NOT m.scratch
      ORDER BY m.id DESC LIMIT 1
    ) AS base ON true
    WHERE b.module_build_id IN ${sql.in(ids)} ORDER BY b.module_build_id, base.id, b.name`

/** What was announced about subjects, also what of it is kept in brief only. */
const told = (sql: Sql, of: Condition) =>
  sql`
    SELECT id, subject, topic, at, body ->> 'state' AS state, coalesce(body ->> 'state_reason', body ->> 'reason') AS reason,
      body ? 'called_off' AS called_off
    FROM announcement WHERE ${of}
    UNION ALL
    SELECT one.id, subject, one.topic, one.at, one.state, one.reason, one.called_off
    FROM announcement_brief, jsonb_to_recordset(told)
      AS one (id bigint, topic text, at bigint, state text, reason text, called_off boolean)
    WHERE ${of}`

/** State changes of many subjects (`module-build/1`, `module-build/1/perl`), oldest first. */
export const tracesOf = (sql: Sql, topic: string, subjects: ReadonlyArray<string>) =>
  sql<MbsRow.TraceRow>`
    SELECT subject, at, state, reason, called_off
    FROM (${told(sql, sql.in("subject", subjects.map(clean)))}) AS told WHERE topic = ${topic} ORDER BY id`

/** Messages about a build and its components, or one component, newest first; the last column is how many there are. */
export const messagesOf = (sql: Sql, subject: string, withParts: boolean, page: MbsPagination.Pagination) =>
  sql<MbsRow.MessageRow>`
    SELECT id, at, subject, topic, state, reason, called_off, count(*) OVER () AS total
    FROM (${told(sql, sql`(subject = ${clean(subject)} OR (${withParts} AND subject LIKE ${`${subject}/%`}))`)}) AS told
    ORDER BY id DESC ${paged(sql, page)}`
