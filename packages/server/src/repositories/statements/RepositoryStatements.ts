/**
 * Writing repository records, one statement each. They agree with core's RepositoryRecord.apply, which the tests hold them to.
 *
 * `ON CONFLICT` on the identity makes concurrent first posts one record; the status rule sits in its WHERE, so a late message
 * changes no column. A post without the fields of a first post is completed by what is recorded (`buildOf`).
 */
import * as Distro from "@orch/core/repository/Distro"
import type { RepositoryPost, RepositoryRecord } from "@orch/core/repository/RepositoryRecord"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { json } from "../../database/StorableText.ts"
import { columns, type RepositoryRow, toRecord } from "./RepositoryRow.ts"

/** What an upsert did: `Late` when the message was out of order and nothing changed. */
export type Written =
  | { readonly _tag: "Created" | "Updated"; readonly record: RepositoryRecord }
  | { readonly _tag: "Late" }

/** core's RepositoryRecord.isOfAnotherBuild, negated: the row in place against the one that was to be inserted. */
const sameBuild = `(r.project, r.ref, r.sha1, r.flavor, r.distro_key, r.version_key)
  = (excluded.project, excluded.ref, excluded.sha1, excluded.flavor, excluded.distro_key, excluded.version_key)`

/** core's RepositoryStatus.admits. */
const admitted = (sql: SqlClient.SqlClient, post: RepositoryPost): Fragment => {
  const clock = sql`${post.sourceModified ?? null}::bigint`
  const archs = post.archs ?? []
  const ready = archs.length === 0
    ? sql`r.status = 'ready'`
    : sql`(${archs}::text[] <@ r.archs AND NOT EXISTS (SELECT FROM unnest(${archs}::text[]) AS a
        WHERE coalesce(r.arch_status ->> a, r.status) <> 'ready'))`
  return sql`CASE WHEN r.source_modified <> ${clock} THEN ${clock} > r.source_modified
    ELSE NOT (${sql.literal(sameBuild)} AND ${ready} AND ${post.status}::text = 'building') END`
}

/** What was said of the build in place stays when the post speaks of the same one, and goes when it speaks of another. */
const changes = (sql: SqlClient.SqlClient, post: RepositoryPost): Fragment => {
  const archs = post.archs ?? []
  const removed = post.removedArchs ?? []
  const archStatus = archs.length === 0 ? sql`'{}'::jsonb` : sql`((CASE WHEN ${sql.literal(sameBuild)}
      THEN (SELECT coalesce(jsonb_object_agg(a, coalesce(r.arch_status ->> a, r.status)), '{}') FROM unnest(r.archs) AS a)
      ELSE '{}'::jsonb END || ${archStatusJson(post)}::jsonb) - ${removed}::text[])`
  const kept = (column: string, none: string) => sql.literal(`CASE WHEN ${sameBuild} THEN r.${column} ELSE ${none} END`)
  return sql`project = excluded.project, chacra_url = excluded.chacra_url, ref = excluded.ref, sha1 = excluded.sha1,
    flavor = excluded.flavor, distro = excluded.distro, distro_version = excluded.distro_version,
    distro_key = excluded.distro_key, version_key = excluded.version_key,
    url = coalesce(${post.url ?? null}::text, ${kept("url", "''")}),
    extra = coalesce(${extraJson(post)}::jsonb, ${kept("extra", "'{}'::jsonb")}),
    archs = ARRAY(SELECT a FROM unnest(${kept("archs", "'{}'::text[]")} || ${archs}::text[]) WITH ORDINALITY AS u(a, n)
      WHERE a <> ALL (${removed}::text[]) GROUP BY a ORDER BY min(n)),
    arch_extra = (${kept("arch_extra", "'{}'::jsonb")} || ${archExtraJson(post)}::jsonb) - ${removed}::text[],
    status = CASE WHEN EXISTS (SELECT FROM jsonb_each_text(${archStatus}) AS e WHERE e.value = 'ready') THEN 'ready'
      ELSE ${post.status} END,
    arch_status = ${archStatus},
    source_modified = coalesce(${post.sourceModified ?? null}::bigint, r.source_modified),
    release = ${kept("release", "NULL")},
    missing_since = NULL,
    modified = clock_timestamp(),
    revision = nextval('repository_revision')`
}

