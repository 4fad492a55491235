/**
 * How long everything takes that can only be begun after a node: the longest chain of predicted durations that begins with it.
 *
 * Starting the longest chain first keeps a farm busy to the end; `docs/rebuilds.md` shows by how much. Members of a circle are
 * built side by side against what was there before, so none of them waits for another.
 */
import * as Condensation from "./Condensation.ts"
import * as DependencyGraph from "./DependencyGraph.ts"

/** Seconds that a node is taken to need of which nothing is known. */
const unknownSeconds = 300

/** What a node is taken to need, of what it is expected to take: 300 seconds where that is no number of at least zero. */
export const secondsOf = (given: number): number => given >= 0 && Number.isFinite(given) ? given : unknownSeconds

/**
 * For each node the seconds of the longest chain that begins with it, itself included.
 *
 * @param expected what a node is expected to take, read by `secondsOf`.
 * @param condensation that of the graph along the kinds in `mask`.
 */
export const make = (
  graph: DependencyGraph.DependencyGraph,
  condensation: Condensation.Condensation,
  expected: (node: number) => number,
  mask: number = DependencyGraph.kindMask()
): Float64Array => {
  const behind = new Float64Array(graph.names.length)
  const lengths = new Float64Array(graph.names.length)
  // Groups are numbered after all they depend on: backwards, everything behind a group is known.
  for (let group = Condensation.size(condensation) - 1; group >= 0; group--) {
    for (const node of Condensation.membersOf(condensation, group)) {
      lengths[node] = secondsOf(expected(node)) + behind[node]!
      DependencyGraph.eachDependency(graph, node, mask, (other) => {
        if (condensation.groupOf[other] !== group) behind[other] = Math.max(behind[other]!, lengths[node]!)
      })
    }
  }
  return lengths
}
