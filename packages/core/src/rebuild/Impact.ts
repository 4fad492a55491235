/**
 * What may have to be rebuilt because something changed, in which order, and why each: the worst case, before any cut-off.
 *
 * A project says by its trigger what counts for it. Along the shortest way the reason is kept, so that the answer to "why" is a
 * path and not a set.
 */
import * as Condensation from "./Condensation.ts"
import * as DependencyGraph from "./DependencyGraph.ts"

/**
 * When a node is rebuilt.
 *
 * - `source`: only when its own sources change.
 * - `direct`: also when something changes that it names itself.
 * - `transitive`: also when something changes in the buildroot of what it needs.
 * - `vanished`: only when something is gone that it needs; the caller says for which changes that is so.
 */
export type Trigger = "source" | "direct" | "transitive" | "vanished"

/** What an impact follows from, besides graph and change; nodes are known by their names, or by their positions to `reach`. */
export interface Rules<Node = string> {
  /** Edges along which a change spreads; build, buildroot, link, module and component unless told. */
  readonly kinds?: ReadonlyArray<DependencyGraph.EdgeKind>
  /** The trigger of each node; `transitive` unless told. */
  readonly triggerOf?: (node: Node) => Trigger
  /** Whether a changed node lacks something now that `node` needs; false unless told. Asked for direct dependants with the trigger `vanished`. */
  readonly hasLost?: (changed: Node, node: Node) => boolean
  /** Edges to follow at most from a change; without a bound unless told. */
  readonly depth?: number
}

/** A node that is affected: at which distance, and because of which other. */
export interface Affected {
  readonly name: string
  /** Edges to the nearest change: 0 for what changed itself. */
  readonly distance: number
  /** The next node on the shortest way to a change; `undefined` for what changed itself. */
  readonly because: string | undefined
  /** The kind of the edge to it. */
  readonly kind: DependencyGraph.EdgeKind | undefined
  /** From 0: no node of a tier waits for one of the same tier, those in one circle excepted. */
  readonly tier: number
}

/** An impact: affected nodes, those of lower tiers first, by name within a tier; names that the graph does not know. */
export interface Impact {
  readonly affected: ReadonlyArray<Affected>
  readonly unknown: ReadonlyArray<string>
}

/** The same in numbers, of one graph: a walk of 100,000 nodes makes no objects. What is said by position counts for nodes of `order` alone. */
export interface Reach {
  /** Positions of affected nodes, those of lower tiers first, by name within a tier. */
  readonly order: Uint32Array
  readonly distance: Uint32Array
  /** -1 for what changed itself. */
  readonly because: Int32Array
  /** Codes of the kinds of the edges to `because`. */
  readonly kinds: Uint8Array
  readonly tiers: Uint32Array
}

const spreading: ReadonlyArray<DependencyGraph.EdgeKind> = ["build", "buildroot", "link", "module", "component"]

const byCodeUnit = (one: string, two: string): number => one < two ? -1 : one > two ? 1 : 0

/** By position the tiers of marked nodes among each other: the longest chain through them, with circles as one. */
const tiersAmong = (
  { dependencies: { ends, kinds, start } }: DependencyGraph.DependencyGraph,
  { groupOf, members, start: groups }: Condensation.Condensation,
  isMarked: Uint8Array,
  mask: number
): Uint32Array => {
  const tiers = new Uint32Array(isMarked.length)
  for (let group = 0; group < groups.length - 1; group++) {
    let tier = 0
    for (let place = groups[group]!; place < groups[group + 1]!; place++) {
      const node = members[place]!
      if (isMarked[node] === 0) continue
      for (let edge = start[node]!; edge < start[node + 1]!; edge++) {
        const other = ends[edge]!
        if (isMarked[other] === 0 || (mask & (1 << kinds[edge]!)) === 0 || groupOf[other] === group) continue
        if (tiers[other]! >= tier) tier = tiers[other]! + 1
      }
    }
    for (let place = groups[group]!; tier > 0 && place < groups[group + 1]!; place++) tiers[members[place]!] = tier
  }
  return tiers
}

