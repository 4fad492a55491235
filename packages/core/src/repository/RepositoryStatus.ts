/**
 * Which messages about a repository come too late.
 *
 * chacra tells `requested`, `queued`, `building`, `ready` by callbacks that are retried thirty seconds apart and therefore
 * overtake each other: a `building` that lands after the `ready` of the same run would hide a finished repository. Any other
 * change of status may be the beginning of a new run, and any other word is allowed (shaman never checked them).
 */

/** A status with the sender's own clock (microseconds), null when it told none. */
export interface Told {
  readonly status: string
  readonly sourceModified: bigint | null
}

/**
 * Whether a message may change what is recorded. When both carry the sender's clock, the older one is late and the newer one is
 * not, whatever the words. Otherwise only `building` after `ready` is late: a new run is `requested` or `queued` first.
 */
export const admits = (current: Told, incoming: Told): boolean => {
  if (current.sourceModified !== null && incoming.sourceModified !== null) {
    if (incoming.sourceModified !== current.sourceModified) return incoming.sourceModified > current.sourceModified
  }
  return !(current.status === "ready" && incoming.status === "building")
}
