/**
 * Which nodes are really built after a change: the smallest set that gives the same as building everything, and nothing less.
 *
 * A node is looked at when its sources changed or something in its buildroot came out differently; it is built when its input is
 * one that nobody has built before. Members of a circle are built against each other's last outputs, round by round, until
 * nothing changes or the rounds are spent.
 *
 * The build itself is an argument, a plain function, so that whole distributions can be run through in a moment.
 */
import * as BuildInput from "./BuildInput.ts"
import * as Closures from "./Closures.ts"
import * as Condensation from "./Condensation.ts"
import * as DependencyGraph from "./DependencyGraph.ts"
import * as TraceStore from "./TraceStore.ts"

/** What became of a node. */
export type Outcome =
  /** Its input was built before: the earlier result is taken. */
  | { readonly _tag: "Reused"; readonly trace: string }
  /** Something it needs was built anew, and came out as before. */
  | { readonly _tag: "CutOff" }
  | { readonly _tag: "Built"; readonly times: number; readonly because: ReadonlyArray<string> }

/** What is known of a node from its last build. */
export interface Known {
  readonly input: string
  readonly output: BuildInput.Output
}

/** What a run begins with. */
export interface World {
  readonly graph: DependencyGraph.DependencyGraph
  readonly arch: string
  /** Hash of a node's sources and of how they are built. */
  readonly sourcesOf: (name: string) => string
  /** What a run left behind; nodes that are not there have never been built. */
  readonly known: ReadonlyMap<string, Known>
  readonly store: TraceStore.TraceStore
  /** Nodes whose sources or edges may differ from those of their last build; all unless told, which is always right. */
  readonly changed?: Iterable<string>
  /** Rounds of a circle beyond the first; 2 unless told. */
  readonly rounds?: number
}

/** Builds a node of an input whose hash is given. */
export type Build = (name: string, input: BuildInput.BuildInput, hash: string) => BuildInput.Output

/** What a run did. */
export interface RebuildRun {
  readonly known: ReadonlyMap<string, Known>
  readonly store: TraceStore.TraceStore
  /** Nodes that were looked at; the others have nothing to do with the change. */
  readonly outcomes: ReadonlyMap<string, Outcome>
  /** Members of circles that still differed when the rounds were spent, by name. */
  readonly oscillating: ReadonlyArray<ReadonlyArray<string>>
}

const used = DependencyGraph.kindMask(["build", "buildroot", "link"])
const link = DependencyGraph.kindCode("link")
const all = DependencyGraph.kindMask(["build", "buildroot", "link", "runtime"])

const runtime = DependencyGraph.kindMask(["runtime"])

/** Why a node is looked at: not at all, to be sure, or because something in its buildroot came out differently. */
const look = { no: 0, sure: 1, reached: 2 } as const

/** A change reaches a node through what it is built with, and through what that runs on. */
const mark = (graph: DependencyGraph.DependencyGraph, node: number, looks: Uint8Array): void => {
  const reached = new Set([node])
  for (const one of reached) {
    DependencyGraph.eachDependant(graph, one, used, (other) => looks[other] = look.reached)
    DependencyGraph.eachDependant(graph, one, runtime, (other) => reached.add(other))
  }
}

