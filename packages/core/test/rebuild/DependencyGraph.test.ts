/** Graphs, groups, tiers, impacts and chains, held to slow and simple readings of the same words. */
import { assert, describe, it } from "@effect/vitest"
import * as Condensation from "@orch/core/rebuild/Condensation"
import * as DependencyGraph from "@orch/core/rebuild/DependencyGraph"
import * as DownstreamWork from "@orch/core/rebuild/DownstreamWork"
import * as Impact from "@orch/core/rebuild/Impact"
import * as RandomGraphs from "./RandomGraphs.ts"

const edge = (from: string, to: string, kind: DependencyGraph.EdgeKind = "build"): DependencyGraph.Edge => ({
  from,
  to,
  kind
})

/** All that can be reached, the start included. */
const reach = (
  graph: DependencyGraph.DependencyGraph,
  from: number,
  each: typeof DependencyGraph.eachDependant
): ReadonlySet<number> => {
  const found = new Set([from])
  for (const one of found) each(graph, one, DependencyGraph.kindMask(), (other) => found.add(other))
  return found
}

describe("a graph of dependencies", () => {
  it("has the nodes given, those that only edges name, and every edge from both ends", () => {
    const graph = DependencyGraph.make(["b", "a", "b"], [edge("a", "b"), edge("c", "a", "runtime"), edge("a", "b")])
    assert.deepStrictEqual([...graph.names], ["b", "a", "c"])
    const seen: Array<string> = []
    DependencyGraph.eachDependency(graph, 1, DependencyGraph.kindMask(), (other) => seen.push(graph.names[other]!))
    DependencyGraph.eachDependant(
      graph,
      1,
      DependencyGraph.kindMask(["build"]),
      (other) => seen.push(graph.names[other]!)
    )
    DependencyGraph.eachDependant(
      graph,
      1,
      DependencyGraph.kindMask(["runtime"]),
      (other) => seen.push(graph.names[other]!)
    )
    assert.deepStrictEqual(seen, ["b", "b", "c"])
  })

  it("is grouped by who can reach whom and back, groups after what they depend on, tiers by the longest chain", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const next = RandomGraphs.random(seed)
      const graph = RandomGraphs.graph(next, 3 + Math.floor(next() * 20), Math.floor(next() * 50))
      const groups = Condensation.make(graph)
      const below = graph.names.map((_, node) => reach(graph, node, DependencyGraph.eachDependency))
      for (const [one] of graph.names.entries()) {
        for (const [two] of graph.names.entries()) {
          const isTogether = below[one]!.has(two) && below[two]!.has(one)
          assert.strictEqual(groups.groupOf[one] === groups.groupOf[two], isTogether, `seed ${seed}`)
          if (!isTogether && below[one]!.has(two)) {
            assert.isAbove(groups.groupOf[one]!, groups.groupOf[two]!)
            assert.isAbove(groups.tiers[groups.groupOf[one]!]!, groups.tiers[groups.groupOf[two]!]!)
          }
        }
      }
      for (let group = 0; group < Condensation.size(groups); group++) {
        if (groups.tiers[group] === 0) continue
        const reasons: Array<number> = []
        for (const node of Condensation.membersOf(groups, group)) {
          DependencyGraph.eachDependency(graph, node, DependencyGraph.kindMask(), (other) => {
            if (groups.groupOf[other] !== group) reasons.push(groups.tiers[groups.groupOf[other]!]!)
          })
        }
        assert.strictEqual(groups.tiers[group], Math.max(...reasons) + 1, `seed ${seed}`)
      }
    }
  })

  it("names its circles", () => {
    const graph = DependencyGraph.make([], [edge("a", "b"), edge("b", "a"), edge("c", "c"), edge("d", "a")])
    assert.deepStrictEqual(Condensation.circles(graph, Condensation.make(graph)), [["a", "b"]])
  })

  it("is walked without recursion: a chain of 200,000 has as many tiers", () => {
    const size = 200_000
    const graph = DependencyGraph.fromArrays(
      Array.from({ length: size }, (_, n) => String(n)),
      Uint32Array.from({ length: size - 1 }, (_, n) => n + 1),
      Uint32Array.from({ length: size - 1 }, (_, n) => n),
      new Uint8Array(size - 1)
    )
    const groups = Condensation.make(graph)
    assert.strictEqual(groups.tiers[groups.groupOf[size - 1]!], size - 1)
    assert.strictEqual(Impact.of(graph, ["0"]).affected.length, size)
  })
})

