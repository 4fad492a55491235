/**
 * What depends on what, as one immutable graph of numbers: a distribution has 100,000 nodes and 600,000 edges, and each question
 * about it is answered while somebody waits.
 *
 * Nodes have names and are known inside of this room by their position. Edges are kept twice, sorted by either end, in arrays of
 * numbers: a walk touches no objects.
 */

/**
 * Why one node needs another.
 *
 * - `build`: named in what the node asks for to be built.
 * - `buildroot`: in the buildroot that was really used, with everything its tools run on. What counts for correctness.
 * - `link`: in the buildroot and only linked against; what counts of it is its interface.
 * - `runtime`: needed by what was built, when it is used.
 * - `module`: a module stream that needs another one.
 * - `component`: a module stream that holds a component.
 */
export const edgeKinds = ["build", "buildroot", "link", "runtime", "module", "component"] as const
/** One of `edgeKinds`. */
export type EdgeKind = (typeof edgeKinds)[number]

/** `from` depends on `to`. */
export interface Edge {
  readonly from: string
  readonly to: string
  readonly kind: EdgeKind
}

/** Edges by one of their ends: those of node `n` are at `start[n]` up to `start[n + 1]`, each with its other end and its kind's code. */
export interface Adjacency {
  readonly start: Uint32Array
  readonly ends: Uint32Array
  readonly kinds: Uint8Array
}

/** A graph: names by position, and edges by either end. */
export interface DependencyGraph {
  readonly names: ReadonlyArray<string>
  readonly positions: ReadonlyMap<string, number>
  /** What each node depends on. */
  readonly dependencies: Adjacency
  /** What depends on each node. */
  readonly dependants: Adjacency
}

/** The number of an edge's kind, which is its place in `edgeKinds`. */
export const kindCode = (kind: EdgeKind): number => edgeKinds.indexOf(kind)

/** A set of kinds as a number, to be handed to questions; all kinds unless some are named. */
export const kindMask = (kinds: ReadonlyArray<EdgeKind> = edgeKinds): number =>
  kinds.reduce((mask, kind) => mask | (1 << kindCode(kind)), 0)

/** Sorts edges by one of their ends: a counting sort, linear and stable. */
const adjacency = (size: number, by: Uint32Array, other: Uint32Array, codes: Uint8Array): Adjacency => {
  const start = new Uint32Array(size + 1)
  for (const node of by) start[node + 1]!++
  for (let node = 0; node < size; node++) start[node + 1]! += start[node]!
  const next = start.slice(0, size)
  const ends = new Uint32Array(by.length)
  const kinds = new Uint8Array(by.length)
  for (let edge = 0; edge < by.length; edge++) {
    const place = next[by[edge]!]!++
    ends[place] = other[edge]!
    kinds[place] = codes[edge]!
  }
  return { start, ends, kinds }
}

/**
 * A graph of edges given as positions and codes of kinds, in three arrays of one length; positions are below `names.length`.
 *
 * @param positions where each name stands, of callers who know already.
 */
export const fromArrays = (
  names: ReadonlyArray<string>,
  from: Uint32Array,
  to: Uint32Array,
  codes: Uint8Array,
  positions: ReadonlyMap<string, number> = new Map(names.map((name, position) => [name, position]))
): DependencyGraph => ({
  names,
  positions,
  dependencies: adjacency(names.length, from, to, codes),
  dependants: adjacency(names.length, to, from, codes)
})

/** The same where nobody asks for names. */
export const unnamed = (size: number, from: Uint32Array, to: Uint32Array, codes: Uint8Array): DependencyGraph =>
  fromArrays(Array.from<string>({ length: size }).fill(""), from, to, codes, new Map())

/**
 * A graph of these edges. Nodes are the names given, in that order and once each, and those that only edges name after them.
 * Linear in nodes and edges.
 */
export const make = (names: Iterable<string>, edges: ReadonlyArray<Edge>): DependencyGraph => {
  const positions = new Map<string, number>()
  const at = (name: string): number => {
    const known = positions.get(name)
    if (known !== undefined) return known
    positions.set(name, positions.size)
    return positions.size - 1
  }
  for (const name of names) at(name)
  const from = new Uint32Array(edges.length)
  const to = new Uint32Array(edges.length)
  const codes = new Uint8Array(edges.length)
  for (const [index, edge] of edges.entries()) {
    from[index] = at(edge.from)
    to[index] = at(edge.to)
    codes[index] = kindCode(edge.kind)
  }
  return fromArrays([...positions.keys()], from, to, codes)
}

/** Positions of names in the order of the names; at once where they stand in it already. */
export const byName = (names: ReadonlyArray<string>): Uint32Array => {
  const order = new Uint32Array(names.length)
  let isOrdered = true
  for (let position = 0; position < order.length; position++) {
    order[position] = position
    if (position > 0 && names[position - 1]! > names[position]!) isOrdered = false
  }
  return isOrdered
    ? order
    : order.sort((one, two) => names[one]! < names[two]! ? -1 : names[one]! > names[two]! ? 1 : 0)
}

/** Calls `visit` for every node that `node` depends on by an edge of the kinds in `mask`; one call for each edge. */
export const eachDependency = (
  { dependencies: { ends, kinds, start } }: DependencyGraph,
  node: number,
  mask: number,
  visit: (other: number, kind: number) => void
): void => {
  for (let edge = start[node]!; edge < start[node + 1]!; edge++) {
    if ((mask & (1 << kinds[edge]!)) !== 0) visit(ends[edge]!, kinds[edge]!)
  }
}

/** Calls `visit` for every node that depends on `node` by an edge of the kinds in `mask`; one call for each edge. */
export const eachDependant = (
  { dependants: { ends, kinds, start } }: DependencyGraph,
  node: number,
  mask: number,
  visit: (other: number, kind: number) => void
): void => {
  for (let edge = start[node]!; edge < start[node + 1]!; edge++) {
    if ((mask & (1 << kinds[edge]!)) !== 0) visit(ends[edge]!, kinds[edge]!)
  }
}
