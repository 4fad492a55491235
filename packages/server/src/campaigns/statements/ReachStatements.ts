/**
 * What plans need of ready modules, kept apart from their builds and small: which modules there are, what their buildroots held, where their
 * sources are. Filled from builds that became ready since the last time, so that no question reads all of them. One statement each.
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/** One writer at a time: what is missing is then missing for both. */
export const lock = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`LOCK TABLE campaign_module IN SHARE ROW EXCLUSIVE MODE`
})

/** Whether builds became ready that are not there, or some are there that are not ready any more. */
export const isBehind = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly behind: boolean }>`
    SELECT (
      SELECT count(*) || '/' || coalesce(sum(id), 0) FROM module_build
      WHERE state = 'ready' AND NOT scratch AND scmurl IS NOT NULL
    ) <> (SELECT count(*) || '/' || coalesce(sum(build), 0) FROM campaign_module) AS behind`
  return row!.behind
})

/** Forgets builds that are not ready any more; the names of their modules. */
export const forget = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly name: string }>`
    DELETE FROM campaign_module AS m WHERE NOT EXISTS (SELECT FROM module_build WHERE id = m.build AND state = 'ready')
    RETURNING name`
  return rows.map(({ name }) => name)
})

/** Adds some builds that became ready; the names of their modules. */
export const add = Effect.fnUntraced(function*(limit: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly name: string }>`
    INSERT INTO campaign_module (build, name, version, scmurl, seconds)
    SELECT id, name || ':' || stream, version, scmurl,
      coalesce(extract(epoch FROM completed_at - created_at), 60)::float8
    FROM module_build AS b WHERE state = 'ready' AND NOT scratch AND scmurl IS NOT NULL
      AND NOT EXISTS (SELECT FROM campaign_module WHERE build = b.id)
    ORDER BY id LIMIT ${limit}
    RETURNING name`
  return rows.map(({ name }) => name)
})

/** Reads of these modules anew what their newest builds were made of. */
export const renew = Effect.fnUntraced(function*(names: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  const given = sql`(SELECT jsonb_array_elements_text(${json([...new Set(names)])}::text::jsonb))`
  yield* sql`
    UPDATE campaign_module AS m SET newest = NOT EXISTS (
      SELECT FROM campaign_module AS other WHERE other.name = m.name AND other.version > m.version
    ) WHERE name IN ${given}`
  yield* sql`
    INSERT INTO campaign_name (name)
    SELECT jsonb_array_elements_text(${json([...new Set(names)])}::text::jsonb)
    UNION
    SELECT x.name || ':' || x.stream FROM campaign_module AS m JOIN module_build AS b ON b.id = m.build
    CROSS JOIN LATERAL jsonb_to_recordset(b.plan -> 'modules') AS x (name text, stream text)
    WHERE m.newest AND m.name IN ${given}
    ON CONFLICT (name) DO NOTHING`
  yield* sql`DELETE FROM campaign_use WHERE by IN (SELECT id FROM campaign_name WHERE name IN ${given})`
  yield* sql`DELETE FROM campaign_source WHERE name IN ${given}`
  yield* sql`
    INSERT INTO campaign_use (by, used, named)
    SELECT own.id, other.id,
      bool_or(coalesce(b.plan -> 'dependencies' -> 'buildrequires' -> x.name ? x.stream, false))
    FROM campaign_module AS m JOIN module_build AS b ON b.id = m.build
    CROSS JOIN LATERAL jsonb_to_recordset(b.plan -> 'modules') AS x (name text, stream text, base boolean)
    JOIN campaign_name AS own ON own.name = m.name JOIN campaign_name AS other ON other.name = x.name || ':' || x.stream
    WHERE m.newest AND m.name IN ${given} AND NOT coalesce(x.base, x.name = 'platform')
    GROUP BY 1, 2`
  yield* sql`
    INSERT INTO campaign_source (name, component, repository, ref)
    SELECT DISTINCT m.name, x.name, x.repository, coalesce(x.ref, '')
    FROM campaign_module AS m JOIN module_build AS b ON b.id = m.build
    CROSS JOIN LATERAL jsonb_to_recordset(b.plan -> 'components') AS x (name text, repository text, ref text)
    WHERE m.newest AND m.name IN ${given}
    ON CONFLICT DO NOTHING`
  yield* pack(names)
})

