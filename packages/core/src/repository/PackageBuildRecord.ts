/**
 * The report of one package build of a commit: queued, started, completed or failed, where its log is.
 *
 * One build is one (project, url, ref, sha1, flavor, distro, version, arch); a build reported as `queued` is known by all of
 * these but the url, which it takes from the next report (the queueing job does not know where the build will run).
 */
import type { Extra } from "./RepositoryRecord.ts"

/** What was last reported of one package build. Absent texts are null. */
export interface PackageBuildRecord {
  readonly id: number
  readonly project: string
  readonly url: string
  readonly logUrl: string | null
  readonly buildId: string | null
  readonly ref: string
  readonly sha1: string
  readonly flavor: string
  readonly distro: string | null
  readonly distroVersion: string | null
  readonly distroArch: string | null
  /** `queued`, `started`, `completed`, `failed`, or any other word that a reporter uses. */
  readonly status: string
  readonly extra: Extra
  /** Microseconds since the epoch. */
  readonly started: bigint
  readonly completed: bigint | null
  readonly modified: bigint
}

/** One report: everything but what the store fills in. */
export type PackageBuildPost = Omit<PackageBuildRecord, "id" | "started" | "completed" | "modified">

/** Words that say that a package build waits or runs. */
export const underWay: ReadonlyArray<string> = ["queued", "started"]

const keyed = ["project", "ref", "sha1", "flavor", "distro", "distroVersion", "distroArch"] as const

/**
 * The record a report is about: a queued one first whatever its url, else the one with the same url; of several the
 * oldest. Undefined where the report begins a new record.
 */
export const find = (
  records: ReadonlyArray<PackageBuildRecord>,
  post: PackageBuildPost
): PackageBuildRecord | undefined => {
  const same = records.filter((record) => keyed.every((field) => record[field] === post[field])).sort((a, b) =>
    a.id - b.id
  )
  return same.find((record) => record.status === "queued") ?? same.find((record) => record.url === post.url)
}

/**
 * The record after a report at `now`: everything but the start is taken from it; `completed` is set once reached and
 * kept. `id` is for a new record only. `modified` always grows, by a microsecond at least.
 */
export const apply = (
  current: PackageBuildRecord | undefined,
  post: PackageBuildPost,
  now: bigint,
  id: number
): PackageBuildRecord => ({
  ...post,
  id: current?.id ?? id,
  started: current?.started ?? now,
  completed: post.status === "completed" ? now : current?.completed ?? null,
  modified: current !== undefined && current.modified >= now ? current.modified + 1n : now
})
