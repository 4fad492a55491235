/**
 * The graph without its circles: nodes that depend on each other are one group, and groups have an order and tiers.
 *
 * Tarjan's algorithm without recursion, since a chain of a distribution is longer than a stack is deep.
 */
import * as DependencyGraph from "./DependencyGraph.ts"

/** Groups of a graph: for every node its group, and for every group its members and its tier. */
export interface Condensation {
  /** The group of each node. Groups are numbered so that each comes after all it depends on. */
  readonly groupOf: Uint32Array
  /** Members of group `g` are `members[start[g]]` up to `members[start[g + 1] - 1]`. */
  readonly start: Uint32Array
  readonly members: Uint32Array
  /** For each group the length of the longest chain of groups below it: 0 for those that depend on no other. */
  readonly tiers: Uint32Array
}

/** Groups along edges of the kinds in `mask`; all kinds unless told. Linear in nodes and edges. */
export const make = (
  graph: DependencyGraph.DependencyGraph,
  mask: number = DependencyGraph.kindMask()
): Condensation => {
  const size = graph.names.length
  const { ends, kinds, start } = graph.dependencies
  const order = new Uint32Array(size) // 0: not seen yet
  const lowest = new Uint32Array(size)
  const isOpen = new Uint8Array(size)
  const groupOf = new Uint32Array(size)
  const next = start.slice(0, size)
  const open = new Uint32Array(size)
  const path = new Uint32Array(size)
  const members = new Uint32Array(size)
  const starts: Array<number> = [0]
  let opened = 0
  let seen = 0
  let placed = 0

  const enter = (node: number, depth: number): void => {
    order[node] = lowest[node] = ++seen
    open[opened++] = node
    isOpen[node] = 1
    path[depth] = node
  }
  const close = (node: number): void => {
    let one: number
    do {
      one = open[--opened]!
      isOpen[one] = 0
      groupOf[one] = starts.length - 1
      members[placed++] = one
    } while (one !== node)
    starts.push(placed)
  }

  for (let root = 0; root < size; root++) {
    if (order[root] !== 0) continue
    let depth = 0
    enter(root, depth)
    while (depth >= 0) {
      const node = path[depth]!
      if (next[node]! < start[node + 1]!) {
        const edge = next[node]!++
        if ((mask & (1 << kinds[edge]!)) === 0) continue
        const other = ends[edge]!
        if (order[other] === 0) enter(other, ++depth)
        else if (isOpen[other] === 1) lowest[node] = Math.min(lowest[node]!, order[other]!)
        continue
      }
      if (lowest[node] === order[node]) close(node)
      depth--
      if (depth >= 0) lowest[path[depth]!] = Math.min(lowest[path[depth]!]!, lowest[node]!)
    }
  }

  const tiers = new Uint32Array(starts.length - 1)
  for (let group = 0; group < tiers.length; group++) {
    for (let place = starts[group]!; place < starts[group + 1]!; place++) {
      DependencyGraph.eachDependency(graph, members[place]!, mask, (other) => {
        const below = groupOf[other]!
        if (below !== group) tiers[group] = Math.max(tiers[group]!, tiers[below]! + 1)
      })
    }
  }
  return { groupOf, start: Uint32Array.from(starts), members, tiers }
}

/** How many groups there are. */
export const size = ({ start }: Condensation): number => start.length - 1

/** The members of a group, in no particular order. */
export const membersOf = ({ members, start }: Condensation, group: number): Uint32Array =>
  members.subarray(start[group]!, start[group + 1]!)

/** Groups of more than one node: circles, each as the names of its members in code point order. */
export const circles = (
  graph: DependencyGraph.DependencyGraph,
  condensation: Condensation
): ReadonlyArray<ReadonlyArray<string>> =>
  Array.from({ length: size(condensation) }, (_, group) => membersOf(condensation, group))
    .filter((members) => members.length > 1)
    .map((members) => Array.from(members, (node) => graph.names[node]!).sort())
