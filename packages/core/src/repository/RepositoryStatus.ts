/**
 * How far a repository is, and which messages about it come too late.
 *
 * chacra tells `requested`, `queued`, `building`, `ready` by callbacks that are retried thirty seconds apart and therefore
 * overtake each other: a `building` that lands after the `ready` of the same run would hide a finished repository. Other words
 * are allowed (shaman never checked them) and carry no order.
 */

/** Steps of one run, in order; `requested` and, on a finished repository, `queued` begin a new run. */
export const steps = ["requested", "queued", "building", "ready"] as const

export const rank = (status: string): number | undefined => {
  const index = (steps as ReadonlyArray<string>).indexOf(status)
  return index < 0 ? undefined : index
}

/** A status with the sender's own clock (microseconds), null when it told none. */
export interface Told {
  readonly status: string
  readonly sourceModified: bigint | null
}

/**
 * Whether a message may change what is recorded. When both carry the sender's clock, the older one is late and the newer one is
 * not, whatever the words. Without clocks `building` after `ready`, and `queued` after `building`, are late.
 */
export const admits = (current: Told, incoming: Told): boolean => {
  if (current.sourceModified !== null && incoming.sourceModified !== null) {
    if (incoming.sourceModified < current.sourceModified) return false
    if (incoming.sourceModified > current.sourceModified) return true
  }
  const before = rank(current.status)
  const after = rank(incoming.status)
  if (before === undefined || after === undefined || after >= before) return true
  return incoming.status === "requested" || (incoming.status === "queued" && current.status === "ready")
}
