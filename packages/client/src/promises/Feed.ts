/** What the Promise client tells of the feed. Plain types, held to the API's by a test. */
import type { ModuleBuildState } from "./ModuleBuilds.ts"

/** When something is expected to end, told from earlier runs. Times are RFC 3339 in UTC. */
export interface ExpectedEnd {
  readonly at: string
  /** In most cases it ends between these two. */
  readonly earliest: string
  readonly latest: string
  /** The fewest earlier runs known of any of its parts. */
  readonly known_runs: number
  /** Parts that decide the end, first to last. */
  readonly critical: ReadonlyArray<string>
  /** Why it may be later than was said before. */
  readonly late: ReadonlyArray<string>
}

/** How long something usually takes, in seconds: the median of earlier runs, and between what most of them lie. */
export interface UsualTime {
  readonly seconds: number
  readonly low: number
  readonly high: number
  readonly runs: number
}

/** When a build is expected to end, part by part, and how far it is. Times are RFC 3339 in UTC. */
export interface BuildForecast {
  readonly expected: ExpectedEnd | null
  /** Why nothing is expected. */
  readonly why_not: string | null
  readonly progress: {
    readonly done: number
    readonly total: number
    /** Why it is not as far as it seemed before. */
    readonly back: string | null
  }
  readonly parts: ReadonlyArray<{
    readonly name: string
    /** Null where fewer than three earlier runs are known. */
    readonly usual: UsualTime | null
    /** Seconds that it took, or has taken until now. */
    readonly took: number | null
    readonly starts_at: string | null
    readonly ends_at: string | null
  }>
}

/** How many components of a build are in each state. */
export interface ComponentCounts {
  readonly total: number
  readonly waiting: number
  readonly submitting: number
  readonly building: number
  readonly built: number
  readonly available: number
  readonly failed: number
  readonly canceled: number
  /** Taken from other builds; they are counted in their states as well. */
  readonly reused: number
}

/** Why a build failed: the component that failed first, and the line of its log where one is known. */
export interface FirstFailure {
  readonly component: string
  readonly attempt: number
  readonly reason: string
  readonly phase: string | null
  readonly line: number | null
  readonly text: string | null
}

/** A module build in the feed. Times are RFC 3339 in UTC. */
export interface FeedEntry {
  readonly kind: "module" | "scratch"
  readonly id: number
  readonly name: string
  readonly stream: string
  readonly version: string
  readonly context: string
  readonly state: ModuleBuildState
  readonly state_reason: string
  readonly owner: string
  readonly platform: string
  readonly arches: ReadonlyArray<string>
  readonly created_at: string
  readonly modified_at: string
  readonly completed_at: string | null
  /** What it waits for now, or how it ended. */
  readonly sentence: string
  readonly components: ComponentCounts
  readonly first_error: FirstFailure | null
  readonly expected: ExpectedEnd | null
  /** Commands of it that have spent their retries. */
  readonly dead_letters: number
}

/** A page of the feed. */
export interface FeedPage {
  readonly items: ReadonlyArray<FeedEntry>
  /** How many fit in all, exact up to 10,000; `more` where there are more. */
  readonly total: number
  readonly more: boolean
  /** Give this as `before` for the next page. */
  readonly next: number | null
  /** The filter as it was understood. */
  readonly q: string
}

/** The feed. Every function rejects with `RequestFailed`. */
export interface Feed {
  /** A page, newest first; `q` such as `state:failed owner:me perl`. */
  readonly list: (
    query?: { readonly q?: string; readonly before?: number; readonly limit?: number }
  ) => Promise<FeedPage>
  /** How many builds fit each of up to 20 filters. */
  readonly counts: (
    filters: ReadonlyArray<string>
  ) => Promise<ReadonlyArray<{ readonly q: string; readonly total: number; readonly more: boolean }>>
}
