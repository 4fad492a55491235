/**
 * Search as one statement, whatever is asked; agrees with core's RepositorySearch.search, which the tests hold it to.
 *
 * Only the filters that were given stand in the statement, so that each shape is planned for the index that fits it.
 */
import * as Distro from "@orch/core/repository/Distro"
import type * as DistroQuery from "@orch/core/repository/DistroQuery"
import * as RepositorySearch from "@orch/core/repository/RepositorySearch"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import * as Stream from "effect/Stream"
import { columns, type RepositoryRow, toRecord } from "./RepositoryRow.ts"

/** core's RepositoryRecord.statusFor, in SQL. */
export const statusOf = (sql: SqlClient.SqlClient, arch: string | null | undefined): Fragment =>
  arch === null || arch === undefined ? sql`status` : sql`coalesce(arch_status ->> ${arch}::text, status)`

/** Conditions on one place, over the columns of `repository`. */
export const placeConditions = (sql: SqlClient.SqlClient, matcher: DistroQuery.Matcher): ReadonlyArray<Fragment> => [
  sql`distro_key = ${matcher.distroKey}`,
  ...(matcher.versionKeys === null
    ? []
    : matcher.versionKeys.length === 1
    ? [sql`version_key = ${matcher.versionKeys[0]!}`]
    : [sql`version_key = ANY (${matcher.versionKeys}::text[])`]),
  ...(matcher.spelling === null ? [] : [
    sql`distro = ${matcher.spelling.distro}`,
    sql`distro_version = ANY (${matcher.spelling.versions}::text[])`
  ]),
  ...(matcher.arch === null ? [] : [sql`archs @> ARRAY[${matcher.arch}]::text[]`]),
  ...(matcher.status === null ? [] : statusConditions(sql, matcher.status.status, matcher.status.arch))
]

const statusConditions = (
  sql: SqlClient.SqlClient,
  status: string,
  arch: string | null
): ReadonlyArray<Fragment> => [
  sql`${statusOf(sql, arch)} = ${status}`,
  // Said twice, so that the index of the few that are not ready may be used.
  ...(status === "ready" || arch !== null ? [] : [sql`status <> 'ready'`])
]

const filters = (sql: SqlClient.SqlClient, query: RepositorySearch.Query): ReadonlyArray<Fragment> => [
  ...(query.project === undefined ? [] : [sql`project = ${query.project}`]),
  ...(query.ref === undefined ? [] : [sql`ref = ${query.ref}`]),
  ...(query.sha1 === undefined ? [] : [sql`sha1 = ${query.sha1}`]),
  ...(query.flavor === undefined ? [] : [sql`flavor = ${query.flavor}`]),
  // Each place has its own architecture, and so its own status.
  ...(query.status === undefined || query.distros.length > 0
    ? []
    : statusConditions(sql, query.status, query.arch ?? null)),
  ...(query.refOrSha1 === undefined ? [] : [sql`(ref = ${query.refOrSha1} OR sha1 = ${query.refOrSha1})`]),
  ...(query.arch === undefined ? [] : [sql`archs @> ARRAY[${query.arch}]::text[]`])
]

/** Where a listing goes on: after this revision, at most so many rows. */
export interface Page {
  readonly before?: bigint | undefined
  readonly limit?: number | undefined
}

/** The newest rows, of which so many have what is looked for where going through rows finds a page of it soon. */
const looked = 2000
const often = 20

/** Whether hardly any row of all projects has the architecture: then its index finds them sooner than going through rows. */
const isRare = Effect.fnUntraced(function*({ arch, project, ref, sha1 }: RepositorySearch.Query) {
  if (arch === undefined || project !== undefined || ref !== undefined || sha1 !== undefined) return false
  const sql = yield* SqlClient.SqlClient
  const found = yield* sql`
    SELECT FROM (SELECT archs FROM repository ORDER BY revision DESC LIMIT ${looked}) AS newest
    WHERE archs @> ARRAY[${arch}]::text[] LIMIT ${often}`
  return found.length < often
})

