/** Tasks of the builder pool as they are offered, and as they stand. Times are milliseconds since the epoch. */

/** A task that is offered to nodes. */
export interface Offer {
  /** Number toward nodes; unique. */
  readonly id: number
  /** Which life, process and part of it wants it done, and which attempt. */
  readonly life: string
  readonly process: number
  readonly part: string
  readonly attempt: number
  readonly arch: string
  readonly package: string
  readonly url: string
  readonly owner: string
  /** Empty for builds without a class. */
  readonly class: string
  readonly priority: number
  /** Seconds of the longest chain that begins with it, and of its own build. */
  readonly path: number
  readonly seconds: number
  /** What the node gets. */
  readonly payload: unknown
}

/** A task as it stands. */
export interface TaskRow {
  readonly id: bigint
  readonly life: string
  readonly process: bigint
  readonly part: string
  readonly attempt: number
  readonly arch: string
  readonly package: string
  readonly url: string
  readonly owner: string
  readonly class: string
  readonly priority: number
  readonly path: number
  readonly seconds: number
  readonly state: string
  readonly node: string | null
  readonly token: number
  readonly tries: number
  readonly since: bigint | null
  readonly until: bigint | null
}

/** A task of which its process has not been told yet. */
export interface Untold extends TaskRow {
  readonly report: unknown
}