const extraJson = (post: RepositoryPost): string | null => post.extra === undefined ? null : json(post.extra)

const archStatusJson = (post: RepositoryPost): string =>
  json(Object.fromEntries((post.archs ?? []).map((arch) => [arch, post.status])))

const archExtraJson = (post: RepositoryPost): string =>
  post.extra === undefined
    ? "{}"
    : json(Object.fromEntries((post.archs ?? []).map((arch) => [arch, post.extra])))

/** Records a post that names its build whole: a new repository, or a change of the recorded one of that identity. */
export const upsert = Effect.fnUntraced(
  function*(releases: Distro.Table, post: Required<RepositoryPost> | RepositoryPost) {
    const sql = yield* SqlClient.SqlClient
    const archs = [...new Set(post.archs ?? [])].filter((arch) => !(post.removedArchs ?? []).includes(arch))
    const distro = post.distro ?? ""
    const version = post.distroVersion ?? ""
    const rows = yield* sql<RepositoryRow & { readonly created: boolean }>`
    WITH project AS (INSERT INTO repository_project (name) VALUES (${post.project}) ON CONFLICT DO NOTHING)
    INSERT INTO repository AS r (identity, project, chacra_url, url, ref, sha1, flavor, distro, distro_version,
      distro_key, version_key, archs, arch_extra, arch_status, extra, status, source_modified)
    VALUES (${post.identity}, ${post.project}, ${post.chacraUrl}, ${post.url ?? ""}, ${post.ref}, ${post.sha1},
      ${post.flavor}, ${distro}, ${version}, ${distro.toLowerCase()}, ${Distro.key(releases, distro, version)},
      ${archs}::text[], ${archExtraJson(post)}::jsonb - ${post.removedArchs ?? []}::text[],
      ${archStatusJson(post)}::jsonb - ${post.removedArchs ?? []}::text[],
      ${extraJson(post) ?? "{}"}::jsonb, ${post.status}, ${post.sourceModified ?? null}::bigint)
    ON CONFLICT (identity) DO UPDATE SET ${changes(sql, post)} WHERE ${admitted(sql, post)}
    RETURNING ${sql.literal(columns("r"))}, (r.xmax = 0) AS created`
    const row = rows[0]
    if (row === undefined) return { _tag: "Late" } satisfies Written as Written
    return { _tag: row.created ? "Created" : "Updated", record: toRecord(row) } satisfies Written as Written
  }
)

/**
 * What names the build of a recorded repository, undefined when there is none; locked until the transaction ends, so that a post
 * that carries less than a first one must can be completed by it.
 */
export const buildOf = Effect.fnUntraced(function*(identity: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<Pick<RepositoryRow, "ref" | "sha1" | "flavor" | "distro" | "distro_version">>`
    SELECT ref, sha1, flavor, distro, distro_version FROM repository WHERE identity = ${identity} FOR UPDATE`
  return rows[0] === undefined ? undefined : { ...rows[0], distroVersion: rows[0].distro_version }
})

/** Removes the record of an identity; the project stays known. Returns what was removed. */
export const remove = Effect.fnUntraced(function*(project: string, identity: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<RepositoryRow>`
    WITH project AS (INSERT INTO repository_project (name) VALUES (${project}) ON CONFLICT DO NOTHING)
    DELETE FROM repository AS r WHERE r.identity = ${identity} RETURNING ${sql.literal(columns("r"))}`
  return rows[0] === undefined ? undefined : toRecord(rows[0])
})

/** Makes stored keys agree with the releases known now, after a codename was added by configuration. */
export const rekey = Effect.fnUntraced(function*(releases: Distro.Table) {
  const sql = yield* SqlClient.SqlClient
  const rows = json(releases.releases)
  yield* sql`UPDATE repository AS r SET version_key = known.version
    FROM jsonb_to_recordset(${rows}::jsonb) AS known(distro text, codename text, version text)
    WHERE r.distro_key = known.distro AND r.version_key = known.codename`
})

/** Marks a record as part of a release, or as none; undefined when there is no such record. */
export const promote = Effect.fnUntraced(function*(identity: string, release: string | null) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<RepositoryRow>`UPDATE repository AS r SET release = ${release}::text
    WHERE r.identity = ${identity} RETURNING ${sql.literal(columns("r"))}`
  return rows[0] === undefined ? undefined : toRecord(rows[0])
})
