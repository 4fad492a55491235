/** One statement for each kind of thing that is found. Each looks at a handful of rows, however many there are. */
import type { Search } from "@orch/core/filter/SearchText"
import type * as SqlClient from "effect/sql/SqlClient"
import { clean } from "../../database/StorableText.ts"

/** Found of each kind. */
const most = 5
/** Package builds whose sources are looked through, the newest. */
const recent = 20_000

/** A row of any kind. */
export interface HitRow {
  readonly id: bigint | string
  readonly title: string
  readonly state: string | null
  readonly build: bigint | null
  readonly by: "id" | "name" | "commit" | "prefix"
}

const past = (text: string): string => `${text}\u{10ffff}`

/** Module builds: by number, by `name:stream…`, by the beginning of their commit or of one of their components. */
export const builds = (sql: SqlClient.SqlClient, { commit, nsvc, number }: Search) =>
  sql<HitRow>`
    SELECT id, name || ':' || stream || ':' || version || ':' || context AS title, state, NULL::bigint AS build, "by" FROM (
      SELECT *, 'id' AS "by" FROM (SELECT id, name, stream, version, context, state FROM module_build WHERE id = ${
    number ?? null
  }::bigint) AS one
      UNION ALL
      SELECT *, 'name' FROM (
        SELECT id, name, stream, version, context, state FROM module_build
        WHERE name = ${clean(nsvc?.name ?? "")} AND stream = ${clean(nsvc?.stream ?? "")}
          AND starts_with(version::text, ${nsvc?.version ?? ""}) AND starts_with(context, ${clean(nsvc?.context ?? "")})
        ORDER BY id DESC LIMIT ${most}
      ) AS named
      UNION ALL
      SELECT *, 'commit' FROM (
        SELECT id, name, stream, version, context, state FROM module_build
        WHERE ${commit ?? null}::text IS NOT NULL AND id IN (
          (SELECT module_build_id FROM component_build
            WHERE data ->> 'commit' IS NOT NULL AND (data ->> 'commit') ~>=~ ${commit ?? ""}
              AND (data ->> 'commit') ~<=~ ${past(commit ?? "")} LIMIT 100)
          UNION ALL
          (SELECT id FROM module_build
            WHERE scmurl IS NOT NULL AND split_part(scmurl, '#', 2) ~>=~ ${commit ?? ""}
              AND split_part(scmurl, '#', 2) ~<=~ ${past(commit ?? "")} LIMIT 100)
        ) ORDER BY id DESC LIMIT ${most}
      ) AS committed
    ) AS found LIMIT ${3 * most}`

/** Names of modules, each found by one step through the index, and its newest build. */
export const modules = (sql: SqlClient.SqlClient, { text }: Search) =>
  sql<HitRow>`
    WITH RECURSIVE names (name) AS (
      (SELECT name FROM module_build WHERE name ~>=~ ${clean(text)} AND name ~<=~ ${past(clean(text))}
        ORDER BY name USING ~<~ LIMIT 1)
      UNION ALL
      SELECT (SELECT name FROM module_build WHERE name ~>~ names.name AND name ~<=~ ${past(clean(text))}
        ORDER BY name USING ~<~ LIMIT 1)
      FROM names WHERE names.name IS NOT NULL
    )
    SELECT name AS id, name AS title, newest.state, newest.id AS build,
      CASE WHEN name = ${clean(text)} THEN 'name' ELSE 'prefix' END AS "by"
    FROM (SELECT name FROM names WHERE name IS NOT NULL LIMIT ${most}) AS few
    CROSS JOIN LATERAL (
      SELECT id, state FROM module_build WHERE module_build.name = few.name ORDER BY id DESC LIMIT 1
    ) AS newest`

/** Names of components, in the same way. */
export const packages = (sql: SqlClient.SqlClient, { text }: Search) =>
  sql<HitRow>`
    WITH RECURSIVE names (name) AS (
      (SELECT name FROM component_build WHERE name ~>=~ ${clean(text)} AND name ~<=~ ${past(clean(text))}
        ORDER BY name USING ~<~ LIMIT 1)
      UNION ALL
      SELECT (SELECT name FROM component_build WHERE name ~>~ names.name AND name ~<=~ ${past(clean(text))}
        ORDER BY name USING ~<~ LIMIT 1)
      FROM names WHERE names.name IS NOT NULL
    )
    SELECT name AS id, name AS title, newest.state, newest.module_build_id AS build,
      CASE WHEN name = ${clean(text)} THEN 'name' ELSE 'prefix' END AS "by"
    FROM (SELECT name FROM names WHERE name IS NOT NULL LIMIT ${most}) AS few
    CROSS JOIN LATERAL (
      SELECT module_build_id, state FROM component_build WHERE component_build.name = few.name
      ORDER BY module_build_id DESC LIMIT 1
    ) AS newest`

