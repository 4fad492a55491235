import { assert, describe, it } from "@effect/vitest"
import * as BuildGraph from "./BuildGraph.ts"
import * as Chance from "./Chance.ts"
import * as Change from "./Change.ts"
import * as Chart from "./Chart.ts"
import * as DebianPackages from "./DebianPackages.ts"
import * as ModuleDistribution from "./ModuleDistribution.ts"
import * as Policies from "./Policies.ts"
import * as Schedule from "./Schedule.ts"

/** `b>a` says that b waits for a; names in capitals are not built. */
const graphOf = (builds: string, others: string, relations: string) => {
  const names = [...builds, ...others]
  const edges = relations.split(" ").filter(Boolean).map((relation) =>
    names.indexOf(relation[0]!) * names.length + names.indexOf(relation[2]!)
  )
  return BuildGraph.make({ name: "small", names, builds: builds.length, bytes: new Float64Array(names.length), edges })
}
const spans = (
  graph: BuildGraph.BuildGraph,
  seconds: ReadonlyArray<number>,
  workers: number,
  more: Partial<Schedule.Rebuild> = {}
) => Schedule.makespan({ graph, workers, rank: undefined, ...more, seconds: Float64Array.from(seconds) })

/** A graph of 40 builds and 20 packages with circles, by chance of a number. */
const byChance = (seed: number): BuildGraph.BuildGraph => {
  const size = 60
  const edges = new Set<number>()
  for (let at = 0; at < 110; at++) {
    const [one, two] = [0, 1].map((side) => Math.floor(Chance.even(seed * 1000 + at, side) * size)) as [number, number]
    if (one !== two) edges.add(one * size + two)
  }
  const names = Array.from({ length: size }, (_, node) => `${node}`)
  return BuildGraph.make({ name: "chance", names, builds: 40, bytes: new Float64Array(size), edges })
}

describe("a simulated rebuild", () => {
  it("starts a build when everything before it is done and a worker is free", () => {
    const graph = graphOf("abc", "", "c>a c>b")
    assert.strictEqual(spans(graph, [10, 20, 5], 2), 25)
    assert.strictEqual(spans(graph, [10, 20, 5], 1), 35)
  })
  it("passes through what is not built", () => {
    assert.strictEqual(spans(graphOf("ab", "PQ", "P>a Q>P b>Q"), [10, 5, 0, 0], 2), 15)
  })
  it("waits for a whole tier where tiers are barriers", () => {
    const graph = graphOf("abc", "", "c>a")
    assert.strictEqual(spans(graph, [1, 100, 10], 2), 100)
    assert.strictEqual(spans(graph, [1, 100, 10], 2, { barrier: BuildGraph.tiers(graph) }), 110)
  })
  it("makes results available by a repository that is generated for all there are, one at a time", () => {
    const graph = graphOf("abcd", "", "c>a d>b")
    // a is done at 10; its repository takes until 40, and only then the one with b is begun.
    assert.strictEqual(spans(graph, [10, 20, 1, 1], 4, { regeneration: 30 }), 71)
  })
  it("builds each member of a circle once, against what was there before", () => {
    const graph = graphOf("abc", "", "a>b b>a c>a")
    assert.strictEqual(graph.largestCircle, 2)
    assert.strictEqual(spans(graph, [10, 10, 10], 3), 20)
  })
  it("starts the longest chain first by our order", () => {
    const graph = graphOf("abcd", "", "d>c")
    const seconds = [10, 10, 10, 20]
    const ours = Policies.policies.find(({ name }) => name === "ours")!
    assert.strictEqual(spans(graph, seconds, 2), 40)
    assert.strictEqual(spans(graph, seconds, 2, { rank: ours.rank(graph, Float64Array.from(seconds)) }), 30)
  })
  it("is never shorter than the bound, and without barriers never longer than work shared out plus the longest chain", () => {
    for (let seed = 0; seed < 100; seed++) {
      const graph = byChance(seed)
      const seconds = Float64Array.from(graph.names, (_, node) => 1 + Math.floor(Chance.even(node + seed, 5) * 50))
      for (const policy of Policies.policies) {
        for (const failing of [0, 0.3]) {
          const rebuild = { graph, seconds, workers: 1 + seed % 7, failing }
          const { path, seconds: bound, work } = Schedule.lowerBound(rebuild)
          const barrier = policy.barrier === true ? BuildGraph.tiers(graph) : undefined
          const span = Schedule.makespan({ ...rebuild, barrier, rank: policy.rank(graph, seconds) })
          assert.isAtLeast(span, bound - 1e-9)
          if (barrier === undefined) assert.isAtMost(span, work / rebuild.workers + path + 1e-9)
          const slow = { ...rebuild, regeneration: 13 }
          const slowed = Schedule.makespan({ ...slow, barrier, rank: policy.rank(graph, seconds) })
          assert.isAtLeast(slowed, Schedule.lowerBound(slow).seconds - 1e-9)
        }
      }
    }
  })
  it("stays within 1.05 of the bound on a distribution of modules, with predictions that are wrong too", () => {
    const graph = ModuleDistribution.graph(300)
    const seconds = Policies.durations.lognormal(graph)
    const ours = Policies.policies.find(({ name }) => name === "ours")!
    for (const workers of [25, 50, 100, 1000]) {
      for (const sigma of [0, 1]) {
        const rank = ours.rank(graph, Policies.predicted(seconds, sigma))
        const span = Schedule.makespan({ graph, seconds, workers, rank })
        assert.isAtMost(span / Schedule.lowerBound({ graph, seconds, workers }).seconds, 1.05)
      }
    }
  })
})

