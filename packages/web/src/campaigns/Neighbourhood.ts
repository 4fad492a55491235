/** What is near a node of a graph: two steps towards what it depends on, and two towards what depends on it. */

/** A node with what it comes after. */
export interface Linked {
  readonly name: string
  readonly after: ReadonlyArray<string>
}

/** Nodes that are shown at once. */
export const most = 60
const steps = 2

/** The node and what is near it, nearer ones first, at most `most`; empty where there is no such node. Linear in nodes and edges. */
export const around = <N extends Linked>(nodes: ReadonlyArray<N>, name: string): ReadonlyArray<N> => {
  const byName = new Map(nodes.map((node) => [node.name, node]))
  if (!byName.has(name)) return []
  const behind = new Map<string, Array<string>>()
  for (const { after, name: one } of nodes) {
    for (const before of after) {
      const known = behind.get(before)
      if (known === undefined) behind.set(before, [one])
      else known.push(one)
    }
  }
  const found = new Set([name])
  let ahead = [name]
  let back = [name]
  for (let step = 0; step < steps; step++) {
    ahead = ahead.flatMap((one) => byName.get(one)?.after ?? []).filter((one) => byName.has(one))
    back = back.flatMap((one) => behind.get(one) ?? [])
    for (let index = 0; index < Math.max(ahead.length, back.length); index++) {
      for (const one of [ahead[index], back[index]]) if (one !== undefined && found.size < most) found.add(one)
    }
  }
  return [...found].map((one) => byName.get(one)!)
}
