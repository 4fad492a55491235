/**
 * Walking the records as a tree: project, ref, commit, distribution, release, architecture; one statement a level.
 *
 * `latest` in place of a commit means the newest one that is ready for everything the path goes on to name. shaman ignores the
 * architecture there and, on some levels, the rest as well, so users met 504 for repositories that existed.
 */
import * as Distro from "@orch/core/repository/Distro"
import * as DistroQuery from "@orch/core/repository/DistroQuery"
import * as PackageBuildRecord from "@orch/core/repository/PackageBuildRecord"
import { type RepositoryRecord, statusFor } from "@orch/core/repository/RepositoryRecord"
import * as RepositoryStatus from "@orch/core/repository/RepositoryStatus"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { columns, type RepositoryRow, toRecord } from "./RepositoryRow.ts"
import { placeConditions, statusOf } from "./RepositorySearchStatements.ts"

/** A position in the tree. `sha1` may be `latest`; `exact` compares names as recorded, otherwise case does not count. */
export interface Position {
  readonly project: string
  readonly ref: string
  readonly sha1: string
  readonly distro?: string | undefined
  readonly version?: string | undefined
  readonly flavor?: string | undefined
  readonly arch?: string | undefined
  readonly exact: boolean
  /** Only what is ready. */
  readonly built?: boolean | undefined
}

/** What lies at a position, or why nothing can. */
export type At<A> =
  | { readonly _tag: "UnknownProject" }
  /** `underWay`: something is being built there, or waits to be. */
  | { readonly _tag: "NothingReady"; readonly underWay: boolean }
  | { readonly _tag: "Here"; readonly value: A }

/** Names of all projects, the one that was made first before the others. */
export const projects = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly name: string }>`SELECT name FROM repository_project ORDER BY created, name`
  return rows.map((row) => row.name)
})

/** Refs and commits of every project. */
export const overview = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<
    { readonly name: string; readonly refs: ReadonlyArray<string>; readonly sha1s: ReadonlyArray<string> }
  >`
    SELECT p.name,
      ARRAY(SELECT ref FROM repository_known_ref WHERE project = p.name ORDER BY ref) AS refs,
      ARRAY(SELECT DISTINCT sha1 FROM repository WHERE project = p.name ORDER BY sha1) AS sha1s
    FROM repository_project AS p ORDER BY p.created, p.name`
})

/** Refs of a project, undefined when it is unknown. */
export const refs = Effect.fnUntraced(function*(project: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly refs: ReadonlyArray<string> }>`
    SELECT ARRAY(SELECT ref FROM repository_known_ref WHERE project = ${project} ORDER BY ref) AS refs
    FROM repository_project WHERE name = ${project}`
  return rows[0]?.refs
})

/** Commits of a ref (`built`: with something ready), newest first; undefined when the project is unknown. */
export const sha1s = Effect.fnUntraced(function*(project: string, ref: string, built: boolean) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly sha1s: ReadonlyArray<string> }>`
    SELECT ARRAY(SELECT sha1 FROM repository WHERE project = ${project} AND ref = ${ref} ${
    built ? sql`AND status = 'ready'` : sql.literal("")
  }
      GROUP BY sha1 ORDER BY max(revision) DESC) AS sha1s
    FROM repository_project WHERE name = ${project}`
  return rows[0]?.sha1s
})

const conditions = (sql: SqlClient.SqlClient, releases: Distro.Table, at: Position): ReadonlyArray<Fragment> => {
  const place = at.distro === undefined ? [] : placeConditions(
    sql,
    DistroQuery.matcher(releases, {
      distro: at.distro,
      version: at.version ?? null,
      arch: at.arch ?? null,
      exact: at.exact
    })
  )
  return [
    sql`project = ${at.project}`,
    sql`ref = ${at.ref}`,
    ...place,
    ...(at.distro !== undefined && at.exact && at.version === undefined ? [sql`distro = ${at.distro}`] : []),
    ...(at.flavor === undefined ? [] : [sql`flavor = ${at.flavor}`]),
    ...(at.built === true ? [sql`${statusOf(sql, at.arch)} = 'ready'`] : [])
  ]
}

/** One row: whether the project is known, and the commit meant (null when nothing is ready). */
const head = (sql: SqlClient.SqlClient, releases: Distro.Table, at: Position): Fragment => {
  const meant = at.sha1 === "latest"
    ? sql`(SELECT sha1 FROM repository WHERE ${
      sql.and([...conditions(sql, releases, at), sql`${statusOf(sql, at.arch)} = 'ready'`])
    }
        ORDER BY revision DESC LIMIT 1)`
    : sql`${at.sha1}::text COLLATE "C"`
  return sql`SELECT EXISTS (SELECT FROM repository_project WHERE name = ${at.project}) AS known, ${meant} AS meant_sha1`
}

