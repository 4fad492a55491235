/** What the Promise client tells of branches. Plain types, held to the API's by a test. Times are RFC 3339 in UTC with microseconds. */

/** A ref and what it points to now. */
export interface HistoryRef {
  /** Where a list goes on. */
  readonly number: number
  readonly repository: string
  readonly ref: string
  /** Null while it does not exist. */
  readonly commit: string | null
  readonly since: string | null
}

/** A time in which a ref pointed to one commit. */
export interface RefInterval {
  readonly repository: string
  readonly ref: string
  /** Null while it did not exist. */
  readonly commit: string | null
  readonly from: string
  /** Null for what it points to now. */
  readonly to: string | null
  /** How it became known; `backfill` is from the dates of commits, and so less certain. */
  readonly source: "webhook" | "poll" | "backfill" | "manual"
  readonly actor: string | null
  /** Whether commits were taken away by it; null where nobody said. */
  readonly forced: boolean | null
  /** Whether pushes between this commit and the one before it were missed. */
  readonly gap: boolean
}

/** A component that was built from a commit its ref no longer points to. */
export interface StaleComponent {
  /** The number of the module build. */
  readonly build: number
  readonly module: string
  readonly component: string
  readonly repository: string
  readonly ref: string
  /** The commit that it was built from. */
  readonly built: string
  /** Null where the ref was deleted. */
  readonly tip: string | null
  /** Since when the ref points there. */
  readonly moved: string
}

/** A change of a ref that somebody tells of. */
export interface ObservedChange {
  /** The commit before it; null where the ref was made by it, left out where nobody knows. */
  readonly before?: string | null
  /** Null where the ref was deleted. */
  readonly after: string | null
  /** RFC 3339; now without it. */
  readonly at?: string
}

/** The history of branches. A repository is its address, or namespace and name. Every function rejects with `RequestFailed`. */
export interface History {
  /** In the order of their numbers; go on with `after`, the last one. */
  readonly refs: (query?: {
    readonly repository?: string
    readonly after?: number
    readonly limit?: number
  }) => Promise<ReadonlyArray<HistoryRef>>
  /** The interval in which a time lies: that of now without it. */
  readonly at: (query: {
    readonly repository: string
    readonly ref: string
    readonly at?: string
  }) => Promise<RefInterval>
  /** The newest first, that begin before a time. */
  readonly intervals: (query: {
    readonly repository: string
    readonly ref: string
    readonly before?: string
    readonly limit?: number
  }) => Promise<ReadonlyArray<RefInterval>>
  /** Which refs ever pointed to a commit, and when. */
  readonly commits: (query: {
    readonly repository: string
    readonly commit: string
    readonly limit?: number
  }) => Promise<ReadonlyArray<RefInterval>>
  /** Of the newest finished build of each module stream, the newest build first; go on below the build `before`. */
  readonly stale: (query?: {
    readonly repository?: string
    readonly ref?: string
    readonly before?: number
    readonly limit?: number
  }) => Promise<ReadonlyArray<StaleComponent>>
  /** Tells of one ref, oldest first; answers how many changes were new. It needs the right to administer. */
  readonly observe: (told: {
    readonly repository: string
    readonly ref: string
    readonly source: "backfill" | "manual"
    readonly changes: ReadonlyArray<ObservedChange>
  }) => Promise<{ readonly recorded: number }>
}
