/** What a change reaches, in which order, and why. */
import { assert, describe, it } from "@effect/vitest"
import { type BuiltModule, fromList } from "../../src/campaign/BuiltModules.ts"
import { plan } from "../../src/campaign/CampaignPlanning.ts"

const built = (name: string, buildroot: ReadonlyArray<string> = [], more: Partial<BuiltModule> = {}): BuiltModule => ({
  name,
  builds: [1],
  scmurl: `https://git.example.org/modules/${name.split(":")[0]}.git?#0123`,
  seconds: 60,
  components: [],
  buildroot: ["platform:el9", ...buildroot],
  ...more
})
const zlib = { name: "zlib", repository: "https://git.example.org/rpms/zlib.git", ref: "main" }

describe("what a change reaches", () => {
  const modules = [
    built("c:1", ["b:1", "a:1"]),
    built("b:1", ["a:1"]),
    built("a:1", [], { components: [zlib] }),
    built("x:1"),
    built("y:1", ["x:1"])
  ]

  it("is what was built with it, directly or not, in tiers and with reasons", () => {
    const nodes = plan(fromList(modules), [{ subject: "rpms/zlib", ref: "main" }])
    assert.deepStrictEqual(nodes.map(({ after, changed, name, tier, why }) => ({ after, changed, name, tier, why })), [
      { name: "a:1", tier: 1, after: [], changed: true, why: "Its component zlib changed in rpms/zlib" },
      { name: "b:1", tier: 2, after: ["a:1"], changed: false, why: "Built with a:1" },
      { name: "c:1", tier: 3, after: ["a:1", "b:1"], changed: false, why: "Built with a:1" }
    ])
  })

  it.each([
    ["another branch", { subject: "rpms/zlib", ref: "old" }, []],
    ["a part of a name", { subject: "lib", ref: "main" }, []],
    ["a module", { subject: "x:1" }, ["x:1", "y:1"]],
    ["the repository of a module", { subject: "modules/b" }, ["b:1", "c:1"]]
  ])("of %s is found", (_, cause, expected) => {
    assert.deepStrictEqual(plan(fromList(modules), [cause]).map(({ name }) => name), expected)
  })

  it("is nothing where a component names a commit", () => {
    const pinned = built("a:1", [], { components: [{ ...zlib, ref: "0123456789".repeat(4) }] })
    assert.deepStrictEqual(plan(fromList([pinned]), [{ subject: "rpms/zlib", ref: "main" }]), [])
  })

  it("has an order though modules were built with each other", () => {
    const circle = [built("a:1", ["b:1"]), built("b:1", ["a:1"]), built("c:1", ["b:1"])]
    const nodes = plan(fromList(circle), [{ subject: "b:1" }])
    assert.deepStrictEqual(nodes.map(({ after, name }) => [name, after]), [
      ["a:1", []],
      ["b:1", ["a:1"]],
      ["c:1", ["b:1"]]
    ])
  })
})