interface Head {
  readonly known: boolean
  readonly meant_sha1: string | null
}

const settle = <A>(row: Head | undefined, value: () => A): At<A> =>
  row === undefined || !row.known
    ? { _tag: "UnknownProject" }
    : row.meant_sha1 === null
    ? { _tag: "NothingReady", underWay: false }
    : { _tag: "Here", value: value() }

const level = (expression: string) =>
  Effect.fnUntraced(function*(releases: Distro.Table, at: Position) {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<Head & { readonly names: ReadonlyArray<string> }>`
      WITH head AS (${head(sql, releases, at)})
      SELECT head.*, ARRAY(SELECT DISTINCT ${sql.literal(expression)} AS name FROM repository
        WHERE sha1 = head.meant_sha1 AND ${sql.and(conditions(sql, releases, at))} ORDER BY name) AS names FROM head`
    return settle(rows[0], () => rows[0]!.names)
  })

/** Distributions of a commit. */
export const distros = level("distro")

/** Releases of a distribution, as recorded. */
export const versions = level("distro_version")

/** Flavors of a release. */
export const flavors = level("flavor")

/** Architectures of a release; only those that are ready where only what is built is asked for. */
export const archs = (releases: Distro.Table, at: Position) => (at.built === true ? readyArchs : allArchs)(releases, at)

const allArchs = level("unnest(archs)")

const readyArchs = level(
  "unnest(ARRAY(SELECT a FROM unnest(archs) AS a WHERE coalesce(arch_status ->> a, status) = 'ready'))"
)

/** Records at a position, newest first, whatever their status. */
export const records = Effect.fnUntraced(function*(releases: Distro.Table, at: Position) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<Head & RepositoryRow>`
    WITH head AS (${head(sql, releases, at)})
    SELECT head.*, ${sql.literal(columns("r"))} FROM head
    LEFT JOIN (SELECT * FROM repository WHERE ${
    sql.and(conditions(sql, releases, at))
  }) AS r ON r.sha1 = head.meant_sha1
    ORDER BY r.revision DESC`
  return settle(
    rows[0],
    () => rows.flatMap((row): ReadonlyArray<RepositoryRecord> => row.id === null ? [] : [toRecord(row)])
  )
})

/** The newest ready record at a position, undefined when there is none. */
export const ready = Effect.fnUntraced(function*(releases: Distro.Table, at: Position) {
  const found = yield* records(releases, at)
  if (found._tag !== "Here") return found
  const record = found.value.find((each) => statusFor(each, at.arch ?? null) === "ready")
  return record === undefined
    ? { _tag: "NothingReady" as const, underWay: false }
    : { _tag: "Here" as const, value: record }
})

/** What nobody has told anything of for so long is not under way any more, whatever was told last. */
const forgottenAfter = "1 day"

/**
 * Whether something is on its way to a position: a record that is not ready yet, or a report of a package build that has not
 * ended. What does not say its architecture (or, a report, its distribution) may be meant for any.
 */
export const underWay = Effect.fnUntraced(function*(releases: Distro.Table, at: Position) {
  const sql = yield* SqlClient.SqlClient
  const { arch, built: _, ...place } = at
  const recent = sql`modified > clock_timestamp() - ${forgottenAfter}::interval`
  const commit = at.sha1 === "latest" ? [] : [sql`sha1 = ${at.sha1}`]
  const records = sql.and([
    ...conditions(sql, releases, place),
    ...commit,
    sql`${statusOf(sql, arch)} = ANY (${RepositoryStatus.underWay}::text[])`,
    ...(arch === undefined ? [] : [sql`(archs = '{}' OR archs @> ARRAY[${arch}]::text[])`]),
    recent
  ])
  const names = at.distro === undefined || at.version === undefined
    ? []
    : DistroQuery.spellings(releases, at.distro, at.version)
  const reports = sql.and([
    sql`project = ${at.project}`,
    sql`ref = ${at.ref}`,
    ...commit,
    ...(at.distro === undefined ? [] : [sql`(distro IS NULL OR distro = ${at.distro})`]),
    ...(at.version === undefined ? [] : [sql`(distro_version IS NULL OR distro_version = ANY (${names}::text[]))`]),
    ...(at.flavor === undefined ? [] : [sql`flavor = ${at.flavor}`]),
    ...(arch === undefined ? [] : [sql`(distro_arch IS NULL OR distro_arch = ${arch})`]),
    sql`status = ANY (${PackageBuildRecord.underWay}::text[])`,
    recent
  ])
  const rows = yield* sql<{ readonly under_way: boolean }>`
    SELECT EXISTS (SELECT FROM repository WHERE ${records})
      OR EXISTS (SELECT FROM package_build_report WHERE ${reports}) AS under_way`
  return rows[0]?.under_way === true
})