/** Writes what is read of each of these modules into one row: whoever reads all of them walks through one table and joins nothing. */
export const pack = Effect.fnUntraced(function*(names: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    UPDATE campaign_name AS own SET builds = made.builds, scmurl = made.scmurl, seconds = made.seconds, uses = used.uses
    FROM campaign_name AS n, LATERAL (
      SELECT string_agg(build::text, ' ' ORDER BY build) AS builds, min(scmurl) AS scmurl, max(seconds) AS seconds
      FROM campaign_module WHERE newest AND name = n.name
    ) AS made, LATERAL (
      SELECT string_agg((CASE WHEN named THEN used ELSE -used END)::text, ' ' ORDER BY used) AS uses
      FROM campaign_use WHERE by = n.id
    ) AS used
    WHERE own.id = n.id
      AND n.name IN (SELECT jsonb_array_elements_text(${json([...new Set(names)])}::text::jsonb))`
})

/** A component of a module that may have changed. */
export interface SourceRow {
  readonly name: string
  readonly component: string
  readonly repository: string
  readonly ref: string
}

/** Whether an address, without what may be left out, is one of these or ends with one. */
const isNamed = (sql: SqlClient.SqlClient, column: string, subjects: ReadonlyArray<string>) =>
  sql`EXISTS (
    SELECT FROM jsonb_array_elements_text(${json(subjects)}::text::jsonb) AS said (subject),
      LATERAL (SELECT regexp_replace(regexp_replace(regexp_replace(${sql.literal(column)}, '[?#].*$', ''), '/+$', ''),
        '\\.git$', '') AS path) AS plain
    WHERE position(subject IN ${sql.literal(column)}) > 0
      AND (plain.path = subject OR right(plain.path, length(subject) + 1) = '/' || subject)
  )`

/** A branch of a repository. */
export interface BranchRow {
  readonly repository: string
  readonly ref: string
}

/** Branches that components of the newest builds name, in order, after one of them; commits are left out. */
export const branches = Effect.fnUntraced(function*(after: BranchRow, limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<BranchRow>`
    SELECT DISTINCT repository, ref FROM campaign_source
    WHERE (repository, ref) > (${after.repository}, ${after.ref})
      AND ref <> '' AND ref !~ '^([0-9a-f]{40}|[0-9a-f]{64})$'
    ORDER BY repository, ref LIMIT ${limit}`
})

/** Components whose repositories may be these, of all modules. */
export const sources = Effect.fnUntraced(function*(subjects: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<SourceRow>`
    SELECT name, component, repository, ref FROM campaign_source
    WHERE ${isNamed(sql, "repository", subjects)} ORDER BY name, component`
})

/** Modules that are these, by name or by their own repository. */
export const named = Effect.fnUntraced(function*(subjects: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly name: string }>`
    SELECT DISTINCT name FROM campaign_module
    WHERE newest AND (
      name IN (SELECT jsonb_array_elements_text(${json(subjects)}::text::jsonb)) OR ${isNamed(sql, "scmurl", subjects)}
    )`
  return rows.map(({ name }) => name)
})

/** Modules as they were built last, many in one row: an object for each would take longer to read than all that is done with them. */
export interface StreamsRow {
  readonly ids: ReadonlyArray<number>
  readonly names: ReadonlyArray<string>
  readonly scmurls: ReadonlyArray<string>
  readonly seconds: ReadonlyArray<number>
  /** Numbers of builds of each, separated by spaces. */
  readonly builds: ReadonlyArray<string>
  /** For each, separated by `;`, the numbers of modules, separated by spaces; below 0 those that were in the buildroot without being asked for by the document. */
  readonly uses: string
}

/** These modules and those that were built with them, at any distance, but no more than so many. */
export const reachedWithin = Effect.fnUntraced(function*(names: ReadonlyArray<string>, limit: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: number }>`
    WITH RECURSIVE reached (id) AS (
      SELECT id FROM campaign_name
      WHERE name IN (SELECT jsonb_array_elements_text(${json(names.map(clean))}::text::jsonb))
      UNION
      SELECT u.by FROM reached JOIN campaign_use AS u ON u.used = reached.id
    )
    SELECT id FROM reached LIMIT ${limit}`
  return rows.map(({ id }) => id)
})

/** Modules in one row: half a megabyte. */
const perRow = 4096

/** Modules of these numbers, or all of them; those of which nothing is ready are left out. */
export const streams = Effect.fnUntraced(function*(ids?: ReadonlyArray<number>) {
  const sql = yield* SqlClient.SqlClient
  const only = ids === undefined
    ? sql.literal("true")
    : sql`id IN (SELECT value::integer FROM jsonb_array_elements_text(${json(ids)}::text::jsonb))`
  return yield* sql<StreamsRow>`
    SELECT piece.* FROM generate_series(0, (SELECT max(id) FROM campaign_name), ${perRow}::integer) AS first, LATERAL (
      SELECT json_agg(id) AS ids, json_agg(name) AS names, json_agg(scmurl) AS scmurls, json_agg(seconds) AS seconds,
        json_agg(builds) AS builds, string_agg(coalesce(uses, ''), ';') AS uses
      FROM campaign_name WHERE builds IS NOT NULL AND id >= first AND id < first + ${perRow}::integer AND ${only}
    ) AS piece WHERE piece.ids IS NOT NULL`
})