const plain = (
  sql: SqlClient.SqlClient,
  query: RepositorySearch.Query,
  matchers: ReadonlyArray<DistroQuery.Matcher>,
  page: Page,
  rare = false
) => {
  const where = sql.and([
    ...filters(sql, query),
    ...(matchers.length === 0 ? [] : [sql.or(matchers.map((matcher) => sql.and(placeConditions(sql, matcher))))]),
    ...(page.before === undefined ? [] : [sql`revision < ${page.before}`])
  ])
  const limit = page.limit === undefined ? sql.literal("") : sql`LIMIT ${page.limit}`
  return sql<RepositoryRow>`SELECT ${sql.literal(columns("repository"))} FROM repository WHERE ${where}
    ORDER BY ${sql.literal(rare ? "revision + 0" : "revision")} DESC ${limit}`
}

const commonOfAny = (sql: SqlClient.SqlClient, query: RepositorySearch.Query) => {
  const where = sql.and(filters(sql, query))
  return sql<RepositoryRow>`SELECT ${sql.literal(columns("repository"))} FROM repository WHERE ${where}
    AND sha1 = (SELECT sha1 FROM repository WHERE ${where} ORDER BY revision DESC LIMIT 1) ORDER BY revision DESC`
}

/** Steps from row to row before the search turns to all rows at once. */
const walkAtMost = 64

/** The set of places a commit must cover to be an answer at all; see the migration of `repository_coverage`. */
const covers = (
  sql: SqlClient.SqlClient,
  query: RepositorySearch.Query,
  matchers: ReadonlyArray<DistroQuery.Matcher>
) => {
  const places = matchers.map((matcher) => {
    const arch = matcher.arch ?? query.arch
    const flavor = query.flavor === undefined ? "" : `${query.flavor}:`
    return (matcher.versionKeys ?? []).map((version) =>
      `${flavor}${matcher.distroKey}/${version}${arch === undefined ? "" : `/${arch}`}`
    )
  })
  const all = places.filter((either) => either.length === 1).flat()
  const anyOf = places.filter((either) => either.length > 1).map((either) => sql`places && ${either}::text[]`)
  const scope = query.ref === undefined ? "project" : `ref:${query.ref}`
  return sql`SELECT FROM repository_coverage
    WHERE ${
    sql.and([sql`project = ${query.project!}`, sql`scope = ${scope}`, sql`places @> ${all}::text[]`, ...anyOf])
  }`
}

/** Whether the rows of one group have every place. */
const everyPlace = (sql: SqlClient.SqlClient, places: ReadonlyArray<Fragment>) =>
  places.map((place) => sql`bool_or(${place})`).reduce((all, each) => sql`${all} AND ${each}`)

/** The newest commit that has all places, from all matching rows together. */
const newestOfAll =
  (sql: SqlClient.SqlClient, given: ReadonlyArray<Fragment>, places: ReadonlyArray<Fragment>) =>
  (unless: ReadonlyArray<Fragment>) =>
    sql`SELECT sha1 FROM repository WHERE ${sql.and([...given, sql.or(places), ...unless])}
      GROUP BY sha1 HAVING ${everyPlace(sql, places)} ORDER BY max(revision) DESC LIMIT 1`

/**
 * The same when the project and every release are known. Ask first whether any commit covers the places; then step through the
 * matching rows from the newest on, each step a few index look-ups, which nearly always ends at once. When a place has no more
 * rows, every commit that has it was looked at: there is no answer. Only a long walk without either (the filters leave out what
 * the coverage has) turns to all rows together. Each table reference costs planning time, so there are few.
 */
