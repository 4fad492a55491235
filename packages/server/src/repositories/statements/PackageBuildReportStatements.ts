/**
 * Reports of package builds, one statement each; agrees with core's PackageBuildRecord.
 *
 * The record a report is about is found and changed by one statement under a lock on its key, since the rule (a queued one first
 * whatever its url) is more than a unique key can say; concurrent first reports still make one record.
 */
import type { PackageBuildPost, PackageBuildRecord } from "@orch/core/repository/PackageBuildRecord"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { json } from "../../database/StorableText.ts"

interface Row {
  readonly id: bigint
  readonly project: string
  readonly url: string
  readonly log_url: string | null
  readonly build_id: string | null
  readonly ref: string
  readonly sha1: string
  readonly flavor: string
  readonly distro: string | null
  readonly distro_version: string | null
  readonly distro_arch: string | null
  readonly status: string
  readonly extra: unknown
  readonly started_us: bigint
  readonly completed_us: bigint | null
  readonly modified_us: bigint
}

const columns = (alias: string): string =>
  [
    "id",
    "project",
    "url",
    "log_url",
    "build_id",
    "ref",
    "sha1",
    "flavor",
    "distro",
    "distro_version",
    "distro_arch",
    "status",
    "extra"
  ].map((column) => `${alias}.${column}`).join(", ") +
  ["started", "completed", "modified"].map((column) =>
    `, (extract(epoch from ${alias}.${column}) * 1000000)::bigint AS ${column}_us`
  ).join("")

const toRecord = (row: Row): PackageBuildRecord => ({
  id: Number(row.id),
  project: row.project,
  url: row.url,
  logUrl: row.log_url,
  buildId: row.build_id,
  ref: row.ref,
  sha1: row.sha1,
  flavor: row.flavor,
  distro: row.distro,
  distroVersion: row.distro_version,
  distroArch: row.distro_arch,
  status: row.status,
  extra: row.extra,
  started: row.started_us,
  completed: row.completed_us,
  modified: row.modified_us
})

/** Serialises reports about one key until the transaction ends; run it in the transaction of {@link upsert}. */
export const lock = Effect.fnUntraced(function*(post: PackageBuildPost) {
  const sql = yield* SqlClient.SqlClient
  const key = JSON.stringify([
    post.project,
    post.ref,
    post.sha1,
    post.flavor,
    post.distro,
    post.distroVersion,
    post.distroArch
  ])
  yield* sql`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 501))`
})

/** Records a report: changes the record it is about, or makes one. */
export const upsert = Effect.fnUntraced(function*(post: PackageBuildPost) {
  const sql = yield* SqlClient.SqlClient
  const extra = json(post.extra ?? null)
  const rows = yield* sql<Row & { readonly created: boolean }>`
    WITH project AS (INSERT INTO repository_project (name) VALUES (${post.project}) ON CONFLICT DO NOTHING),
    target AS (
      SELECT id FROM package_build_report
      WHERE project = ${post.project} AND ref = ${post.ref} AND sha1 = ${post.sha1} AND flavor = ${post.flavor}
        AND distro IS NOT DISTINCT FROM ${post.distro}::text
        AND distro_version IS NOT DISTINCT FROM ${post.distroVersion}::text
        AND distro_arch IS NOT DISTINCT FROM ${post.distroArch}::text
        AND (status = 'queued' OR url = ${post.url})
      ORDER BY status = 'queued' DESC, id LIMIT 1
    ),
    changed AS (
      UPDATE package_build_report AS b SET url = ${post.url}, log_url = ${post.logUrl}, build_id = ${post.buildId},
        status = ${post.status}, extra = ${extra}::jsonb,
        completed = CASE WHEN ${post.status}::text = 'completed' THEN clock_timestamp() ELSE b.completed END,
        modified = clock_timestamp(), revision = nextval('repository_revision')
      FROM target WHERE b.id = target.id RETURNING b.*
    ),
    made AS (
      INSERT INTO package_build_report (project, url, log_url, build_id, ref, sha1, flavor, distro, distro_version, distro_arch,
        status, extra, completed)
      SELECT ${post.project}, ${post.url}, ${post.logUrl}, ${post.buildId}, ${post.ref}, ${post.sha1}, ${post.flavor},
        ${post.distro}, ${post.distroVersion}, ${post.distroArch}, ${post.status}, ${extra}::jsonb,
        CASE WHEN ${post.status}::text = 'completed' THEN clock_timestamp() END
      WHERE NOT EXISTS (SELECT FROM target) RETURNING *
    )
    SELECT ${sql.literal(columns("changed"))}, false AS created FROM changed
    UNION ALL SELECT ${sql.literal(columns("made"))}, true AS created FROM made`
  const row = rows[0]!
  return { created: row.created, record: toRecord(row) }
})

/** Refs of every project. */
export const overview = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly name: string; readonly refs: ReadonlyArray<string> }>`
    SELECT p.name, ARRAY(SELECT DISTINCT ref FROM package_build_report WHERE project = p.name ORDER BY ref) AS refs
    FROM repository_project AS p ORDER BY p.created, p.name`
})

/** Refs of a project, undefined when it is unknown. */
export const refs = Effect.fnUntraced(function*(project: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly names: ReadonlyArray<string> }>`
    SELECT ARRAY(SELECT DISTINCT ref FROM package_build_report WHERE project = ${project} ORDER BY ref) AS names
    FROM repository_project WHERE name = ${project}`
  return rows[0]?.names
})

/** Commits of a ref, newest first; undefined when the project is unknown. */
export const sha1s = Effect.fnUntraced(function*(project: string, ref: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly names: ReadonlyArray<string> }>`
    SELECT ARRAY(SELECT sha1 FROM package_build_report WHERE project = ${project} AND ref = ${ref}
      GROUP BY sha1 ORDER BY max(revision) DESC) AS names
    FROM repository_project WHERE name = ${project}`
  return rows[0]?.names
})

/** Reports on a commit, newest first; undefined when the project is unknown. */
export const list = Effect.fnUntraced(function*(project: string, ref: string, sha1: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<Row>`
    SELECT ${sql.literal(columns("b"))}
    FROM repository_project AS p
    LEFT JOIN package_build_report AS b ON b.project = p.name AND b.ref = ${ref} AND b.sha1 = ${sha1}
    WHERE p.name = ${project} ORDER BY b.revision DESC`
  if (rows.length === 0) return undefined
  return rows.flatMap((row) => row.id === null ? [] : [toRecord(row)])
})