describe("a change", () => {
  const graph = graphOf("abcd", "PQ", "P>a Q>P Q>b c>Q d>c")
  const reached = (unchanged: number, named = false) =>
    [...Change.rebuilt(graph, 0, unchanged, named)].flatMap((one, node) => one === 1 ? [graph.names[node]] : []).join(
      ""
    )
  it("reaches what is built with it, through what is installed along", () => assert.strictEqual(reached(0), "acd"))
  it("stops where a rebuild comes out unchanged", () => assert.strictEqual(reached(1), "ac"))
  it("reaches less where only what is named counts", () => assert.strictEqual(reached(0, true), "a"))
})

describe("Debian's lists", () => {
  it.each([
    ["debhelper-compat (= 13), zlib1g-dev | libz-dev", "debhelper-compat zlib1g-dev"],
    ["a [amd64], b [!amd64], c [i386], d [linux-any]", "a d"],
    ["a <!nocheck>, b <cross>, c <!nodoc> <cross>", "a c"],
    ["python3:any (>= 3.9), , libstdc++6", "python3 libstdc++6"]
  ])(
    "name packages for amd64: %s",
    (field, expected) => assert.strictEqual(DebianPackages.namesIn(field).join(" "), expected)
  )
  it("become sources that are built with packages, and packages that come out of sources", () => {
    const graph = DebianPackages.graph({
      sources:
        "Package: x\nBuild-Depends: liby-dev\nFiles:\n 0123456789abcdef0123456789abcdef 700 x.tar\n\nPackage: y\n",
      packages: "Package: y1-dev\nSource: y (1.0)\nProvides: liby-dev\nDepends: y1\n\nPackage: y1\nSource: y\n"
    })
    assert.deepStrictEqual(graph.names, ["src:x", "src:y", "y1-dev", "y1"])
    assert.deepStrictEqual([...graph.order].map((node) => graph.names[node]), ["src:y", "y1", "y1-dev", "src:x"])
    assert.deepStrictEqual([graph.builds, graph.edges, graph.bytes[0]], [2, 4, 700])
  })
})

describe("the chart", () => {
  it("has a line for each policy", () => {
    const svg = Chart.draw("title", [25, 1000], [{ name: "one", values: [1, 2] }, { name: "two", values: [1, 1] }])
    assert.strictEqual(svg.split("<polyline").length, 3)
    assert.notInclude(svg, "NaN")
  })
})
