/** Some of what a campaign cuts off is built all the same; what that shows to be wrong is built with all that follows from it. */
import { assert, describe, it } from "@effect/vitest"
import { explain } from "../../src/campaign/CampaignExplanation.ts"
import * as CutOffAudit from "../../src/rebuild/CutOffAudit.ts"
import { CampaignWorld, type Fate, nodePlan, planOf } from "./CampaignWorld.ts"

/** `b` and `c` come after `a`, `d` after `b`; `a` comes out as it was, so that all behind it is cut off. */
const tree = [nodePlan("a"), nodePlan("b", ["a"]), nodePlan("c", ["a"]), nodePlan("d", ["b"])]
const fates = () => new Map<string, Fate>([["a", "same"]])

const states = (world: CampaignWorld) =>
  Object.fromEntries([...world.campaign.nodes.values()].map(({ name, state }) => [name, state]))

const numbers = (world: CampaignWorld) => explain(world.campaign, 0).numbers

describe("an audit", () => {
  it("builds what was cut off beside the campaign, and says how often that was right", () => {
    const world = new CampaignWorld(planOf(tree, { audit: 1 }), fates())
    world.settle()
    assert.deepStrictEqual(world.begun, ["a"])
    assert.deepStrictEqual(states(world), { a: "done", b: "cut", c: "cut", d: "cut" })
    const { audited, falseCutBound, falseCutRate, falseCuts } = numbers(world)
    assert.deepStrictEqual([audited, falseCuts, falseCutRate], [3, 0, 0])
    assert.closeTo(falseCutBound, CutOffAudit.judge(CutOffAuditStore, [1, 2, 3].map(cut)).upperBound, 1e-12)
  })

  it("has a node that should have been built begun with all behind it, and counts it", () => {
    const world = new CampaignWorld(planOf(tree, { audit: 1 }), fates())
    world.audits.set("b", "differs")
    world.settle()
    assert.deepStrictEqual(world.begun, ["a", "b", "d"])
    assert.deepStrictEqual(states(world), { a: "done", b: "done", c: "cut", d: "done" })
    assert.strictEqual(world.campaign.state, "done")
    assert.deepStrictEqual([numbers(world).audited, numbers(world).falseCuts, numbers(world).falseCutRate], [2, 1, 0.5])
    assert.include(world.node("b").falseCut, "one.x86_64 differs")
  })

  it("says nothing where nobody can say, and takes nothing of an attempt that is over", () => {
    const world = new CampaignWorld(planOf(tree, { audit: 1 }), fates())
    world.audits.set("b", "unknown").set("c", "unknown").set("d", "unknown")
    world.settle()
    assert.deepStrictEqual([numbers(world).audited, numbers(world).falseCutRate], [0, undefined])
    const late = { _tag: "AuditJudged", node: "b", attempt: 1, verdict: "differs", reason: "late" } as const
    world.tell(late)
    assert.strictEqual(world.state("b"), "cut")
    const other = new CampaignWorld(planOf(tree, { audit: 1 }), fates())
    other.tell({ _tag: "AuditJudged", node: "b", attempt: 7, verdict: "differs", reason: "another attempt" })
    other.settle()
    assert.strictEqual(other.state("b"), "cut")
  })

  it("is made of the share that the plan says, by chance, and of none without one", () => {
    const names = Array.from({ length: 2000 }, (_, index) => `m${index}`)
    const sampled = names.filter((name) => CutOffAudit.isSampled(name, 0.1)).length
    assert.isTrue(sampled > 140 && sampled < 260, `${sampled}`)
    assert.deepStrictEqual(names.filter((name) => CutOffAudit.isSampled(name, 0)), [])
    assert.lengthOf(names.filter((name) => CutOffAudit.isSampled(name, 1)), 2000)
    const world = new CampaignWorld(planOf(tree), fates())
    world.settle()
    assert.strictEqual(world.node("b").audit, undefined)
  })
})

const output = { interface: "i", content: "c" }
const CutOffAuditStore = { traces: new Map(), conflicts: [] }
const cut = (index: number) => ({ node: `${index}`, input: `${index}`, output })
