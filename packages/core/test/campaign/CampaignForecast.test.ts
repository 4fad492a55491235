/** When a campaign is expected to be green: from its own experience, and with a spread. */
import { assert, describe, it } from "@effect/vitest"
import type { Campaign, CampaignNode } from "../../src/campaign/Campaign.ts"
import * as CampaignForecast from "../../src/campaign/CampaignForecast.ts"
import { CampaignWorld, nodePlan, planOf } from "./CampaignWorld.ts"

const now = 10_000_000

/** A campaign that runs, with nodes as they are said to be; every node is expected to take 60 seconds. */
const campaign = (
  nodes: ReadonlyArray<readonly [name: string, after: ReadonlyArray<string>, node: Partial<CampaignNode>]>,
  width = 1000
): Campaign => {
  const plan = planOf(nodes.map(([name, after]) => nodePlan(name, after)), { width })
  const { campaign } = new CampaignWorld(plan)
  return {
    ...campaign,
    state: "running",
    nodes: new Map(nodes.map(([name, , node]) => {
      const { finishedAt: _, startedAt: __, ...blank } = campaign.nodes.get(name)!
      return [name, { ...blank, state: "waits" as const, ...node }]
    }))
  }
}

/** Built in so many seconds, a while ago. */
const built = (seconds: number): Partial<CampaignNode> => ({
  state: "done",
  startedAt: now - 5_000_000,
  finishedAt: now - 5_000_000 + 1000 * seconds
})

const seconds = (at: number) => (at - now) / 1000

describe("the forecast of a campaign", () => {
  it("scales what is left of the longest way by how long its nodes took, and tells the spread", () => {
    const found = CampaignForecast.of(
      campaign([
        ["a", [], built(60)],
        ["b", [], built(120)],
        ["c", [], built(180)],
        ["d", ["a"], { state: "builds", startedAt: now - 20_000 }],
        ["e", ["d"], {}],
        ["f", ["b"], {}]
      ]),
      now
    )!
    // Twice what was expected: 120 - 20 for what is being built, then 120.
    assert.closeTo(seconds(found.at), 220, 0.01)
    assert.isBelow(found.earliest, found.at)
    assert.isAbove(found.latest, found.at)
    assert.deepStrictEqual([found.knownRuns, found.critical, found.unfixed], [3, ["d", "e"], []])
  })

  it("is none before three nodes were built, and none of a campaign that does not run", () => {
    const two = campaign([["a", [], built(60)], ["b", [], built(60)], ["c", [], {}]])
    assert.isUndefined(CampaignForecast.of(two, now))
    const three = campaign([["a", [], built(60)], ["b", [], built(60)], ["c", [], built(60)], ["d", [], {}]])
    assert.isDefined(CampaignForecast.of(three, now))
    for (const state of ["planned", "paused", "done", "canceled"] as const) {
      assert.isUndefined(CampaignForecast.of({ ...three, state }, now))
    }
  })

  it("is no earlier than the work over the nodes that may be under way at once", () => {
    const done = ["a", "b", "c"].map((name) => [name, [], built(60)] as const)
    const open = Array.from({ length: 10 }, (_, index) => [`n${index}`, [], {}] as const)
    assert.closeTo(seconds(CampaignForecast.of(campaign([...done, ...open], 1000), now)!.at), 60, 0.01)
    assert.closeTo(seconds(CampaignForecast.of(campaign([...done, ...open], 2), now)!.at), 300, 0.01)
  })

  it("names what has to be fixed, counts it as to be built, and counts nothing for what was cut off", () => {
    const found = CampaignForecast.of(
      campaign([
        ["a", [], built(60)],
        ["b", [], built(60)],
        ["c", [], built(60)],
        ["d", ["a"], { state: "failed" }],
        ["e", ["d"], { state: "cut" }],
        ["f", ["e"], {}]
      ]),
      now
    )!
    assert.deepStrictEqual(found.unfixed, ["d"])
    assert.closeTo(seconds(found.at), 120, 0.01)
  })
})
