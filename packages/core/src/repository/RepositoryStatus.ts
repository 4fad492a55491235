/**
 * Which messages about a repository come too late.
 *
 * chacra tells `requested`, `queued`, `building`, `ready` by callbacks that are retried thirty seconds apart and therefore
 * overtake each other: a `building` that lands after the `ready` of the same run would hide a finished repository. Any other
 * change of status may be the beginning of a new run, and any other word is allowed (shaman never checked them).
 */

/** Words that say that a repository is on its way and not there yet. */
export const underWay: ReadonlyArray<string> = ["requested", "queued", "building"]

/** A status with the sender's own clock (microseconds), null when it told none. */
export interface Told {
  readonly status: string
  readonly sourceModified: bigint | null
}

/**
 * Whether a message may change what is recorded. When both carry the sender's clock, the older one is late and the newer one is
 * not, whatever the words. Otherwise only `building` after `ready` is late: a new run is `requested` or `queued` first. A message
 * about another build (`sameBuild` false) is the beginning of a new run, whatever its word.
 */
export const admits = (current: Told, incoming: Told, sameBuild = true): boolean => {
  if (current.sourceModified !== null && incoming.sourceModified !== null) {
    if (incoming.sourceModified !== current.sourceModified) return incoming.sourceModified > current.sourceModified
  }
  return !(sameBuild && current.status === "ready" && incoming.status === "building")
}
