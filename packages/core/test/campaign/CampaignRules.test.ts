/** Which pushes begin campaigns, when a batch of them is due, and which modules follow a change. */
import { assert, describe, it } from "@effect/vitest"
import { type BuiltModule, fromList } from "../../src/campaign/BuiltModules.ts"
import { plan } from "../../src/campaign/CampaignPlanning.ts"
import * as CampaignRules from "../../src/campaign/CampaignRules.ts"
import { CampaignWorld, nodePlan, planOf } from "./CampaignWorld.ts"

describe("a pattern", () => {
  it.each([
    ["rpms/*", "rpms/zlib", true],
    ["rpms/*", "modules/zlib", false],
    ["*", "", true],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "ac", false],
    ["ab*ba", "aba", false],
    ["zlib", "zlib", true],
    ["zlib", "zlib2", false],
    ["z.ib", "zlib", false]
  ])("%s and %s", (wanted, name, expected) => assert.strictEqual(CampaignRules.fits(wanted, name), expected))
})

describe("a push rule", () => {
  const rules: CampaignRules.CampaignRules = {
    pushes: [
      { repository: "rpms/*", branch: "main", quiet: 10, deadline: 30, on_failure: "stop" },
      { name: "rest", repository: "*" }
    ]
  }

  it("is the first one that fits", () => {
    assert.strictEqual(CampaignRules.ofPush(rules, "rpms/zlib", "main")?.name, "1")
    assert.strictEqual(CampaignRules.ofPush(rules, "rpms/zlib", "f40")?.name, "rest")
    assert.strictEqual(CampaignRules.ofPush(CampaignRules.none, "rpms/zlib", "main"), undefined)
    assert.strictEqual(CampaignRules.named(rules, "1")?.onFailure, "stop")
  })

  it("waits for a silence, and not longer than its deadline", () => {
    const rule = CampaignRules.named(rules, "1")!
    assert.strictEqual(CampaignRules.dueAt(rule, 0, 5000), 15_000)
    assert.strictEqual(CampaignRules.dueAt(rule, 0, 29_000), 30_000)
  })
})

describe("a module is rebuilt", () => {
  const built = (name: string, buildroot: ReadonlyArray<string>, named = buildroot): BuiltModule => ({
    name,
    builds: [1],
    scmurl: `https://git.example.org/modules/${name}`,
    seconds: 60,
    components: [],
    buildroot,
    named
  })
  const modules = [built("a:1", []), built("b:1", ["a:1"]), built("c:1", ["a:1", "b:1"], ["b:1"])]
  const reached = (trigger: CampaignRules.ProjectRule["trigger"]) =>
    plan(fromList(modules), [{ subject: "a:1" }], { projects: [{ module: "c:*", trigger }] }).map(({ name }) => name)

  it.each<[CampaignRules.ProjectRule["trigger"], ReadonlyArray<string>]>([
    ["transitive", ["a:1", "b:1", "c:1"]],
    // It names `b` alone, whose own sources did not change.
    ["direct", ["a:1", "b:1"]],
    ["source", ["a:1", "b:1"]],
    // Nobody knows yet.
    ["vanished", ["a:1", "b:1", "c:1"]]
  ])("%s", (trigger, expected) => assert.deepStrictEqual(reached(trigger), expected))

  it("where something is gone that it needs, if that is what it waits for, or where nobody knows", () => {
    const nodes = [nodePlan("a"), nodePlan("b", ["a"], { trigger: "vanished" })]
    const told = (lost?: ReadonlyArray<string>) => {
      const world = new CampaignWorld(planOf(nodes), new Map(), lost)
      world.settle()
      return world.state("b")
    }
    assert.deepStrictEqual([told([]), told(["b"]), told()], ["cut", "done", "done"])
  })
})
