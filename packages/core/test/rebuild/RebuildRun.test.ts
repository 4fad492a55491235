/** What is rebuilt is exactly what has to be: nothing less than building everything, and nothing more than what really changed. */
import { assert, describe, it } from "@effect/vitest"
import * as BuildInput from "@orch/core/rebuild/BuildInput"
import * as CutOffAudit from "@orch/core/rebuild/CutOffAudit"
import * as DependencyGraph from "@orch/core/rebuild/DependencyGraph"
import * as RebuildRun from "@orch/core/rebuild/RebuildRun"
import * as TraceStore from "@orch/core/rebuild/TraceStore"
import * as RandomGraphs from "./RandomGraphs.ts"

type World = RebuildRun.World

/** What a node may use: itself aside, everything that its ingredients run on. Deliberately slow and simple. */
const closure = (graph: DependencyGraph.DependencyGraph, node: number): ReadonlySet<number> => {
  const found = new Set([node])
  for (const one of found) {
    DependencyGraph.eachDependency(graph, one, DependencyGraph.kindMask(["runtime"]), (other) => found.add(other))
  }
  return found
}

/** The strongest use of each node in a buildroot. */
const buildroot = (graph: DependencyGraph.DependencyGraph, node: number): ReadonlyMap<number, BuildInput.Use> => {
  const uses = new Map<number, BuildInput.Use>()
  const mask = DependencyGraph.kindMask(["build", "buildroot", "link"])
  const direct = new Map<number, BuildInput.Use>()
  DependencyGraph.eachDependency(graph, node, mask, (other, kind) => {
    const use = kind === DependencyGraph.kindCode("link") ? "link" : "content"
    if (direct.get(other) !== "content") direct.set(other, use)
  })
  for (const [other, use] of direct) {
    for (const one of closure(graph, other)) if (uses.get(one) !== "content") uses.set(one, use)
  }
  return uses
}

/** Whether, by what the oracle sees, anything that counts for a node differs between two worlds. */
const differs = (
  graph: DependencyGraph.DependencyGraph,
  node: number,
  before: ReadonlyMap<string, RebuildRun.Known>,
  after: ReadonlyMap<string, RebuildRun.Known>
): boolean =>
  [...buildroot(graph, node)].some(([other, use]) => {
    const name = graph.names[other]!
    const [one, two] = [before.get(name)?.output, after.get(name)?.output]
    return (one && BuildInput.relevant(one, use)) !== (two && BuildInput.relevant(two, use))
  })

const world = (graph: DependencyGraph.DependencyGraph, versions: ReadonlyMap<string, string>): World => ({
  graph,
  arch: "x86_64",
  sourcesOf: (name) => `${name}@${versions.get(name) ?? "1.0"}`,
  known: new Map(),
  store: TraceStore.empty,
  rounds: 30
})

const tagged = (run: RebuildRun.RebuildRun, tag: RebuildRun.Outcome["_tag"]): ReadonlyArray<string> =>
  [...run.outcomes].filter(([, one]) => one._tag === tag).map(([name]) => name).sort()

const graphs = 1000

