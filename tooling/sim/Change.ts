/** What one change sets off when some rebuilds come out unchanged. */
import type * as BuildGraph from "./BuildGraph.ts"
import { even } from "./Chance.ts"

/**
 * 1 for each build that is rebuilt: those that a changed one reaches. A rebuild comes out unchanged with probability
 * `unchanged`, by chance of each build, and then nothing follows from it. With `named`, only what a build names reaches it; otherwise
 * everything that is installed along with that does too, as is sound where nothing is known about interfaces.
 */
export const rebuilt = (
  graph: BuildGraph.BuildGraph,
  changed: number,
  unchanged: number,
  named = false
): Uint8Array => {
  const { offsets, targets } = graph.reached
  const seen = new Uint8Array(graph.names.length)
  const chosen = new Uint8Array(graph.names.length)
  const queue = [changed]
  seen[changed] = chosen[changed] = 1
  for (let at = 0; at < queue.length; at++) {
    const node = queue[at]!
    for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) {
      const target = targets[edge]!
      if (seen[target] === 1 || (named && node >= graph.builds && target >= graph.builds)) continue
      seen[target] = 1
      if (target < graph.builds) chosen[target] = 1
      if (target >= graph.builds || even(target, 20) >= unchanged) queue.push(target)
    }
  }
  return chosen
}
