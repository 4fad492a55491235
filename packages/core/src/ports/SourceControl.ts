/**
 * Where modulemd files and component sources are kept: git, for all the systems we stand for.
 *
 * What is asked for comes from strangers, so an implementation allow-lists URLs, bounds time and size, and never lets a
 * reference be taken for an option. Questions about many references are one call, because a module has hundreds.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Tree } from "../specfile/SourceTree.ts"

/**
 * - `forbidden`: the URL is not allow-listed.
 * - `invalid`: the URL, reference or path cannot be meant.
 * - `missing`: no such repository, reference or file; `what` says which.
 * - `unsuitable`: it exists and must not be used: a symbolic link, a directory, a file over the limit.
 * - `unreachable`: no answer in time; may be tried again.
 */
export class SourceControlError extends Schema.TaggedError<SourceControlError>()("SourceControlError", {
  reason: Schema.Literals(["forbidden", "invalid", "missing", "unsuitable", "unreachable"]),
  /** `repository`, `reference`, `file` or `url`. */
  what: Schema.Literals(["url", "repository", "reference", "file"]),
  repository: Schema.String,
  message: Schema.String,
  /** For `unreachable`: the system that is away, such as `the git server git.example.org`; absent where it is not known to be the cause. */
  away: Schema.optional(Schema.String)
}) {
  get isRetryable(): boolean {
    return this.reason === "unreachable"
  }
}

/** A reference to be resolved; without `ref`, the repository's default branch. */
export interface Reference {
  readonly repository: string
  readonly ref: string | undefined
}

/** The commit a reference stands for now, 40 or 64 lower-case hexadecimal digits. */
export type Resolution =
  | {
    readonly _tag: "Resolved"
    readonly repository: string
    readonly ref: string | undefined
    readonly commit: string
  }
  | {
    readonly _tag: "Unresolved"
    readonly repository: string
    readonly ref: string | undefined
    readonly error: SourceControlError
  }

/** A commit and when it was made. */
export interface Commit {
  readonly commit: string
  /** Committer time, Unix seconds. */
  readonly time: number
  /** The same for commits that have the same files; absent where the source control has no such mark. */
  readonly tree?: string
}

/**
 * What source control offers. Every call fails with `SourceControlError`, except `resolve`, which says so for each
 * reference.
 */
export interface Interface {
  /** Fails with `forbidden` or `invalid` when the URL may not be used at all; asks nobody. */
  readonly authorize: (repository: string) => Effect.Effect<void, SourceControlError>
  /** Resolves many references, in order, in parallel. */
  readonly resolve: (references: ReadonlyArray<Reference>) => Effect.Effect<ReadonlyArray<Resolution>>
  /** Reads one regular file of at most `maxBytes` at a commit. */
  readonly readFile: (request: {
    readonly repository: string
    readonly commit: string
    readonly path: string
    readonly maxBytes: number
  }) => Effect.Effect<Uint8Array, SourceControlError>
  /**
   * Lists all files of a commit, and reads those regular ones that are `wanted` by their path and have at most `maxBytes`
   * each; what is larger is listed with its size and not among the contents.
   */
  readonly readTree: (request: {
    readonly repository: string
    readonly commit: string
    readonly wanted: (path: string) => boolean
    readonly maxBytes: number
  }) => Effect.Effect<Tree, SourceControlError>
  /** When the commit was made, and that it exists. */
  readonly commit: (repository: string, commit: string) => Effect.Effect<Commit, SourceControlError>
  /** Whether the commit can be reached from the branch. */
  readonly onBranch: (
    repository: string,
    commit: string,
    branch: string
  ) => Effect.Effect<boolean, SourceControlError>
  /** Paths that differ between two commits. */
  readonly changedFiles: (
    repository: string,
    from: string,
    to: string
  ) => Effect.Effect<ReadonlyArray<string>, SourceControlError>
  /** Writes the tree of a commit into a new directory, for a farm that builds here. */
  readonly checkout: (
    repository: string,
    commit: string,
    directory: string
  ) => Effect.Effect<void, SourceControlError>
}

/** The port: where sources come from. */
export class SourceControl extends Context.Service<SourceControl, Interface>()("@orch/core/ports/SourceControl") {}
