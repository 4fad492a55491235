/**
 * What something in a buildroot comes to: itself and everything it runs on, as one hash.
 *
 * As in a Merkle tree, the hash of a group of nodes is made of its members' and of those of the groups it runs on. Hashes of what is
 * finished are kept; those of a circle that is being worked on change from round to round.
 */
import * as BuildInput from "./BuildInput.ts"
import * as Condensation from "./Condensation.ts"
import * as DependencyGraph from "./DependencyGraph.ts"

const runtime = DependencyGraph.kindMask(["runtime"])

/** Hashes of runtime closures, by node and use. */
export interface Closures {
  /** The hash of what counts, for this use, of a node and of all it runs on. Linear in the part of the graph not known yet. */
  readonly hash: (node: number, use: BuildInput.Use) => string
  /** The outputs of these nodes do not change any more, and neither do those of what they run on. */
  readonly settle: (nodes: Iterable<number>) => void
  /** Outputs that are not settled may have changed. */
  readonly forget: () => void
}

/** @param outputOf what a node produced last; `undefined` for what was never built. */
export const make = (
  graph: DependencyGraph.DependencyGraph,
  outputOf: (node: number) => BuildInput.Output | undefined
): Closures => {
  const groups = Condensation.make(graph, runtime)
  const isSettled = new Uint8Array(graph.names.length)
  const memory = () => ({ link: new Map<number, string>(), content: new Map<number, string>() })
  const settled = memory()
  let passing = memory()

  const known = (group: number, use: BuildInput.Use): string | undefined =>
    settled[use].get(group) ?? passing[use].get(group)

  const below = (group: number): ReadonlySet<number> => {
    const found = new Set<number>()
    for (const node of Condensation.membersOf(groups, group)) {
      DependencyGraph.eachDependency(graph, node, runtime, (other) => {
        if (groups.groupOf[other] !== group) found.add(groups.groupOf[other]!)
      })
    }
    return found
  }

  const ofGroup = (group: number, use: BuildInput.Use, parts: ReadonlyArray<string>): void => {
    const members = Condensation.membersOf(groups, group)
    const own = Array.from(members, (node) => {
      const output = outputOf(node)
      return BuildInput.hashOf([graph.names[node]!, output === undefined ? "" : BuildInput.relevant(output, use)])
    })
    const hash = BuildInput.hashOf(["closure", String(own.length), ...own.sort(), ...[...parts].sort()])
    const memoryOf = isSettled[members[0]!] === 1 ? settled : passing
    memoryOf[use].set(group, hash)
  }

  return {
    hash: (node, use) => {
      const asked = groups.groupOf[node]!
      const open = [asked]
      while (open.length > 0) {
        const group = open.at(-1)!
        if (known(group, use) !== undefined) {
          open.pop()
          continue
        }
        const parts = [...below(group)]
        const missing = parts.filter((one) => known(one, use) === undefined)
        if (missing.length > 0) {
          open.push(...missing)
          continue
        }
        ofGroup(group, use, parts.map((one) => known(one, use)!))
        open.pop()
      }
      return known(asked, use)!
    },
    settle: (nodes) => {
      for (const node of nodes) isSettled[node] = 1
    },
    forget: () => {
      passing = memory()
    }
  }
}