describe("a rebuild", () => {
  it(`of ${graphs} random graphs with circles builds what the oracle builds, then nothing, and nothing when it is taken back`, () => {
    let withCircles = 0
    let built = 0
    let cut = 0
    for (let seed = 1; seed <= graphs; seed++) {
      const next = RandomGraphs.random(seed)
      const nodes = 4 + Math.floor(next() * 9)
      const graph = RandomGraphs.graph(next, nodes, Math.floor(nodes * (1 + next() * 1.5)))
      const build = RandomGraphs.build(Math.floor(next() * 10))
      const first = RebuildRun.run(world(graph, new Map()), build)
      if (first.oscillating.length > 0) continue
      const changed = new Map<string, string>(
        Array.from(
          { length: 1 + Math.floor(next() * 3) },
          () => [`n${Math.floor(next() * nodes)}`, next() < 0.5 ? "1.1" : "2.0"] as const
        )
      )
      const later = { ...world(graph, changed), known: first.known, store: first.store }
      const second = RebuildRun.run(later, build)
      if (second.oscillating.length > 0) continue
      if (
        first.outcomes.size > 0 && [...first.outcomes.values()].some((one) => one._tag === "Built" && one.times > 1)
      ) {
        withCircles++
      }

      // The oracle looks at every node: it has to be built when its sources changed or anything that counts in its buildroot did.
      const due = graph.names.filter((name, node) =>
        changed.has(name) || differs(graph, node, first.known, second.known)
      )
      const touched = [...tagged(second, "Built"), ...tagged(second, "Reused")].sort()
      // In a circle a member may be built on the way to where it was before.
      assert.includeMembers(touched, due.sort(), `seed ${seed}`)
      for (const name of touched) {
        const isOnTheWay = second.outcomes.get(name)?._tag === "Built" || due.includes(name)
        assert.isTrue(isOnTheWay, `seed ${seed}: ${name}`)
      }
      if (![...second.outcomes.values()].some((one) => one._tag === "Built" && one.times > 1)) {
        assert.deepStrictEqual(touched, due.sort(), `seed ${seed}`)
      }
      built += touched.length
      cut += tagged(second, "CutOff").length

      const again = RebuildRun.run({ ...later, known: second.known, store: second.store }, build)
      assert.deepStrictEqual([tagged(again, "Built"), tagged(again, "Reused")], [[], []], `seed ${seed}`)
      const told = RebuildRun.run({ ...later, changed: changed.keys() }, build)
      assert.deepStrictEqual(told.known, second.known, `seed ${seed}: only what changed is named`)

      const back = RebuildRun.run(
        { ...world(graph, new Map()), known: second.known, store: second.store },
        build
      )
      if (![...second.outcomes.values()].some((one) => one._tag === "Built" && one.times > 1)) {
        assert.deepStrictEqual(tagged(back, "Built"), [], `seed ${seed}: taken back`)
      }
    }
    assert.isAbove(withCircles, graphs / 10)
    assert.isAbove(built, graphs)
    assert.isAbove(cut, graphs / 10)
  })

  const edge = (from: string, to: string, kind: DependencyGraph.EdgeKind): DependencyGraph.Edge => ({ from, to, kind })

  it("goes through a tool that is the same itself and whose library changed", () => {
    // The application is built with the compiler, which runs on a library.
    const graph = DependencyGraph.make([], [edge("app", "compiler", "build"), edge("compiler", "library", "runtime")])
    const build = RandomGraphs.build(0)
    const first = RebuildRun.run(world(graph, new Map()), build)
    const second = RebuildRun.run(
      { ...world(graph, new Map([["library", "1.1"]])), known: first.known, store: first.store },
      build
    )
    assert.deepStrictEqual(tagged(second, "Built"), ["app", "library"])
    assert.isUndefined(second.outcomes.get("compiler"))
  })

  it("stops where a library that is only linked against keeps its interface, and goes on where it does not", () => {
    const graph = DependencyGraph.make([], [edge("app", "library", "link")])
    const build = RandomGraphs.build(0)
    const first = RebuildRun.run(world(graph, new Map()), build)
    const to = (version: string) =>
      RebuildRun.run(
        { ...world(graph, new Map([["library", version]])), known: first.known, store: first.store },
        build
      )
    assert.deepStrictEqual(tagged(to("1.1"), "Built"), ["library"])
    assert.deepStrictEqual(tagged(to("1.1"), "CutOff"), ["app"])
    assert.deepStrictEqual(tagged(to("2.0"), "Built"), ["app", "library"])
  })

  it("does not stop at an interface where the library is executed as well", () => {
    const graph = DependencyGraph.make([], [edge("app", "library", "link"), edge("app", "library", "build")])
    const build = RandomGraphs.build(0)
    const first = RebuildRun.run(world(graph, new Map()), build)
    const second = RebuildRun.run(
      { ...world(graph, new Map([["library", "1.1"]])), known: first.known, store: first.store },
      build
    )
    assert.deepStrictEqual(tagged(second, "Built"), ["app", "library"])
  })

  it("takes the result of an equal input from another architecture never, and from another stream always", () => {
    const graph = DependencyGraph.make([], [edge("app", "library", "build")])
    const build = RandomGraphs.build(0)
    const first = RebuildRun.run(world(graph, new Map()), build)
    const elsewhere = { ...world(graph, new Map()), store: first.store }
    assert.deepStrictEqual(tagged(RebuildRun.run(elsewhere, build), "Reused"), ["app", "library"])
    assert.deepStrictEqual(tagged(RebuildRun.run({ ...elsewhere, arch: "s390x" }, build), "Reused"), [])
  })

  it("ends a circle that never comes to rest, and names its members", () => {
    const graph = DependencyGraph.make([], [edge("a", "b", "build"), edge("b", "a", "build"), edge("c", "a", "build")])
    let counter = 0
    const restless: RebuildRun.Build = () => ({ content: String(counter++), interface: "" })
    const run = RebuildRun.run({ ...world(graph, new Map()), rounds: 2 }, restless)
    assert.deepStrictEqual(run.oscillating, [["a", "b"]])
    for (const name of ["a", "b"]) {
      const outcome = run.outcomes.get(name)
      assert.isTrue(outcome?._tag === "Built" && outcome.times <= 3)
    }
    assert.deepStrictEqual(tagged(run, "Built"), ["a", "b", "c"])
  })

  it("is repaired after a false cut: the audit finds it, and all that was made of it is planned again", () => {
    const names = ["base", "left", "right", "top"]
    const graph = DependencyGraph.make(names, [
      edge("left", "base", "build"),
      edge("right", "base", "build"),
      edge("top", "left", "build")
    ])
    const build = RandomGraphs.build(0)
    const honest = RebuildRun.run(world(graph, new Map()), build)
    // Somebody recorded a result of `left` that is not what its input gives.
    const input = honest.known.get("left")!.input
    const planted = new Map(honest.store.traces)
    planted.set(input, { ...planted.get(input)!, output: { content: "wrong", interface: "wrong" } })
    const poisoned: TraceStore.TraceStore = { traces: planted, conflicts: [] }
    const run = RebuildRun.run({ ...world(graph, new Map()), store: poisoned }, build)
    assert.strictEqual(run.known.get("left")?.output.content, "wrong")
    const cuts = names.map((node) => ({ node, input: run.known.get(node)!.input }))
    const rebuilt = CutOffAudit.sample(cuts, 10, RandomGraphs.random(1)).map((cut) => ({
      ...cut,
      output: honest.known.get(cut.node)!.output
    })).filter(({ node }) => node !== "top")
    const audit = CutOffAudit.judge(run.store, rebuilt)
    assert.deepStrictEqual(audit.falseCuts.map(({ node }) => node), ["left"])
    assert.closeTo(audit.rate!, 1 / 3, 1e-9)
    assert.isTrue(audit.upperBound > audit.rate! && audit.upperBound < 1)
    const { nodes, store } = TraceStore.revoke(run.store, audit.falseCuts.map((cut) => cut.input))
    assert.sameMembers([...nodes], ["left", "top"])
    const known = new Map([...run.known].filter(([name]) => !nodes.has(name)))
    const repaired = RebuildRun.run({ ...world(graph, new Map()), known, store }, build)
    assert.includeMembers([...tagged(repaired, "Built")], ["left"])
    assert.deepStrictEqual(
      [...repaired.known].map(([name, { output }]) => [name, output]).sort(),
      [...honest.known].map(([name, { output }]) => [name, output]).sort()
    )
  })
})