describe("an impact", () => {
  it("is all that can be reached, nearest reason first, with every node after what it waits for", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const next = RandomGraphs.random(seed)
      const graph = RandomGraphs.graph(next, 3 + Math.floor(next() * 20), Math.floor(next() * 50))
      const kinds = [...DependencyGraph.edgeKinds]
      const impact = Impact.of(graph, ["n1"], { kinds })
      const expected = [...reach(graph, 1, DependencyGraph.eachDependant)].map((node) => graph.names[node]!)
      assert.sameMembers(impact.affected.map(({ name }) => name), expected, `seed ${seed}`)
      const byName = new Map(impact.affected.map((one) => [one.name, one]))
      const groups = Condensation.make(graph)
      for (const { distance, name, tier } of impact.affected) {
        const way = Impact.path(impact, name)
        assert.strictEqual(way.length, distance + 1)
        assert.strictEqual(way.at(-1), "n1")
        const node = graph.positions.get(name)!
        DependencyGraph.eachDependency(graph, node, DependencyGraph.kindMask(kinds), (other) => {
          const below = byName.get(graph.names[other]!)
          if (below !== undefined && groups.groupOf[other] !== groups.groupOf[node]) assert.isBelow(below.tier, tier)
        })
      }
    }
  })

  const graph = DependencyGraph.make([], [
    edge("b", "a"),
    edge("c", "b"),
    edge("d", "a", "runtime"),
    edge("e", "a", "link")
  ])
  const names = (rules: Impact.Rules) => Impact.of(graph, ["a"], rules).affected.map(({ name }) => name)

  it.each<[string, Impact.Rules, ReadonlyArray<string>]>([
    ["everything that is built with it, near or far", {}, ["a", "b", "e", "c"]],
    ["what names it", { triggerOf: () => "direct" }, ["a", "b", "e"]],
    ["nothing else", { triggerOf: () => "source" }, ["a"]],
    ["what needs something that is gone", { triggerOf: () => "vanished", hasLost: (_, name) => name === "e" }, [
      "a",
      "e"
    ]],
    ["what the project of each says", { triggerOf: (name) => name === "b" ? "source" : "transitive" }, ["a", "e"]],
    ["what uses it at run time, where that is asked for", { kinds: ["runtime"] }, ["a", "d"]],
    ["so many steps", { depth: 1 }, ["a", "b", "e"]]
  ])("is %s", (_, rules, expected) => assert.deepStrictEqual(names(rules), expected))

  it("says which names nobody knows", () => {
    assert.deepStrictEqual(Impact.of(graph, ["z", "a", "y"], { depth: 0 }).unknown, ["y", "z"])
    assert.deepStrictEqual(Impact.path(Impact.of(graph, ["a"]), "nobody"), [])
  })
})

describe("work behind a node", () => {
  it("is the longest chain that begins with it; members of a circle do not wait for each other", () => {
    const graph = DependencyGraph.make(["a", "b", "c", "d", "x", "y"], [
      edge("b", "a"),
      edge("c", "b"),
      edge("d", "a"),
      edge("x", "y"),
      edge("y", "x"),
      edge("d", "x")
    ])
    const seconds = [1, 10, 100, 5, 7, 9]
    const lengths = DownstreamWork.make(graph, Condensation.make(graph), (node) => seconds[node]!)
    assert.deepStrictEqual([...lengths], [111, 110, 100, 5, 12, 9])
  })

  it("takes what is no duration for five minutes", () => {
    const graph = DependencyGraph.make(["a", "b", "c"], [])
    const given = [Number.NaN, -1, Infinity]
    const lengths = DownstreamWork.make(graph, Condensation.make(graph), (node) => given[node]!)
    assert.deepStrictEqual([...lengths], [300, 300, 300])
  })
})
