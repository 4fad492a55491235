/** News of builds that are lost, told twice, late or in another order change nothing of how a campaign ends. */
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { type Fate, nodePlan, planOf } from "./CampaignWorld.ts"
import { UnreliableWorld } from "./UnreliableWorld.ts"

const anyStory = Arbitrary.schema(Schema.Struct({
  /** For each node bits that say which of those before it it waits for. */
  edges: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4095 }))).check(
    Schema.isMinLength(1),
    Schema.isMaxLength(12)
  ),
  fates: Schema.Array(Schema.Literals(["differs", "same", "fails"])).check(Schema.isMaxLength(12)),
  width: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4 })),
  seed: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2_000_000_000 }))
}))

describe("news of builds", () => {
  it.prop(
    "that are lost, repeated, late or in another order leave a campaign as the undisturbed one ends",
    [anyStory],
    ([{ edges, fates, seed, width }]) => {
      const nodes = edges.map((bits, index) =>
        nodePlan(
          `n${index}`,
          edges.flatMap((_, parent) => parent < index && (bits >> parent) % 2 === 1 ? [`n${parent}`] : [])
        )
      )
      const fate = () =>
        new Map<string, Fate>(
          nodes.flatMap(({ name }, index) => fates[index] === undefined ? [] : [[name, fates[index]]])
        )
      const ends = (seed: number) => {
        const world = new UnreliableWorld(planOf(nodes, { width }), fate(), seed)
        world.run()
        return {
          state: world.campaign.state,
          nodes: [...world.campaign.nodes.values()].map(({ attempt, builds, name, state }) => ({
            name,
            state,
            attempt,
            builds: builds.length
          })),
          begun: world.begun.toSorted()
        }
      }
      assert.deepStrictEqual(ends(seed), ends(0))
    }
  )
})
