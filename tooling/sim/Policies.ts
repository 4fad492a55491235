/** Ways to choose what starts next, for comparison. Smaller ranks start first. */
import * as DispatchOrder from "@orch/core/rebuild/DispatchOrder"
import * as BuildGraph from "./BuildGraph.ts"
import { normal } from "./Chance.ts"

export interface Policy {
  readonly name: string
  /** By builds and what they are expected to take. Undefined: as they became ready. */
  readonly rank: (graph: BuildGraph.BuildGraph, expected: Float64Array) => Float64Array | undefined
  readonly barrier?: boolean
}

/** How many builds name a package of each build. */
const dependants = ({ builds, reached: { offsets, targets }, names }: BuildGraph.BuildGraph): Float64Array => {
  const counts = new Float64Array(names.length)
  const all = (node: number) => targets.subarray(offsets[node]!, offsets[node + 1]!)
  for (let node = 0; node < builds; node++) {
    const found = new Set<number>()
    for (const near of all(node)) {
      if (near < builds) found.add(near)
      else for (const far of all(near)) if (far < builds) found.add(far)
    }
    counts[node] = found.size
  }
  return counts
}

/** The order in which campaigns begin what could be begun: core's own. */
const ours = (graph: BuildGraph.BuildGraph, expected: Float64Array): Float64Array => {
  const lengths = BuildGraph.downstream(graph, expected)
  const candidates = graph.names.slice(0, graph.builds).map((name, node) => ({
    name,
    node,
    class: "mass" as const,
    owner: "distribution",
    downstream: lengths[node]!,
    since: 0
  }))
  const ranks = new Float64Array(graph.names.length)
  for (const [place, { node }] of DispatchOrder.sort(candidates, () => 0).entries()) ranks[node] = place
  return ranks
}

export const policies: ReadonlyArray<Policy> = [
  { name: "tier barrier", rank: () => undefined, barrier: true },
  { name: "FIFO", rank: () => undefined },
  { name: "most dependants", rank: (graph) => dependants(graph).map((count) => -count) },
  { name: "ours", rank: ours }
]

/** Predictions that are wrong by a factor: lognormal with deviation `sigma`, by chance of each build. */
export const predicted = (seconds: Float64Array, sigma: number): Float64Array =>
  sigma === 0 ? seconds : seconds.map((value, node) => value * Math.exp(sigma * normal(node, 7)))

/** Nobody has published durations of all of Debian's builds: three models, the same in every run. */
export const durations = {
  "lognormal": (graph: BuildGraph.BuildGraph) => graph.bytes.map((_, node) => 240 * Math.exp(1.2 * normal(node, 3))),
  "by size": (graph: BuildGraph.BuildGraph) => graph.bytes.map((bytes) => 60 + 60 * Math.sqrt(bytes / 1e6)),
  "constant": (graph: BuildGraph.BuildGraph) => graph.bytes.map(() => 300)
}