const newestByWalking = (
  sql: SqlClient.SqlClient,
  given: ReadonlyArray<Fragment>,
  places: ReadonlyArray<Fragment>,
  covered: Fragment
) => {
  const heads = places.map((place) =>
    sql`(SELECT revision, sha1 FROM repository WHERE ${sql.and([...given, place])} AND revision < walk.revision
      ORDER BY revision DESC LIMIT 1)`
  ).reduce((all, each) => sql`${all} UNION ALL ${each}`)
  const all = newestOfAll(sql, given, places)([sql`(SELECT too_far FROM ended)`])
  return sql`walk AS (
      SELECT 0 AS step, 9223372036854775807::bigint AS revision, NULL::text COLLATE "C" AS sha1, false AS complete
      WHERE EXISTS (${covered})
      UNION ALL
      SELECT walk.step + 1, head.revision, head.sha1,
        (SELECT ${everyPlace(sql, places)} FROM repository WHERE sha1 = head.sha1 AND ${sql.and(given)})
      FROM walk CROSS JOIN LATERAL (
        SELECT max(revision) AS revision, (array_agg(sha1 ORDER BY revision DESC))[1] AS sha1, count(*) AS places
        FROM (${heads}) AS heads
      ) AS head
      WHERE NOT walk.complete AND walk.step < ${walkAtMost}::int AND head.places = ${places.length}::int
    ),
    ended AS (SELECT max(step) = ${walkAtMost}::int AND NOT bool_or(complete) AS too_far FROM walk),
    newest AS (SELECT sha1 FROM walk WHERE complete UNION ALL (${all}))`
}

/** Every matching row of the newest commit that has all places, newest first; which is whose place is told by the model. */
const commonOfPlaces = (
  sql: SqlClient.SqlClient,
  query: RepositorySearch.Query,
  matchers: ReadonlyArray<DistroQuery.Matcher>
) => {
  const given = filters(sql, query)
  const places = matchers.map((matcher) => sql.and(placeConditions(sql, matcher)))
  const walkable = query.project !== undefined && query.refOrSha1 === undefined
    && matchers.every((matcher) => matcher.versionKeys !== null)
  const newest = walkable
    ? newestByWalking(sql, given, places, covers(sql, query, matchers))
    : sql`newest AS (${newestOfAll(sql, given, places)([])})`
  return sql<RepositoryRow>`
    WITH RECURSIVE ${newest}
    SELECT ${sql.literal(columns("repository"))} FROM repository
    WHERE ${sql.and([sql`sha1 = (SELECT sha1 FROM newest)`, ...given])} ORDER BY revision DESC`
}

/** Everything found, with one statement. */
export const search = Effect.fnUntraced(
  function*(releases: Distro.Table, query: RepositorySearch.Query, page: Page = {}) {
    const sql = yield* SqlClient.SqlClient
    const matchers = RepositorySearch.matchers(releases, query)
    if (query.commonSha1 && matchers.length > 0) {
      const rows = yield* commonOfPlaces(sql, query, matchers)
      return RepositorySearch.perPlace(releases, matchers, query.arch, rows.map(toRecord)) ?? []
    }
    const rows = yield* query.commonSha1
      ? commonOfAny(sql, query)
      : plain(sql, query, matchers, page, yield* isRare(query))
    return rows.map((row) => found(releases, query, matchers, row))
  }
)

/** The same answer as a stream, for lists of any length without a common commit; still one statement. */
export const stream = (releases: Distro.Table, query: RepositorySearch.Query) =>
  Stream.unwrap(Effect.map(SqlClient.SqlClient, (sql) => {
    const matchers = RepositorySearch.matchers(releases, query)
    return Stream.map(plain(sql, query, matchers, {}).stream, (row) => found(releases, query, matchers, row))
  }))

const found = (
  releases: Distro.Table,
  query: RepositorySearch.Query,
  matchers: ReadonlyArray<DistroQuery.Matcher>,
  row: RepositoryRow
): RepositorySearch.Found => {
  const record = toRecord(row)
  return { record, arch: RepositorySearch.archAsked(releases, matchers, query.arch, record) }
}
