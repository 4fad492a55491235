/**
 * Which repositories answer a question, and which commit is built for all the places asked for.
 *
 * This is the model: a plain function over all records, by which the store's single SQL statement is checked. Order and tie
 * rules are those clients of shaman rely on: newest first, every write makes new; with a common commit exactly one repository
 * per asked place, in the order asked. shaman forgets to compare the distribution there (`centos/9,rocky/9`); this does not.
 */
import * as Distro from "./Distro.ts"
import * as DistroQuery from "./DistroQuery.ts"
import { type RepositoryRecord, statusFor } from "./RepositoryRecord.ts"

/** Absent filters do not filter; an empty text matches only an empty text. All given ones must hold. */
export interface Query {
  readonly project?: string | undefined
  readonly ref?: string | undefined
  readonly sha1?: string | undefined
  readonly flavor?: string | undefined
  readonly status?: string | undefined
  /** Matches when ref or sha1 equals it (the first README's `/search/(project)/(ref|sha1)/`). */
  readonly refOrSha1?: string | undefined
  /** Any of these places; empty means any place. */
  readonly distros: ReadonlyArray<DistroQuery.Entry>
  /** Every record must have this architecture, whatever the places say. */
  readonly arch?: string | undefined
  /** Only the newest commit that is there for every place; built only where `status` says `ready`. */
  readonly commonSha1: boolean
}

/** A found record and the architecture that was asked of it (null when none was), which decides the extra to show. */
export interface Found {
  readonly record: RepositoryRecord
  readonly arch: string | null
}

const newestFirst = (a: RepositoryRecord, b: RepositoryRecord): number => a.revision < b.revision ? 1 : -1

const passes = (query: Query, record: RepositoryRecord): boolean =>
  (query.project === undefined || record.project === query.project) &&
  (query.ref === undefined || record.ref === query.ref) &&
  (query.sha1 === undefined || record.sha1 === query.sha1) &&
  (query.flavor === undefined || record.flavor === query.flavor) &&
  (query.status === undefined || query.distros.length > 0 ||
    statusFor(record, query.arch ?? null) === query.status) &&
  (query.refOrSha1 === undefined || record.ref === query.refOrSha1 || record.sha1 === query.refOrSha1) &&
  (query.arch === undefined || record.archs.includes(query.arch))

const lies = (releases: Distro.Table, matcher: DistroQuery.Matcher, record: RepositoryRecord): boolean =>
  record.distro.toLowerCase() === matcher.distroKey &&
  (matcher.versionKeys === null ||
    matcher.versionKeys.includes(Distro.key(releases, record.distro, record.distroVersion))) &&
  (matcher.spelling === null ||
    (record.distro === matcher.spelling.distro && matcher.spelling.versions.includes(record.distroVersion))) &&
  (matcher.arch === null || record.archs.includes(matcher.arch)) &&
  (matcher.status === null || statusFor(record, matcher.status.arch) === matcher.status.status)

/** What records have to have to lie in each place of a query; where a status is asked for, for the architecture asked for there. */
export const matchers = (releases: Distro.Table, query: Query): ReadonlyArray<DistroQuery.Matcher> =>
  query.distros.map((entry) =>
    DistroQuery.matcher(
      releases,
      entry,
      query.status === undefined ? null : { arch: entry.arch ?? query.arch ?? null, status: query.status }
    )
  )

/**
 * Answers the query over the records given, newest first; independent of their order, and empty where nothing matches.
 * With `commonSha1` and places it is exactly one repository for each place, in the order of the places, or nothing.
 */
export const search = (
  releases: Distro.Table,
  records: ReadonlyArray<RepositoryRecord>,
  query: Query
): ReadonlyArray<Found> => {
  const places = matchers(releases, query)
  const found: Array<Found> = []
  for (const record of records.filter((candidate) => passes(query, candidate)).sort(newestFirst)) {
    if (places.length === 0 || places.some((candidate) => lies(releases, candidate, record))) {
      found.push({ record, arch: archAsked(releases, places, query.arch, record) })
    }
  }
  return query.commonSha1 ? common(releases, found, places, query.arch) : found
}

/** The architecture asked of a found record: the query's own, else that of the first place it lies in. */
export const archAsked = (
  releases: Distro.Table,
  matchers: ReadonlyArray<DistroQuery.Matcher>,
  arch: string | undefined,
  record: RepositoryRecord
): string | null => arch ?? matchers.find((candidate) => lies(releases, candidate, record))?.arch ?? null

/**
 * One repository for each place, in the order of the places, out of those of one commit (newest first); undefined when a place
 * has none.
 */
export const perPlace = (
  releases: Distro.Table,
  matchers: ReadonlyArray<DistroQuery.Matcher>,
  arch: string | undefined,
  sameCommit: ReadonlyArray<RepositoryRecord>
): ReadonlyArray<Found> | undefined => {
  const chosen: Array<Found> = []
  for (const matcher of matchers) {
    const record = sameCommit.find((candidate) => lies(releases, matcher, candidate))
    if (record === undefined) return undefined
    chosen.push({ record, arch: arch ?? matcher.arch })
  }
  return chosen
}

const common = (
  releases: Distro.Table,
  found: ReadonlyArray<Found>,
  matchers: ReadonlyArray<DistroQuery.Matcher>,
  arch: string | undefined
): ReadonlyArray<Found> => {
  for (const sha1 of new Set(found.map((each) => each.record.sha1))) {
    const same = found.filter((each) => each.record.sha1 === sha1)
    if (matchers.length === 0) return same
    const chosen = perPlace(releases, matchers, arch, same.map((each) => each.record))
    if (chosen !== undefined) return chosen
  }
  return []
}