/** Marked nodes in the order of their tiers, as `byName` within one: a counting sort. */
const ordered = (isMarked: Uint8Array, count: number, tiers: Uint32Array, byName: Uint32Array): Uint32Array => {
  const next: Array<number> = [0]
  for (let node = 0; node < isMarked.length; node++) {
    if (isMarked[node] === 1) next[tiers[node]! + 1] = (next[tiers[node]! + 1] ?? 0) + 1
  }
  for (let tier = 1; tier < next.length; tier++) next[tier] = next[tier - 1]! + (next[tier] ?? 0)
  const order = new Uint32Array(count)
  for (const node of byName) if (isMarked[node] === 1) order[next[tiers[node]!]!++] = node
  return order
}

/**
 * What may have to be rebuilt when the nodes at these positions change. Linear in nodes and edges; `condensation` must be that of the graph along
 * the same kinds, and `byName` its nodes as `DependencyGraph.byName` has them: both are made where they are not given.
 */
export const reach = (
  graph: DependencyGraph.DependencyGraph,
  changed: Iterable<number>,
  rules: Rules<number> = {},
  condensation?: Condensation.Condensation,
  byName: Uint32Array = DependencyGraph.byName(graph.names)
): Reach => {
  const mask = DependencyGraph.kindMask(rules.kinds ?? spreading)
  const { triggerOf } = rules
  const deepest = rules.depth ?? Infinity
  const size = graph.names.length
  const isMarked = new Uint8Array(size)
  const distance = new Uint32Array(size)
  const because = new Int32Array(size).fill(-1)
  const kinds = new Uint8Array(size)
  const queue = new Uint32Array(size)
  let count = 0
  for (const node of changed) {
    if (isMarked[node] === 1) continue
    isMarked[node] = 1
    queue[count++] = node
  }
  const isTriggered = (node: number, by: number): boolean => {
    if (triggerOf === undefined) return true
    const trigger = triggerOf(node)
    if (trigger === "transitive") return true
    if (trigger === "source" || distance[by] !== 0) return false
    return trigger === "direct" || (rules.hasLost?.(by, node) ?? false)
  }
  const { ends, kinds: codes, start } = graph.dependants
  for (let begin = 0; begin < count; begin++) {
    const node = queue[begin]!
    if (distance[node]! >= deepest) continue
    for (let edge = start[node]!; edge < start[node + 1]!; edge++) {
      const other = ends[edge]!
      if (isMarked[other] === 1 || (mask & (1 << codes[edge]!)) === 0 || !isTriggered(other, node)) continue
      isMarked[other] = 1
      distance[other] = distance[node]! + 1
      because[other] = node
      kinds[other] = codes[edge]!
      queue[count++] = other
    }
  }
  const tiers = tiersAmong(graph, condensation ?? Condensation.make(graph, mask), isMarked, mask)
  return { order: ordered(isMarked, count, tiers, byName), distance, because, kinds, tiers }
}

/** What may have to be rebuilt when these nodes change, as `reach` finds it, with names. */
export const of = (
  graph: DependencyGraph.DependencyGraph,
  changed: Iterable<string>,
  rules: Rules = {},
  condensation?: Condensation.Condensation
): Impact => {
  const unknown: Array<string> = []
  const known: Array<number> = []
  for (const name of new Set(changed)) {
    const node = graph.positions.get(name)
    if (node === undefined) unknown.push(name)
    else known.push(node)
  }
  const { depth, hasLost, kinds: along, triggerOf } = rules
  const { because, distance, kinds, order, tiers } = reach(graph, known, {
    ...(along === undefined ? {} : { kinds: along }),
    ...(depth === undefined ? {} : { depth }),
    ...(triggerOf === undefined ? {} : { triggerOf: (node) => triggerOf(graph.names[node]!) }),
    ...(hasLost === undefined ? {} : { hasLost: (by, node) => hasLost(graph.names[by]!, graph.names[node]!) })
  }, condensation)
  return {
    affected: Array.from(order, (node): Affected => ({
      name: graph.names[node]!,
      distance: distance[node]!,
      because: because[node] === -1 ? undefined : graph.names[because[node]!],
      kind: because[node] === -1 ? undefined : DependencyGraph.edgeKinds[kinds[node]!],
      tier: tiers[node]!
    })),
    unknown: unknown.sort(byCodeUnit)
  }
}

/** The way from a node to the change that affects it, both included; empty for a node that is not affected. */
export const path = ({ affected }: Impact, name: string): ReadonlyArray<string> => {
  const by = new Map(affected.map((one) => [one.name, one]))
  const way: Array<string> = []
  for (let one = by.get(name); one !== undefined; one = one.because === undefined ? undefined : by.get(one.because)) {
    way.push(one.name)
  }
  return way
}
