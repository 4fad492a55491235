/** Reads what the Module Build Service's API shows of builds by their ids. Each function is one statement, however many there are. */
import type * as MbsPagination from "@orch/api/mbs/MbsPagination"
import type * as SqlClient from "effect/sql/SqlClient"
import type * as Statement from "effect/sql/Statement"
import { clean, json } from "../../database/StorableText.ts"
import type * as MbsRow from "./MbsRow.ts"
import * as MbsSettledMigrations from "./MbsSettledMigrations.ts"

type Sql = SqlClient.SqlClient
type Condition = Statement.Fragment

const paged = (sql: Sql, { page, perPage }: MbsPagination.Pagination): Condition =>
  sql`LIMIT ${perPage} OFFSET ${(page - 1) * perPage}`

/** Columns of builds that are not written down, since they never change. */
const documents: Readonly<Record<string, string>> = {
  modulemd: "coalesce(x.modulemd, '')",
  buildrequires: "coalesce(x.buildrequires, '{}'::jsonb)",
  arches: "coalesce(x.arches, '{}'::text[])",
  virtual_streams: "coalesce(x.virtual_streams, '{}'::text[])"
}

const componentColumns = ["id", ...MbsSettledMigrations.names.component].join(", ")
const moduleNames = ["id", ...MbsSettledMigrations.names.module]
const moduleColumns = [...moduleNames, ...Object.keys(documents)].join(", ")
const settledModule = [
  ...moduleNames.map((name) => name === "srpms" ? "s.srpms::jsonb AS srpms" : `s.${name}`),
  ...Object.entries(documents).map(([name, of]) => `${of} AS ${name}`)
].join(", ")

/**
 * Rows by their numbers, which are a query: those of builds that have ended as they were written down, the others as the views work them
 * out, in no order.
 */
export const rowsOf = (sql: Sql, kind: "module" | "component", ids: Condition): Condition =>
  kind === "module"
    ? sql`
      SELECT ${sql.literal(settledModule)} FROM mbs_settled_module AS s
      LEFT JOIN mbs_build AS x ON x.module_build_id = s.id WHERE s.id = ANY(ARRAY(${ids}))
      UNION ALL
      SELECT ${sql.literal(moduleColumns)} FROM mbs_module_builds AS v
      WHERE v.id = ANY(ARRAY(SELECT m.id FROM module_build AS m WHERE NOT m.settled AND m.id IN (${ids})))`
    : sql`
      SELECT ${sql.literal(componentColumns)} FROM mbs_settled_component WHERE id = ANY(ARRAY(${ids}))
      UNION ALL
      SELECT ${sql.literal(componentColumns)} FROM mbs_component_builds AS v
      WHERE v.id = ANY(ARRAY(
        SELECT k.id FROM mbs_component AS k JOIN module_build AS m ON m.id = k.module_build_id
        WHERE NOT m.settled AND k.id IN (${ids})
      ))`

/** Builds by id, in no order; ids that are not there are left out. */
export const findModules = (sql: Sql, ids: ReadonlyArray<number>) =>
  sql<MbsRow.ModuleRow>`${
    rowsOf(sql, "module", sql`SELECT value::bigint FROM jsonb_array_elements_text(${json(ids)}::text::jsonb)`)
  }`

export const findComponent = (sql: Sql, id: number) =>
  sql<MbsRow.ComponentRow>`SELECT * FROM mbs_component_builds WHERE id = ${id}`

/** The component of a build by the name of its package. */
export const componentNamed = (sql: Sql, module: number, name: string) =>
  sql<MbsRow.ComponentRow>`SELECT * FROM mbs_component_builds WHERE module_id = ${module} AND package = ${clean(name)}`

/** The components of many builds, by build and id; those of builds that have ended as they were written down. */
export const componentsOf = (sql: Sql, ids: ReadonlyArray<number>) => {
  const columns = sql.literal(componentColumns)
  return sql<MbsRow.ComponentRow>`
    SELECT ${columns} FROM mbs_settled_component WHERE ${sql.in("module_id", ids)}
    UNION ALL
    SELECT ${columns} FROM mbs_component_builds
    WHERE module_id = ANY(ARRAY(SELECT m.id FROM module_build AS m WHERE ${sql.in("m.id", ids)} AND NOT m.settled))
    ORDER BY module_id, id`
}

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