/** Runs until everything is up to date. Each node that is built, and each that came out differently, costs a walk through what runs on what. */
export const run = (world: World, build: Build): RebuildRun => {
  const { arch, graph, sourcesOf } = world
  const rounds = 1 + (world.rounds ?? 2)
  const groups = Condensation.make(graph, all)
  const known = new Map(world.known)
  const traces = new Map(world.store.traces)
  const outcomes = new Map<string, Outcome>()
  const oscillating: Array<ReadonlyArray<string>> = []
  const looks = new Uint8Array(graph.names.length)
  const isChanged = new Uint8Array(graph.names.length)
  const times = new Map<string, number>()
  const closures = Closures.make(graph, (node) => known.get(graph.names[node]!)?.output)

  const inputOf = (node: number): BuildInput.BuildInput => {
    const uses = new Map<number, BuildInput.Use>()
    DependencyGraph.eachDependency(graph, node, used, (other, kind) => {
      // What is linked against and executed as well counts in content.
      if (kind !== link || !uses.has(other)) uses.set(other, kind === link ? "link" : "content")
    })
    const ingredients = [...uses].map(([other, use]) => ({
      name: graph.names[other]!,
      hash: closures.hash(other, use)
    }))
    return { arch, sources: sourcesOf(graph.names[node]!), ingredients }
  }

  /** Traces of all that was in the buildroot: of what it names, and of what that runs on. */
  const fromOf = (node: number): ReadonlyArray<string> => {
    const buildroot = new Set<number>()
    DependencyGraph.eachDependency(graph, node, used, (other) => buildroot.add(other))
    // A set may grow while it is walked: what is added is visited, too.
    for (const one of buildroot) {
      DependencyGraph.eachDependency(graph, one, runtime, (other) => buildroot.add(other))
    }
    return [...new Set([...buildroot].flatMap((one) => known.get(graph.names[one]!)?.input ?? []))]
  }

  const changedAmong = (node: number): ReadonlyArray<string> => {
    const names = new Set<string>()
    DependencyGraph.eachDependency(graph, node, used, (other) => {
      if (isChanged[other] === 1) names.add(graph.names[other]!)
    })
    return [...names].sort()
  }

  /** What a node comes to now; `undefined` where its input is what it was. */
  const step = (node: number, isReached: boolean): Known | undefined => {
    const name = graph.names[node]!
    const input = inputOf(node)
    const hash = BuildInput.hash(input)
    if (known.get(name)?.input === hash) {
      if (isReached && !outcomes.has(name)) outcomes.set(name, { _tag: "CutOff" })
      return undefined
    }
    const trace = traces.get(hash)
    if (trace !== undefined) {
      if (outcomes.get(name)?._tag !== "Built") outcomes.set(name, { _tag: "Reused", trace: hash })
      return { input: hash, output: trace.output }
    }
    const output = build(name, input, hash)
    times.set(name, (times.get(name) ?? 0) + 1)
    outcomes.set(name, { _tag: "Built", times: times.get(name)!, because: changedAmong(node) })
    traces.set(hash, { input: hash, node: name, output, from: fromOf(node) })
    return { input: hash, output }
  }

  const apply = (node: number, next: Known): void => {
    const name = graph.names[node]!
    const before = known.get(name)?.output
    known.set(name, next)
    if (before !== undefined && BuildInput.isSame(before, next.output)) return
    isChanged[node] = 1
    mark(graph, node, looks)
  }

  if (world.changed === undefined) looks.fill(look.sure)
  else {
    for (const name of world.changed) {
      const node = graph.positions.get(name)
      if (node !== undefined) looks[node] = look.sure
    }
  }
  for (const [node, name] of graph.names.entries()) if (!known.has(name)) looks[node] = look.sure

  for (let group = 0; group < Condensation.size(groups); group++) {
    const members = [...Condensation.membersOf(groups, group)]
    const dirty = () => members.filter((node) => looks[node] !== look.no)
    for (let round = 0; round < rounds; round++) {
      closures.forget()
      // All of a round are built against what was there when it began.
      const next = dirty().map((node) => ({ node, isReached: looks[node] === look.reached }))
      if (next.length === 0) break
      for (const { node } of next) looks[node] = look.no
      const made = next.flatMap(({ isReached, node }) => {
        const one = step(node, isReached)
        return one === undefined ? [] : [{ node, one }]
      })
      for (const { node, one } of made) apply(node, one)
    }
    closures.forget()
    const differing = dirty().filter((node) => known.get(graph.names[node]!)?.input !== BuildInput.hash(inputOf(node)))
    if (differing.length > 0) oscillating.push(differing.map((node) => graph.names[node]!).sort())
    closures.settle(members)
    closures.forget()
  }
  return { known, store: { traces, conflicts: world.store.conflicts }, outcomes, oscillating }
}
