/**
 * What is known of one built repository: which commit of which ref, for which distribution, where it lies, how far it is.
 *
 * Follows shaman's record (section 1.2 of its facts) with its losses mended: a post that only carries a status leaves url and
 * extra alone, each architecture keeps its own extra, architectures can be taken away, and a late message changes nothing. An
 * address may serve a branch and therefore one build after the other: a post about another build changes the whole record, so
 * that it never tells of two builds at once.
 */
import * as Distro from "./Distro.ts"
import * as RepositoryStatus from "./RepositoryStatus.ts"

/** Free JSON that uploaders attach, by habit an object with version, package_manager_version, build_url. */
export type Extra = unknown

/** One repository. `chacraUrl` names it in its storage, `url` is where its files lie; times are UTC, microseconds. */
export interface RepositoryRecord {
  readonly id: number
  /** What makes posts speak of the same repository, unique among all records. */
  readonly identity: string
  readonly project: string
  readonly chacraUrl: string
  readonly url: string
  readonly ref: string
  readonly sha1: string
  readonly flavor: string
  readonly distro: string
  readonly distroVersion: string
  readonly archs: ReadonlyArray<string>
  /** What was attached for single architectures. */
  readonly archExtra: { readonly [arch: string]: Extra }
  readonly extra: Extra
  /** What was told last of the whole; `ready` as long as one architecture is. */
  readonly status: string
  /** How far single architectures are; one that is absent is as far as the whole. */
  readonly archStatus: { readonly [arch: string]: string }
  /** The uploader's own clock at the last accepted message, when it told one. */
  readonly sourceModified: bigint | null
  /** Microseconds since the epoch, for people to read. */
  readonly modified: bigint
  /** Grows with every accepted write over all records: the order of "newest", without ties. */
  readonly revision: bigint
}

/** One message about a repository. Absent fields leave what is there. */
export interface RepositoryPost {
  readonly identity: string
  readonly project: string
  readonly chacraUrl: string
  readonly status: string
  readonly ref?: string | undefined
  readonly sha1?: string | undefined
  readonly flavor?: string | undefined
  readonly distro?: string | undefined
  readonly distroVersion?: string | undefined
  readonly url?: string | undefined
  readonly archs?: ReadonlyArray<string> | undefined
  readonly removedArchs?: ReadonlyArray<string> | undefined
  readonly extra?: Extra | undefined
  readonly sourceModified?: bigint | undefined
}

/** What became of a post. `Incomplete` names the fields a first post must carry. */
export type Outcome =
  | { readonly _tag: "Created"; readonly record: RepositoryRecord }
  | { readonly _tag: "Updated"; readonly record: RepositoryRecord }
  | { readonly _tag: "Late"; readonly record: RepositoryRecord }
  | { readonly _tag: "Deleted" }
  | { readonly _tag: "Incomplete"; readonly missing: ReadonlyArray<string> }

const required = ["ref", "sha1", "flavor", "distro", "distroVersion"] as const

/** Wire names of the fields that a first post lacks, in the order shaman asks for them; empty where it lacks none. */
export const missing = (post: RepositoryPost): ReadonlyArray<string> =>
  required.filter((field) => post[field] === undefined).map((field) =>
    field === "distroVersion" ? "distro_version" : field
  )

const union = (before: ReadonlyArray<string>, added: ReadonlyArray<string>, removed: ReadonlyArray<string>) =>
  [...new Set([...before, ...added])].filter((arch) => !removed.includes(arch))

const archExtras = (
  before: { readonly [arch: string]: Extra },
  archs: ReadonlyArray<string>,
  removed: ReadonlyArray<string>,
  extra: Extra | undefined
): { readonly [arch: string]: Extra } => {
  const after: { [arch: string]: Extra } = { ...before }
  if (extra !== undefined) { for (const arch of archs) after[arch] = extra }
  for (const arch of removed) delete after[arch]
  return after
}

/**
 * Whether the post speaks of another build than the one recorded: another project, ref, commit, flavor or release. The two names
 * of one release, or another case, make no other build.
 */
export const isOfAnotherBuild = (releases: Distro.Table, current: RepositoryRecord, post: RepositoryPost): boolean => {
  const distro = post.distro ?? current.distro
  return post.project !== current.project ||
    (post.ref ?? current.ref) !== current.ref ||
    (post.sha1 ?? current.sha1) !== current.sha1 ||
    (post.flavor ?? current.flavor) !== current.flavor ||
    distro.toLowerCase() !== current.distro.toLowerCase() ||
    Distro.key(releases, distro, post.distroVersion ?? current.distroVersion)
      !== Distro.key(releases, current.distro, current.distroVersion)
}

/**
 * What a post that carries less than a first one says, completed by what is recorded: the store writes both in the same way.
 * Only what names a build is completed.
 */
