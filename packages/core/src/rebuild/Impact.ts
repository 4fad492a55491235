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

/** What an impact follows from, besides graph and change. */
export interface Rules {
  /** Edges along which a change spreads; build, buildroot, link, module and component unless told. */
  readonly kinds?: ReadonlyArray<DependencyGraph.EdgeKind>
  /** The trigger of each node; `transitive` unless told. */
  readonly triggerOf?: (name: string) => Trigger
  /** Whether a changed node lacks something now that `name` needs; false unless told. Asked for direct dependants with the trigger `vanished`. */
  readonly hasLost?: (changed: string, name: string) => boolean
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

const spreading: ReadonlyArray<DependencyGraph.EdgeKind> = ["build", "buildroot", "link", "module", "component"]

const byCodePoint = (one: string, two: string): number => one < two ? -1 : one > two ? 1 : 0

/** Tiers among marked nodes only: a longest chain through them, with circles as one. */
const tiersAmong = (
  graph: DependencyGraph.DependencyGraph,
  condensation: Condensation.Condensation,
  isMarked: Uint8Array,
  mask: number
): Uint32Array => {
  const tiers = new Uint32Array(Condensation.size(condensation))
  for (let group = 0; group < tiers.length; group++) {
    for (const node of Condensation.membersOf(condensation, group)) {
      if (isMarked[node] === 0) continue
      DependencyGraph.eachDependency(graph, node, mask, (other) => {
        const below = condensation.groupOf[other]!
        if (below !== group && isMarked[other] === 1) tiers[group] = Math.max(tiers[group]!, tiers[below]! + 1)
      })
    }
  }
  return tiers
}

/**
 * What may have to be rebuilt when these nodes change. Linear in nodes and edges; `condensation` must be that of the graph along the
 * same kinds and is made where it is not given.
 */
export const of = (
  graph: DependencyGraph.DependencyGraph,
  changed: Iterable<string>,
  rules: Rules = {},
  condensation?: Condensation.Condensation
): Impact => {
  const mask = DependencyGraph.kindMask(rules.kinds ?? spreading)
  const triggerOf = rules.triggerOf ?? (() => "transitive" as const)
  const deepest = rules.depth ?? Infinity
  const size = graph.names.length
  const isMarked = new Uint8Array(size)
  const distance = new Uint32Array(size)
  const because = new Int32Array(size).fill(-1)
  const kinds = new Uint8Array(size)
  const queue = new Uint32Array(size)
  const unknown: Array<string> = []
  let end = 0
  for (const name of new Set(changed)) {
    const node = graph.positions.get(name)
    if (node === undefined) unknown.push(name)
    else {
      isMarked[node] = 1
      queue[end++] = node
    }
  }
  const isTriggered = (node: number, by: number): boolean => {
    const name = graph.names[node]!
    const trigger = triggerOf(name)
    if (trigger === "transitive") return true
    if (trigger === "source" || distance[by] !== 0) return false
    return trigger === "direct" || (rules.hasLost?.(graph.names[by]!, name) ?? false)
  }
  for (let begin = 0; begin < end; begin++) {
    const node = queue[begin]!
    if (distance[node]! >= deepest) continue
    DependencyGraph.eachDependant(graph, node, mask, (other, kind) => {
      if (isMarked[other] === 1 || !isTriggered(other, node)) return
      isMarked[other] = 1
      distance[other] = distance[node]! + 1
      because[other] = node
      kinds[other] = kind
      queue[end++] = other
    })
  }
  const groups = condensation ?? Condensation.make(graph, mask)
  const tiers = tiersAmong(graph, groups, isMarked, mask)
  const affected = Array.from(queue.subarray(0, end), (node): Affected => ({
    name: graph.names[node]!,
    distance: distance[node]!,
    because: because[node] === -1 ? undefined : graph.names[because[node]!],
    kind: because[node] === -1 ? undefined : DependencyGraph.edgeKinds[kinds[node]!],
    tier: tiers[groups.groupOf[node]!]!
  }))
  return {
    affected: affected.sort((one, two) => one.tier - two.tier || byCodePoint(one.name, two.name)),
    unknown: unknown.sort(byCodePoint)
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
