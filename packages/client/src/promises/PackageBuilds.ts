/**
 * What the Promise client tells of package builds and build nodes. Plain types, so that nothing else has to be installed for them; a test
 * holds them to those of the API.
 */
import type { PossibleAction } from "./Comparisons.ts"
import type { BuildForecast } from "./Forecasts.ts"
import type { Json } from "./Repositories.ts"

/** Where a package build is in its life. */
export type PackageBuildState = "preparing" | "building" | "finished" | "removed"

/** Where a build task is; `processing` means that what its node brought is being taken in. */
export type PackageTaskState =
  | "waiting"
  | "queued"
  | "started"
  | "processing"
  | "completed"
  | "failed"
  | "excluded"
  | "canceled"

/** A package build in a list. Times are RFC 3339 in UTC. */
export interface PackageBuildSummary {
  readonly id: number
  readonly state: PackageBuildState
  readonly state_reason: string
  readonly owner: string
  readonly packages: ReadonlyArray<string>
  readonly platforms: ReadonlyArray<string>
  /** How many tasks are in each state. */
  readonly tasks: { readonly [state: string]: number }
  readonly priority: number
  readonly created_at: string
  readonly finished_at: string | null
}

/** One task of a package build. */
export interface PackageBuildTask {
  /** Number toward nodes. */
  readonly id: number
  /** `PLATFORM/ARCH/POSITION`. */
  readonly name: string
  readonly package: string
  readonly platform: string
  readonly arch: string
  readonly state: PackageTaskState
  readonly state_reason: string
  readonly attempt: number
  readonly node: string | null
  readonly commit: string | null
  readonly started_at: string | null
  readonly finished_at: string | null
  readonly artifacts: ReadonlyArray<{ readonly name: string; readonly type: string; readonly url: string | null }>
}

/** A package build with its tasks and repositories. */
export interface PackageBuildDetail extends PackageBuildSummary {
  readonly task_list: ReadonlyArray<PackageBuildTask>
  readonly repositories: ReadonlyArray<
    { readonly name: string; readonly arch: string; readonly debug: boolean; readonly url: string }
  >
}

/** Why a build and each of its tasks are where they are. */
export interface PackageBuildExplanation {
  readonly state: PackageBuildState
  readonly reason: string
  /** What has to happen next, one sentence each. */
  readonly waits_for: ReadonlyArray<string>
  readonly tasks: ReadonlyArray<{
    readonly name: string
    readonly package: string
    readonly state: PackageTaskState
    readonly reason: string
    readonly waits_for: ReadonlyArray<string>
    readonly queue: {
      readonly kind: string
      readonly sentence: string
      readonly place: number | null
      readonly expected_at: string | null
      readonly node: string | null
    } | null
  }>
}

/** A package build that is asked for. */
export interface PackageBuildSubmission {
  readonly platforms: ReadonlyArray<{ readonly name: string; readonly arches: ReadonlyArray<string> }>
  readonly refs: ReadonlyArray<{
    readonly url: string
    readonly ref?: string
    readonly type?: "git_branch" | "git_tag" | "srpm_url" | "git_ref"
    readonly mock_options?: { readonly [key: string]: Json }
  }>
  readonly linked_builds?: ReadonlyArray<number>
  readonly mock_options?: { readonly [key: string]: Json }
  readonly independent?: boolean
  readonly secure_boot?: boolean
}

/** A node that builds packages. */
export interface BuildNode {
  readonly name: string
  readonly arches: ReadonlyArray<string>
  readonly excluded: ReadonlyArray<string>
  readonly slots: number
  readonly draining: boolean
  /** Tasks that it has. */
  readonly leased: number
  /** Tasks that it said it works on. */
  readonly load: number
  readonly last_seen: string | null
}

/** Every function rejects with `RequestFailed`. */
export interface PackageBuilds {
  readonly submit: (submission: PackageBuildSubmission) => Promise<PackageBuildSummary>
  /** Newest first; at most a hundred at once. */
  readonly list: (query?: {
    readonly owner?: string
    /** Part of a source's URL. */
    readonly project?: string
    readonly running?: boolean
    readonly limit?: number
    readonly offset?: number
  }) => Promise<{ readonly items: ReadonlyArray<PackageBuildSummary>; readonly total: number }>
  readonly get: (id: number) => Promise<PackageBuildDetail>
  readonly explain: (id: number) => Promise<PackageBuildExplanation>
  /** What whoever asks may do to it, why not, and what would follow. */
  readonly actions: (id: number) => Promise<ReadonlyArray<PossibleAction>>
  /** When it is expected to end, task by task. */
  readonly forecast: (id: number) => Promise<BuildForecast>
  readonly cancel: (id: number) => Promise<PackageBuildSummary>
  /** Builds again what failed: one task and what it kept from beginning, or everything. `parallel`: none waits for another package. */
  readonly restart: (
    id: number,
    what?: { readonly task?: string; readonly parallel?: boolean }
  ) => Promise<PackageBuildSummary>
  /** From -100 to 100; larger goes first, and above 0 is for administrators. */
  readonly prioritize: (id: number, priority: number) => Promise<PackageBuildSummary>
}

/** Every function rejects with `RequestFailed`. */
export interface BuildNodes {
  readonly list: () => Promise<ReadonlyArray<BuildNode>>
  /** A draining node gets no more tasks. */
  readonly adjust: (
    name: string,
    change: { readonly slots?: number; readonly draining?: boolean }
  ) => Promise<BuildNode>
  /** A new token for the node in place of the one it had; it is told this once. */
  readonly token: (name: string) => Promise<string>
  readonly remove: (name: string) => Promise<void>
}
