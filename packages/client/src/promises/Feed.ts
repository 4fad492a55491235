/** What the Promise client tells of the feed. Plain types, held to the API's by a test. */
import type { ExpectedEnd } from "./Forecasts.ts"
import type { ModuleBuildState } from "./ModuleBuilds.ts"

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
