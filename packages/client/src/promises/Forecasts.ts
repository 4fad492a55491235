/** What the Promise client tells of when something is expected to end. Plain types, held to the API's by a test. */

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
