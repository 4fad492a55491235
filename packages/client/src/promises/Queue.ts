/** What the Promise client tells of what waits for a slot, a builder or a node. Plain types, held to the API's by a test. */

/** Something that waits. Times are RFC 3339 in UTC. */
export interface QueueEntry {
  /** For what: a slot under the server's limits, a builder of a build system, a node of the pool. */
  readonly kind: "slot" | "builder" | "node"
  /** From 1, among those of its kind. */
  readonly place: number
  readonly life: string
  readonly build: number
  readonly part: string
  readonly owner: string
  readonly arches: ReadonlyArray<string>
  readonly priority: number
  readonly since: string | null
  /** Why it has this place. */
  readonly sentence: string
  readonly expected_at: string | null
  readonly node: string | null
}

/** The place of one part of a build, and who is in front of it. */
export interface QueuePlace extends QueueEntry {
  /** How many of its kind wait. */
  readonly of: number
  /** Those that come right before it, the next one first. */
  readonly ahead: ReadonlyArray<{
    readonly life: string
    readonly build: number
    readonly part: string
    readonly owner: string
  }>
}
