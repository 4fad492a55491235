/**
 * The `buildafter` relation as a directed graph over positions in a list, and where it runs in a circle.
 *
 * Everything here is linear in components and relations and keeps its own stack: a module of ten thousand components in
 * one chain is as harmless as a flat one.
 */

/** For each component the positions of its prerequisites; `dependents` is the same relation the other way round. */
export interface Prerequisites {
  readonly prerequisites: ReadonlyArray<ReadonlyArray<number>>
  readonly dependents: ReadonlyArray<ReadonlyArray<number>>
}

/**
 * The graph of a list of prerequisites: element N holds the positions of those that must come before N. Positions
 * outside of the list are kept and belong to no node.
 */
export const make = (prerequisites: ReadonlyArray<ReadonlyArray<number>>): Prerequisites => {
  const dependents: Array<Array<number>> = prerequisites.map(() => [])
  prerequisites.forEach((all, node) => all.forEach((prerequisite) => dependents[prerequisite]?.push(node)))
  return { prerequisites, dependents }
}

/**
 * Nodes so that each comes after its prerequisites, otherwise in the given order, level by level. Nodes on a circle, and
 * those behind one, are absent.
 */
export const sort = (graph: Prerequisites): ReadonlyArray<number> => {
  const waiting = graph.prerequisites.map((all) => all.length)
  const order = waiting.flatMap((count, node) => count === 0 ? [node] : [])
  for (let i = 0; i < order.length; i++) {
    for (const dependent of graph.dependents[order[i] as number] ?? []) {
      const left = (waiting[dependent] ?? 0) - 1
      waiting[dependent] = left
      if (left === 0) order.push(dependent)
    }
  }
  return order
}

/**
 * One shortest circle through the first node of each knot, as nodes each of which has the next as prerequisite; circles
 * in the order of their first nodes.
 */
export const cycles = (graph: Prerequisites): ReadonlyArray<ReadonlyArray<number>> => {
  const sorted = new Set(sort(graph))
  if (sorted.size === graph.prerequisites.length) return []
  return knots(graph, (node) => !sorted.has(node)).flatMap((knot) => {
    const members = new Set(knot)
    const path = circle(graph, knot.reduce((a, b) => a < b ? a : b), members)
    return path === undefined ? [] : [path]
  }).sort(([a = 0], [b = 0]) => a - b)
}

/** Breadth first from `start` back to itself, inside of `members`. */
const circle = (graph: Prerequisites, start: number, members: ReadonlySet<number>): Array<number> | undefined => {
  const from = new Map<number, number>()
  const queue = [start]
  for (let i = 0; i < queue.length; i++) {
    const node = queue[i] as number
    for (const next of graph.prerequisites[node] ?? []) {
      if (next === start) {
        const path = [start]
        for (let at = node; at !== start; at = from.get(at) as number) path.push(at)
        return [...path, start].reverse()
      }
      if (members.has(next) && !from.has(next)) {
        from.set(next, node)
        queue.push(next)
      }
    }
  }
  return undefined
}

/** Strongly connected components among the nodes that `within` admits (Tarjan's algorithm with its own stack). */
const knots = (graph: Prerequisites, within: (node: number) => boolean): ReadonlyArray<ReadonlyArray<number>> => {
  const index = new Map<number, number>()
  const low = new Map<number, number>()
  const open = new Set<number>()
  const path: Array<number> = []
  const found: Array<ReadonlyArray<number>> = []
  const visit = (root: number) => {
    const work: Array<{ readonly node: number; next: number }> = [{ node: root, next: 0 }]
    while (work.length > 0) {
      const frame = work[work.length - 1] as { readonly node: number; next: number }
      const { node } = frame
      if (frame.next === 0 && !index.has(node)) {
        index.set(node, index.size)
        low.set(node, index.get(node) as number)
        open.add(node)
        path.push(node)
      }
      const next = (graph.prerequisites[node] ?? [])[frame.next]
      if (next !== undefined) {
        frame.next++
        if (!within(next)) continue
        if (!index.has(next)) work.push({ node: next, next: 0 })
        else if (open.has(next)) low.set(node, Math.min(low.get(node) as number, index.get(next) as number))
        continue
      }
      work.pop()
      const parent = work[work.length - 1]
      if (parent !== undefined) {
        low.set(parent.node, Math.min(low.get(parent.node) as number, low.get(node) as number))
      }
      if (low.get(node) !== index.get(node)) continue
      const knot = path.splice(path.lastIndexOf(node))
      knot.forEach((member) => open.delete(member))
      found.push(knot)
    }
  }
  graph.prerequisites.forEach((_, node) => {
    if (within(node) && !index.has(node)) visit(node)
  })
  return found
}
