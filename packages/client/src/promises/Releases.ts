/** What the Promise client tells of releases. Plain types, held to the API's by a test. Times are RFC 3339 in UTC. */
import type { PossibleAction } from "./Comparisons.ts"

/** The state of a release. */
export type ReleaseState =
  | "planning"
  | "planned"
  | "waiting"
  | "committing"
  | "released"
  | "reverting"
  | "reverted"
  | "failed"
  | "removed"

/** A step of one repository on the way to readers, and back. */
export type ReleaseStep = "look" | "change" | "prepare" | "show" | "check" | "cover" | "restore"

/** A release in a list. */
export interface ReleaseSummary {
  readonly id: number
  readonly state: ReleaseState
  readonly state_reason: string
  readonly platform: string
  /** Numbers of the package builds. */
  readonly builds: ReadonlyArray<number>
  /** Numbers of build tasks, where not all of the builds' go. */
  readonly tasks: ReadonlyArray<number> | null
  readonly product: number | null
  readonly created_by: string
  /** How many problems stand in the way, and how many are to be seen. */
  readonly blocks: number
  readonly warns: number
  readonly created_at: string
  readonly modified_at: string
}

/** How far one repository of a release is. */
export interface ReleaseRepository {
  readonly name: string
  /** How many packages and modules it gets. */
  readonly additions: number
  readonly done: ReleaseStep | null
  readonly running: ReleaseStep | null
  readonly next: ReleaseStep | null
  readonly problem: string | null
}

/** Why a release is where it is. */
export interface ReleaseExplanation {
  readonly state: ReleaseState
  readonly reason: string
  /** What has to happen next, one sentence each. */
  readonly waits_for: ReadonlyArray<string>
  readonly repositories: ReadonlyArray<ReleaseRepository>
  /** Commands of this release that have spent their retries. */
  readonly dead_letters: ReadonlyArray<{ readonly id: string; readonly command: string; readonly reason: string }>
}

/** A release that is to be planned. */
export interface ReleaseSubmission {
  readonly platform: string
  readonly builds: ReadonlyArray<number>
  readonly tasks?: ReadonlyArray<number>
  /** Names of platforms whose reference data is asked besides. */
  readonly references?: ReadonlyArray<string>
  readonly product?: number
}

/** Releases of package builds. Every function rejects with `RequestFailed`. */
export interface Releases {
  readonly plan: (release: ReleaseSubmission) => Promise<ReleaseSummary>
  /** A page, newest first; `package` is the name of one that they bring. */
  readonly list: (query?: {
    readonly state?: ReleaseState
    readonly platform?: string
    readonly package?: string
    readonly limit?: number
    readonly offset?: number
  }) => Promise<{ readonly items: ReadonlyArray<ReleaseSummary>; readonly total: number }>
  readonly get: (id: number) => Promise<ReleaseSummary>
  readonly explain: (id: number) => Promise<ReleaseExplanation>
  /** What whoever asks may do with it, and why not; nothing is changed. */
  readonly actions: (id: number) => Promise<ReadonlyArray<PossibleAction>>
  /** Has the plan made anew: what lies in the repositories may have changed. */
  readonly replan: (id: number) => Promise<ReleaseSummary>
  /** Brings it to readers; answers before that is done. */
  readonly commit: (id: number) => Promise<ReleaseSummary>
  /** Takes it back; answers before that is done. */
  readonly revert: (id: number, why?: string) => Promise<ReleaseSummary>
  /** One that was never committed, or was taken back. */
  readonly remove: (id: number) => Promise<void>
}
