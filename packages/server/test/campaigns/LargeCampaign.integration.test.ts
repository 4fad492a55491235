/** What a campaign of 5,000 modules costs the database: as many statements for each step as a small one. On every database this machine offers. */
import { assert, layer } from "@effect/vitest"
import type { CampaignPlan } from "@orch/core/campaign/CampaignPlan"
import { Campaigns } from "@orch/core/ports/campaign/Campaigns"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CampaignsLayer from "../../src/campaigns/CampaignsLayer.ts"
import * as PgCommandQueue from "../../src/database/PgCommandQueue.ts"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import { databases } from "../support/Databases.ts"
import * as Statements from "../support/Statements.ts"

const at = 1_700_000_000_000

/** One module that changed, all others built with it and with some of those before them. */
const planOf = (size: number): CampaignPlan => ({
  causes: [{ subject: "rpms/zlib", ref: "main" }],
  by: "alice",
  automatic: true,
  width: 10_000,
  audit: 1,
  nodes: Array.from({ length: size }, (_, index) => ({
    name: `m${index}:1`,
    tier: index === 0 ? 1 : 2,
    seconds: 60,
    after: index === 0 ? [] : ["m0:1"],
    changed: index === 0,
    why: "It changed",
    scmurl: "https://git.example.org/modules/x?#0123",
    previous: [index]
  }))
})

for (const database of databases) {
  const world = CampaignsLayer.store.pipe(
    Layer.provideMerge(
      Layer.merge(PgCommandQueue.layer({ pollInterval: "1 second", lease: "5 seconds" }), PgOutbox.layer)
    ),
    Layer.provideMerge(database.layer)
  )
  layer(world, { timeout: "60 seconds", excludeTestServices: true })(`a campaign on ${database.name}`, (it) => {
    it.effect("takes as many statements for each step with 5,000 modules as with 50", () =>
      Effect.gen(function*() {
        const campaigns = yield* Campaigns
        const steps = Effect.fnUntraced(function*(size: number, differs: boolean) {
          const { statements: made, value } = yield* Statements.counted(
            campaigns.create(planOf(size), { _tag: "Submitted", at })
          )
          const { id } = value.state
          const tell = (event: Parameters<typeof campaigns.apply>[1][number]["event"]) =>
            Statements.counted(campaigns.apply(id, [{ key: undefined, event }]))
          const first = { at, node: "m0:1", attempt: 1 }
          yield* tell({ _tag: "NodeBegun", ...first, builds: [{ id: 1, revision: 0, state: "init" }] })
          const { statements: moved } = yield* tell({
            _tag: "BuildMoved",
            at,
            node: "m0:1",
            build: 1,
            revision: 1,
            state: "ready",
            reason: ""
          })
          // All others follow from this one.
          const { statements: compared, value: ended } = yield* tell({
            _tag: "NodeCompared",
            ...first,
            differs,
            reason: "compared"
          })
          const states = new Set([...ended.state.nodes.values()].slice(1).map(({ state }) => state))
          assert.deepStrictEqual([...states], [differs ? "builds" : "cut"])
          return [made, moved, compared]
        })
        for (const differs of [true, false]) {
          assert.deepStrictEqual(yield* steps(5000, differs), yield* steps(50, differs))
        }
      }), 120_000)
  })
}
