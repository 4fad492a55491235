/** What the Promise client tells of the farm and its queue. Plain types, held to the API's by a test. Times are RFC 3339 in UTC. */
import type { BuildNode } from "./PackageBuilds.ts"
import type { QueueEntry } from "./Queue.ts"

/** How one system is that the server depends on. */
export interface SystemCondition {
  readonly system: string
  readonly available: boolean
  readonly away_since: string | null
  readonly reason: string | null
  /** What to do about it. */
  readonly advice: string | null
  readonly remarks: ReadonlyArray<string>
}

/** The farm at a glance. */
export interface FarmOverview {
  readonly at: string
  /** What this server allows at the same time; null where it sets no limit. */
  readonly limits: {
    readonly total: number | null
    readonly per_owner: number | null
    readonly per_arch: number | null
  }
  readonly arches: ReadonlyArray<{
    readonly arch: string
    /** Of nodes that are there and not drained; null where only a build system knows. */
    readonly slots: number | null
    readonly running: number
    readonly waiting: number
    /** Seconds. */
    readonly longest_wait: number | null
    readonly empty_at: string | null
    /** Counted every five minutes of the last six hours, the oldest first. */
    readonly history: ReadonlyArray<{ readonly at: string; readonly running: number; readonly waiting: number }>
  }>
  /** Whoever has most first. */
  readonly shares: ReadonlyArray<{ readonly owner: string; readonly running: number; readonly waiting: number }>
  readonly nodes: ReadonlyArray<BuildNode & { readonly condition: "ready" | "busy" | "draining" | "away" }>
  readonly leases: ReadonlyArray<{
    readonly node: string
    readonly life: string
    readonly build: number
    readonly part: string
    readonly arch: string
    readonly since: string | null
    readonly until: string | null
  }>
  readonly systems: ReadonlyArray<SystemCondition>
  readonly dead_letters: number
  /** The last 24 hours in half hours, the oldest first. */
  readonly finished: ReadonlyArray<{ readonly from: string; readonly built: number; readonly failed: number }>
}

/** A page of the queue, in the order of hand-outs. */
export interface QueuePage {
  readonly items: ReadonlyArray<QueueEntry>
  readonly total: number
  /** More wait than are looked at. */
  readonly more: boolean
}

/** The farm. Every function rejects with `RequestFailed`. */
export interface Farm {
  readonly overview: () => Promise<FarmOverview>
  readonly queue: (query?: {
    readonly arch?: string
    readonly owner?: string
    readonly kind?: QueueEntry["kind"]
    readonly limit?: number
    readonly offset?: number
  }) => Promise<QueuePage>
}
