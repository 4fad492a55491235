/** What modules use of each other, in numbers, against what lists of names say; and plans of them against core's general walks. */
import { assert, describe, it } from "@effect/vitest"
import * as BuiltModules from "../../src/campaign/BuiltModules.ts"
import { downstream, estimate } from "../../src/campaign/CampaignPlan.ts"
import { plan } from "../../src/campaign/CampaignPlanning.ts"
import * as Condensation from "../../src/rebuild/Condensation.ts"
import * as DependencyGraph from "../../src/rebuild/DependencyGraph.ts"
import * as DownstreamWork from "../../src/rebuild/DownstreamWork.ts"
import * as RandomGraphs from "../rebuild/RandomGraphs.ts"
import { planOf } from "./CampaignWorld.ts"

const modulesOf = (next: () => number, isCircular: boolean): ReadonlyArray<BuiltModules.BuiltModule> => {
  const size = 1 + Math.floor(next() * 12)
  // In no order of their names.
  const names = Array.from({ length: size }, (_, at) => `${Math.floor(next() * 1000)}-${at}:1`)
  return names.map((name, own) => {
    const buildroot = Array.from(
      { length: Math.floor(next() * 6) },
      () => names[Math.floor(next() * (isCircular ? size : own + 1))]!
    )
    return {
      name,
      builds: [own],
      scmurl: `https://git.example.org/modules/${own}`,
      seconds: Math.floor(next() * 100),
      components: [],
      buildroot: [...buildroot, "unknown:1"],
      named: buildroot.filter(() => next() < 0.5)
    }
  })
}

describe("modules in numbers", () => {
  it("use what their lists name, each once, by name, and never themselves", () => {
    for (let seed = 0; seed < 300; seed++) {
      const list = modulesOf(RandomGraphs.random(seed), true)
      const { byName, names, uses } = BuiltModules.fromList(list)
      assert.deepStrictEqual([...byName].map((position) => names[position]), list.map(({ name }) => name).sort())
      for (const { buildroot, name, named } of list) {
        const own = names.indexOf(name)
        const range = [uses.start[own], uses.start[own + 1]] as const
        const used = [...uses.ends.subarray(...range)].map((position) => names[position]!)
        assert.deepStrictEqual(
          used,
          [...new Set(buildroot)].filter((other) => other !== name && names.includes(other)).sort()
        )
        assert.deepStrictEqual(
          [...uses.isNamed.subarray(...range)],
          used.map((other) => named!.includes(other) ? 1 : 0)
        )
      }
    }
  })

  it("are planned in an order in which none comes before what it waits for, by tier and then by name", () => {
    for (let seed = 0; seed < 300; seed++) {
      const modules = BuiltModules.fromList(modulesOf(RandomGraphs.random(seed), true))
      const nodes = plan(modules, [{ subject: modules.names[0]! }])
      const seen = new Set<string>()
      for (const { after, name } of nodes) {
        assert.isTrue(after.every((other) => seen.has(other)))
        assert.deepStrictEqual(after, [...after].sort())
        seen.add(name)
      }
    }
  })

  it("have behind them what a general walk through the plan finds", () => {
    for (let seed = 0; seed < 300; seed++) {
      const modules = BuiltModules.fromList(modulesOf(RandomGraphs.random(seed), false))
      const nodes = plan(modules, [{ subject: modules.names[0]! }])
      const graph = DependencyGraph.make(
        nodes.map(({ name }) => name),
        nodes.flatMap(({ after, name }) => after.map((to) => ({ from: name, to, kind: "build" as const })))
      )
      const lengths = DownstreamWork.make(graph, Condensation.make(graph), (node) => nodes[node]!.seconds)
      assert.deepStrictEqual([...downstream(planOf(nodes)).values()], [...lengths])
      assert.strictEqual(estimate(planOf(nodes)).longest, Math.max(...lengths))
    }
  })
})
