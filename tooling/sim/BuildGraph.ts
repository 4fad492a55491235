/**
 * What is built and what has to be there before, as arrays of numbers. The first `builds` nodes are builds; all others are
 * there as soon as everything before them is, such as packages and whole modules.
 *
 * Builds that depend on each other in circles are built against what was there before: edges within a circle are left out,
 * so each build happens once. That is the first round of a rebuild; it makes the graph shallower than a bootstrap from nothing.
 */

import * as Condensation from "@orch/core/rebuild/Condensation"
import * as DependencyGraph from "@orch/core/rebuild/DependencyGraph"
import * as DownstreamWork from "@orch/core/rebuild/DownstreamWork"

/** A graph without circles. */
export interface BuildGraph {
  readonly name: string
  readonly names: ReadonlyArray<string>
  readonly builds: number
  /** The size of what is built from, where known. */
  readonly bytes: Float64Array
  /** What waits for node `n`: `targets` from `offsets[n]` to `offsets[n + 1]`. */
  readonly dependents: Rows
  /** The same with the edges within circles. */
  readonly reached: Rows
  /** The same as core's rooms have it. */
  readonly graph: DependencyGraph.DependencyGraph
  readonly circles: Condensation.Condensation
  /** For each node how many others it waits for. */
  readonly waits: Int32Array
  /** Every node after all that it waits for. */
  readonly order: Int32Array
  readonly edges: number
  /** The size of the largest circle, in builds. */
  readonly largestCircle: number
}

export interface Rows {
  readonly offsets: Int32Array
  readonly targets: Int32Array
}

export interface Parts {
  readonly name: string
  readonly names: ReadonlyArray<string>
  readonly builds: number
  readonly bytes: Float64Array
  /** Each is dependent times the number of nodes, plus dependency. */
  readonly edges: Iterable<number>
}

const rows = (size: number, from: ArrayLike<number>, to: ArrayLike<number>): Rows => {
  const offsets = new Int32Array(size + 1)
  for (let at = 0; at < from.length; at++) offsets[from[at]! + 1]!++
  for (let node = 0; node < size; node++) offsets[node + 1]! += offsets[node]!
  const next = offsets.slice(0, size)
  const targets = new Int32Array(from.length)
  for (let at = 0; at < from.length; at++) targets[next[from[at]!]!++] = to[at]!
  return { offsets, targets }
}

export const make = ({ builds, bytes, edges, name, names }: Parts): BuildGraph => {
  const size = names.length
  const [dependents, dependencies]: [Array<number>, Array<number>] = [[], []]
  for (const edge of edges) {
    dependents.push(Math.floor(edge / size))
    dependencies.push(edge % size)
  }
  const graph = DependencyGraph.fromArrays(
    names,
    Uint32Array.from(dependents),
    Uint32Array.from(dependencies),
    new Uint8Array(dependents.length)
  )
  const circles = Condensation.make(graph)
  const circleOf = circles.groupOf
  const sizes = new Int32Array(Condensation.size(circles))
  for (let node = 0; node < builds; node++) sizes[circleOf[node]!]!++
  const kept = dependents.flatMap((node, at) => circleOf[node] === circleOf[dependencies[at]!] ? [] : [at])
  const waits = new Int32Array(size)
  for (const at of kept) waits[dependents[at]!]!++
  return {
    name,
    names,
    builds,
    bytes,
    dependents: rows(size, kept.map((at) => dependencies[at]!), kept.map((at) => dependents[at]!)),
    reached: rows(size, dependencies, dependents),
    graph,
    circles,
    waits,
    order: Int32Array.from(circles.members),
    edges: dependents.length,
    largestCircle: sizes.reduce((most, builds) => Math.max(most, builds), 0)
  }
}

/**
 * For each node the length of the longest chain that begins with it. `behind` is added between one build and the next: a chain has one
 * pause fewer than builds.
 */
export const downstream = ({ builds, circles, graph }: BuildGraph, seconds: Float64Array, behind = 0): Float64Array =>
  DownstreamWork.make(graph, circles, (node) => node < builds ? seconds[node]! + behind : 0)
    .map((length) => Math.max(0, length - behind))

/** The tier of each node, builds counted from 1: one more than the highest tier that it waits for. */
export const tiers = (graph: BuildGraph): Int32Array => {
  const { offsets, targets } = graph.dependents
  const tierOf = new Int32Array(graph.names.length)
  for (const node of graph.order) {
    if (node < graph.builds) tierOf[node]!++
    for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) {
      tierOf[targets[edge]!] = Math.max(tierOf[targets[edge]!]!, tierOf[node]!)
    }
  }
  return tierOf
}
