/**
 * Search as one statement, whatever is asked; agrees with core's RepositorySearch.search, which the tests hold it to.
 *
 * Only the filters that were given stand in the statement, so that each shape is planned for the index that fits it.
 */
import * as Distro from "@orch/core/repository/Distro"
import * as DistroQuery from "@orch/core/repository/DistroQuery"
import * as RepositorySearch from "@orch/core/repository/RepositorySearch"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import * as Stream from "effect/Stream"
import { columns, type RepositoryRow, toRecord } from "./RepositoryRow.ts"

/** Conditions on one place, over the columns of `repository`. */
export const placeConditions = (sql: SqlClient.SqlClient, matcher: DistroQuery.Matcher): ReadonlyArray<Fragment> => [
  sql`distro_key = ${matcher.distroKey}`,
  ...(matcher.versionKey === null ? [] : [sql`version_key = ${matcher.versionKey}`]),
  ...(matcher.spelling === null ? [] : [
    sql`distro = ${matcher.spelling.distro}`,
    sql`distro_version = ANY (${matcher.spelling.versions}::text[])`
  ]),
  ...(matcher.arch === null ? [] : [sql`archs @> ARRAY[${matcher.arch}]::text[]`])
]

const filters = (sql: SqlClient.SqlClient, query: RepositorySearch.Query): ReadonlyArray<Fragment> => [
  ...(query.project === undefined ? [] : [sql`project = ${query.project}`]),
  ...(query.ref === undefined ? [] : [sql`ref = ${query.ref}`]),
  ...(query.sha1 === undefined ? [] : [sql`sha1 = ${query.sha1}`]),
  ...(query.flavor === undefined ? [] : [sql`flavor = ${query.flavor}`]),
  ...(query.status === undefined ? [] : [sql`status = ${query.status}`]),
  ...(query.refOrSha1 === undefined ? [] : [sql`(ref = ${query.refOrSha1} OR sha1 = ${query.refOrSha1})`]),
  ...(query.arch === undefined ? [] : [sql`archs @> ARRAY[${query.arch}]::text[]`])
]

/** Where a listing goes on: after this revision, at most so many rows. */
export interface Page {
  readonly before?: bigint | undefined
  readonly limit?: number | undefined
}

const plain = (
  sql: SqlClient.SqlClient,
  query: RepositorySearch.Query,
  matchers: ReadonlyArray<DistroQuery.Matcher>,
  page: Page
) => {
  const where = sql.and([
    ...filters(sql, query),
    ...(matchers.length === 0 ? [] : [sql.or(matchers.map((matcher) => sql.and(placeConditions(sql, matcher))))]),
    ...(page.before === undefined ? [] : [sql`revision < ${page.before}`])
  ])
  const limit = page.limit === undefined ? sql.literal("") : sql`LIMIT ${page.limit}`
  return sql<RepositoryRow>`SELECT ${sql.literal(columns("repository"))} FROM repository WHERE ${where}
    ORDER BY revision DESC ${limit}`
}

const commonOfAny = (sql: SqlClient.SqlClient, query: RepositorySearch.Query) => {
  const where = sql.and(filters(sql, query))
  return sql<RepositoryRow>`SELECT ${sql.literal(columns("repository"))} FROM repository WHERE ${where}
    AND sha1 = (SELECT sha1 FROM repository WHERE ${where} ORDER BY revision DESC LIMIT 1) ORDER BY revision DESC`
}

const commonOfPlaces = (
  sql: SqlClient.SqlClient,
  query: RepositorySearch.Query,
  matchers: ReadonlyArray<DistroQuery.Matcher>
) => {
  const given = filters(sql, query)
  const matches = matchers.map((matcher, ord) =>
    sql`SELECT ${ord}::int AS ord, id, sha1, revision FROM repository WHERE ${
      sql.and([...given, ...placeConditions(sql, matcher)])
    }`
  ).reduce((all, each) => sql`${all} UNION ALL ${each}`)
  return sql<RepositoryRow & { readonly ord: number }>`
    WITH matches AS (${matches}),
    newest AS (SELECT sha1 FROM matches GROUP BY sha1 HAVING count(DISTINCT ord) = ${matchers.length}::int
      ORDER BY max(revision) DESC LIMIT 1),
    chosen AS (SELECT DISTINCT ON (ord) ord, id FROM matches JOIN newest USING (sha1) ORDER BY ord, revision DESC)
    SELECT chosen.ord, ${sql.literal(columns("repository"))} FROM chosen JOIN repository USING (id) ORDER BY chosen.ord`
}

/** Everything found, with one statement. */
export const search = Effect.fnUntraced(
  function*(releases: Distro.Table, query: RepositorySearch.Query, page: Page = {}) {
    const sql = yield* SqlClient.SqlClient
    const matchers = query.distros.map((entry) => DistroQuery.matcher(releases, entry))
    if (query.commonSha1 && matchers.length > 0) {
      const rows = yield* commonOfPlaces(sql, query, matchers)
      return rows.map((row): RepositorySearch.Found => ({
        record: toRecord(row),
        arch: query.arch ?? matchers[row.ord]?.arch ?? null
      }))
    }
    const rows = yield* query.commonSha1 ? commonOfAny(sql, query) : plain(sql, query, matchers, page)
    return rows.map((row) => found(releases, query, matchers, row))
  }
)

/** The same answer as a stream, for lists of any length without a common commit; still one statement. */
export const stream = (releases: Distro.Table, query: RepositorySearch.Query) =>
  Stream.unwrap(Effect.map(SqlClient.SqlClient, (sql) => {
    const matchers = query.distros.map((entry) => DistroQuery.matcher(releases, entry))
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