/** Package builds: by number, and the newest whose sources have the text in their URLs. */
export const packageBuilds = (sql: SqlClient.SqlClient, { number, text }: Search) =>
  sql<HitRow>`
    SELECT id, left(sources, 200) AS title, state, NULL::bigint AS build, "by" FROM (
      SELECT *, 'id' AS "by" FROM (SELECT id, sources, state FROM package_build WHERE id = ${
    number ?? null
  }::bigint) AS one
      UNION ALL
      SELECT *, 'prefix' FROM (
        SELECT id, sources, state FROM package_build
        WHERE id > (SELECT coalesce(max(id), 0) - ${recent}::bigint FROM package_build)
          AND strpos(sources, ${clean(text)}) > 0 AND ${number ?? null}::bigint IS NULL
        ORDER BY id DESC LIMIT ${most}
      ) AS few
    ) AS found`

/** Releases, by number. */
export const releases = (sql: SqlClient.SqlClient, { number }: Search) =>
  sql<HitRow>`
    SELECT id, 'release ' || id AS title, state, NULL::bigint AS build, 'id' AS "by" FROM release
    WHERE id = ${number ?? null}::bigint AND state <> 'removed'`

/** Projects of repositories by the beginning of their names, and their commits. */
export const repositories = (sql: SqlClient.SqlClient, { commit, text }: Search) =>
  sql<HitRow>`
    (SELECT name AS id, name AS title, NULL::text AS state, NULL::bigint AS build,
      CASE WHEN name = ${clean(text)} THEN 'name' ELSE 'prefix' END AS "by"
    FROM repository_project WHERE name >= ${clean(text)} AND name <= ${past(clean(text))} ORDER BY name LIMIT ${most})
    UNION ALL
    (SELECT DISTINCT project || '/' || sha1, project || ' at ' || sha1, NULL::text, NULL::bigint, 'commit' FROM (
      SELECT project, sha1 FROM repository
      WHERE ${commit ?? null}::text IS NOT NULL AND sha1 >= ${commit ?? ""} AND sha1 <= ${past(commit ?? "")} LIMIT 50
    ) AS few LIMIT ${most})`

/** Build nodes by the beginning of their names. */
export const nodes = (sql: SqlClient.SqlClient, { text }: Search) =>
  sql<HitRow>`
    SELECT name AS id, name AS title, CASE WHEN draining THEN 'draining' END AS state, NULL::bigint AS build,
      CASE WHEN name = ${clean(text)} THEN 'name' ELSE 'prefix' END AS "by"
    FROM builder_node WHERE name >= ${clean(text)} AND name <= ${past(clean(text))} ORDER BY name LIMIT ${most}`

/** The owner of this very name. */
export const owners = (sql: SqlClient.SqlClient, { text }: Search) =>
  sql<HitRow>`
    SELECT owner AS id, owner AS title, NULL::text AS state, NULL::bigint AS build, 'name' AS "by" FROM (
      (SELECT owner FROM module_build WHERE owner = ${clean(text)} LIMIT 1)
      UNION
      (SELECT owner FROM package_build WHERE owner = ${clean(text)} LIMIT 1)
    ) AS found LIMIT 1`

/** Tasks: those of the pool by number, and those of components that are being built. */
export const tasks = (sql: SqlClient.SqlClient, { number, text }: Search) =>
  sql<HitRow>`
    (SELECT id::text AS id, package || ' for ' || arch AS title, state, process AS build, 'id' AS "by" FROM builder_task
      WHERE id = ${number ?? null}::bigint AND life = 'package-build')
    UNION ALL
    (SELECT task, name, state, module_build_id, 'id' FROM component_build
      WHERE state = 'building' AND task = ${clean(text)} LIMIT ${most})`