describe("what a trace was made with", () => {
  it("is all that was in the buildroot, so that revoking a library takes along what its tools built", () => {
    const graph = DependencyGraph.make([], [
      { from: "app", to: "compiler", kind: "build" },
      { from: "compiler", to: "library", kind: "runtime" }
    ])
    const run = RebuildRun.run(world(graph, new Map()), RandomGraphs.build(0))
    const { nodes } = TraceStore.revoke(run.store, [run.known.get("library")!.input])
    assert.sameMembers([...nodes], ["library", "app"])
  })
})

describe("a store of traces", () => {
  const trace = (input: string, content: string, from: ReadonlyArray<string> = []): TraceStore.Trace => ({
    input,
    node: input,
    output: { content, interface: content },
    from
  })

  it("keeps the first of two outputs of one input, and remembers the other once", () => {
    const store = [trace("a", "1"), trace("a", "2"), trace("a", "2"), trace("a", "1")].reduce(
      TraceStore.record,
      TraceStore.empty
    )
    assert.strictEqual(TraceStore.find(store, "a")?.output.content, "1")
    assert.deepStrictEqual(store.conflicts.map(({ other }) => other.content), ["2"])
  })

  it("revokes what is derived, over any distance, and nothing else", () => {
    const store = TraceStore.recordAll(TraceStore.empty, [
      trace("a", "1"),
      trace("b", "1", ["a"]),
      trace("c", "1", ["b"]),
      trace("d", "1")
    ])
    const { nodes, store: left } = TraceStore.revoke(store, ["a", "unknown"])
    assert.sameMembers([...nodes], ["a", "b", "c"])
    assert.deepStrictEqual([...left.traces.keys()], ["d"])
  })
})