export const complete = (
  current: Pick<RepositoryRecord, "ref" | "sha1" | "flavor" | "distro" | "distroVersion">,
  post: RepositoryPost
): RepositoryPost => ({
  ...post,
  ref: post.ref ?? current.ref,
  sha1: post.sha1 ?? current.sha1,
  flavor: post.flavor ?? current.flavor,
  distro: post.distro ?? current.distro,
  distroVersion: post.distroVersion ?? current.distroVersion
})

/** How far the repository is for an architecture; for none in particular (null), how far the whole is. */
export const statusFor = (self: Pick<RepositoryRecord, "status" | "archStatus">, arch: string | null): string =>
  arch === null ? self.status : self.archStatus[arch] ?? self.status

/** How far each architecture is after a post of some of them; a post of none speaks of all, as the whole then does. */
const archStatuses = (
  before: Pick<RepositoryRecord, "archs" | "archStatus" | "status">,
  archs: ReadonlyArray<string>,
  removed: ReadonlyArray<string>,
  status: string
): { readonly [arch: string]: string } => {
  if (archs.length === 0) return {}
  const after: { [arch: string]: string } = {}
  for (const arch of before.archs) after[arch] = statusFor(before, arch)
  for (const arch of archs) after[arch] = status
  for (const arch of removed) delete after[arch]
  return after
}

const wholeStatus = (archStatus: { readonly [arch: string]: string }, told: string): string =>
  Object.values(archStatus).includes("ready") ? "ready" : told

/** What a post is late or not against: how far the architectures are that it speaks of. */
const statusBefore = (current: RepositoryRecord, archs: ReadonlyArray<string>): string =>
  archs.length === 0
    ? current.status
    : archs.every((arch) => current.archs.includes(arch) && statusFor(current, arch) === "ready")
    ? "ready"
    : ""

/** What a write is stamped with: an id for a new record, the time in microseconds, the next revision. */
export interface Stamp {
  readonly id: number
  readonly now: bigint
  readonly revision: bigint
}

/**
 * Applies a post to what is recorded, undefined for a new repository, and says what became of it. The store's upsert
 * statement must agree with this. Everything that a post says is recorded. When that makes it another build
 * ({@link isOfAnotherBuild}), what it does not say (address of the files, architectures, extras) was said of the build before, and is
 * forgotten.
 */
export const apply = (
  releases: Distro.Table,
  current: RepositoryRecord | undefined,
  post: RepositoryPost,
  stamp: Stamp
): Outcome => {
  if (post.status === "deleted") return { _tag: "Deleted" }
  const archs = post.archs ?? []
  const removed = post.removedArchs ?? []
  if (current === undefined) {
    const absent = missing(post)
    if (absent.length > 0) return { _tag: "Incomplete", missing: absent }
    return {
      _tag: "Created",
      record: {
        id: stamp.id,
        identity: post.identity,
        project: post.project,
        chacraUrl: post.chacraUrl,
        url: post.url ?? "",
        ref: post.ref!,
        sha1: post.sha1!,
        flavor: post.flavor!,
        distro: post.distro!,
        distroVersion: post.distroVersion!,
        archs: union([], archs, removed),
        archExtra: archExtras({}, archs, removed, post.extra),
        extra: post.extra ?? {},
        status: post.status,
        archStatus: archStatuses({ archs: [], archStatus: {}, status: "" }, archs, removed, post.status),
        sourceModified: post.sourceModified ?? null,
        modified: stamp.now,
        revision: stamp.revision
      }
    }
  }
  const another = isOfAnotherBuild(releases, current, post)
  const told = { status: post.status, sourceModified: post.sourceModified ?? null }
  const before = { status: statusBefore(current, archs), sourceModified: current.sourceModified }
  if (!RepositoryStatus.admits(before, told, !another)) return { _tag: "Late", record: current }
  const kept = another ? { url: "", archs: [], archExtra: {}, archStatus: {}, status: "", extra: {} } : current
  const archStatus = archStatuses(kept, archs, removed, post.status)
  return {
    _tag: "Updated",
    record: {
      ...current,
      project: post.project,
      chacraUrl: post.chacraUrl,
      ref: post.ref ?? current.ref,
      sha1: post.sha1 ?? current.sha1,
      flavor: post.flavor ?? current.flavor,
      distro: post.distro ?? current.distro,
      distroVersion: post.distroVersion ?? current.distroVersion,
      url: post.url ?? kept.url,
      archs: union(kept.archs, archs, removed),
      archExtra: archExtras(kept.archExtra, archs, removed, post.extra),
      extra: post.extra ?? kept.extra,
      status: wholeStatus(archStatus, post.status),
      archStatus,
      sourceModified: post.sourceModified ?? current.sourceModified,
      modified: stamp.now,
      revision: stamp.revision
    }
  }
}

/** The extra to show when one architecture was asked for: its own where an uploader told one, else the latest told. */
export const extraFor = (self: Pick<RepositoryRecord, "extra" | "archExtra">, arch: string | null): Extra =>
  arch === null ? self.extra : self.archExtra[arch] ?? self.extra
