/**
 * Which storage node takes the next upload: strictly the least recently used of the healthy ones, in proportion to weights.
 *
 * Every healthy node has a due turn; the earliest is taken and moved on by an amount that shrinks with its weight (stride
 * scheduling). With equal weights that is the plain rotation shaman had. A node that is new or comes back is due with the
 * earliest of the others, so it is used again at once and cannot claim the turns it slept through.
 */

/** A storage node and its place in the rotation. */
export interface Node {
  readonly id: number
  readonly host: string
  readonly healthy: boolean
  /** Takes no new uploads, though it is healthy. */
  readonly draining: boolean
  /** 1 to 100; twice the weight, twice the turns. */
  readonly weight: number
  /** Its next turn, in the unit of `fullTurn`; the smallest is next. */
  readonly due: bigint
  /** Microseconds since the epoch, 0 when never used. */
  readonly lastUsed: bigint
  /** Failed probes in a row. */
  readonly downCount: number
}

/** Divisible by every weight up to 10 and by the usual larger ones, so that equal shares stay exactly equal. */
export const fullTurn = 2_520_000n

/** How far a node's due turn moves when it is used. */
export const stride = (weight: number): bigint => fullTurn / BigInt(weight)

const available = (node: Node): boolean => node.healthy && !node.draining

const earlier = (a: Node, b: Node): number =>
  a.due !== b.due
    ? (a.due < b.due ? -1 : 1)
    : a.lastUsed !== b.lastUsed
    ? (a.lastUsed < b.lastUsed ? -1 : 1)
    : a.id - b.id

/**
 * The node to use now, already moved on to its next turn; undefined when none is healthy and takes uploads. `now` is in
 * microseconds since the epoch.
 */
export const next = (nodes: ReadonlyArray<Node>, now: bigint): Node | undefined => {
  const chosen = nodes.filter(available).sort(earlier)[0]
  return chosen && { ...chosen, due: chosen.due + stride(chosen.weight), lastUsed: now }
}

/** The due turn of a node that joins or returns: the earliest among the others in use, or its own when that is later. */
export const joinDue = (own: bigint, others: ReadonlyArray<Node>): bigint => {
  const inUse = others.filter(available).map((node) => node.due)
  if (inUse.length === 0) return own
  const earliest = inUse.reduce((a, b) => a < b ? a : b)
  return own > earliest ? own : earliest
}

/**
 * A probe's result. Success heals at once; failures take the node out when `retries` of them came in a row, or at once when the
 * node was only just registering itself.
 */
export const probed = (node: Node, ok: boolean, retries: number, registering: boolean): Node => {
  if (ok) return { ...node, healthy: true, downCount: 0 }
  if (registering) return { ...node, healthy: false }
  const downCount = node.downCount + 1
  return { ...node, downCount, healthy: node.healthy && downCount < retries }
}
