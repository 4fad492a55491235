/** What is read of campaigns beside their store: lists, and news that were missed. On every database this machine offers. */
import { assert, layer } from "@effect/vitest"
import type { CampaignPlan } from "@orch/core/campaign/CampaignPlan"
import { Campaigns } from "@orch/core/ports/campaign/Campaigns"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as CampaignOrders from "../../src/campaigns/CampaignOrders.ts"
import { CampaignRulesInForce } from "../../src/campaigns/CampaignRulesInForce.ts"
import { CampaignSettings } from "../../src/campaigns/CampaignSettings.ts"
import * as CampaignsLayer from "../../src/campaigns/CampaignsLayer.ts"
import * as ModuleReach from "../../src/campaigns/ModuleReach.ts"
import * as Statements from "../../src/campaigns/statements/CampaignStatements.ts"
import * as ReachStatements from "../../src/campaigns/statements/ReachStatements.ts"
import * as PgCommandQueue from "../../src/database/PgCommandQueue.ts"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import * as ServerConfig from "../../src/ServerConfig.ts"
import * as BuildRows from "../modulebuilds/BuildRows.ts"
import { databases } from "../support/Databases.ts"

const at = 1_700_000_000_000

const planOf = (automatic: boolean): CampaignPlan => ({
  causes: [{ subject: "rpms/zlib", ref: "main" }],
  by: "alice",
  automatic,
  width: 1,
  nodes: ["low:1", "mid:1", "top:1"].map((name, index) => ({
    name,
    tier: index + 1,
    seconds: 60,
    after: index === 0 ? [] : [["low:1", "mid:1"][index - 1]!],
    changed: index === 0,
    why: "It changed",
    scmurl: "https://git.example.org/modules/x?#0123",
    previous: []
  }))
})

for (const database of databases) {
  const world = CampaignOrders.layer.pipe(
    Layer.provideMerge(CampaignsLayer.store),
    Layer.provide(CampaignRulesInForce.layer),
    Layer.provide(
      Layer.succeed(CampaignSettings, Result.getOrThrow(ServerConfig.fromEnvironment({})))
    ),
    Layer.provideMerge(
      Layer.merge(PgCommandQueue.layer({ pollInterval: "1 second", lease: "5 seconds" }), PgOutbox.layer)
    ),
    Layer.provideMerge(database.layer)
  )
  layer(world, { timeout: "60 seconds", excludeTestServices: true })(`campaigns read on ${database.name}`, (it) => {
    it.effect("are lines that say of them what they say themselves, whatever has happened to their nodes", () =>
      Effect.gen(function*() {
        const campaigns = yield* Campaigns
        const orders = yield* CampaignOrders.CampaignOrders
        for (const automatic of [false, true]) yield* campaigns.create(planOf(automatic), { _tag: "Submitted", at })
        const { items, total } = yield* orders.page(undefined, 10, 0)
        assert.strictEqual(total, 2)
        for (const line of items) {
          const { state } = yield* campaigns.get(line.id)
          assert.deepStrictEqual(line, CampaignOrders.lineOf(state))
        }
        assert.deepStrictEqual(items.map(({ counts }) => counts), [{ builds: 1, waits: 2 }, { waits: 3 }])
        const planned = yield* orders.page("planned", 10, 0)
        assert.deepStrictEqual([planned.total, planned.items.length], [1, 1])
      }))

    it.effect("find a build that moved while nobody listened, until the campaign has heard of it", () =>
      Effect.gen(function*() {
        const campaigns = yield* Campaigns
        const { state } = yield* campaigns.create(planOf(true), { _tag: "Submitted", at })
        const build = yield* BuildRows.insert({ name: "low", state: "build", planned: [] })
        const tell = (event: Parameters<typeof campaigns.apply>[1][number]["event"]) =>
          campaigns.apply(state.id, [{ key: undefined, event }])
        yield* tell({
          _tag: "NodeBegun",
          at,
          node: "low:1",
          attempt: 1,
          builds: [{ id: build, revision: 0, state: "init" }]
        })
        const missed = Effect.map(Statements.missed(10), (rows) => rows.map((row) => Number(row.build)))
        assert.deepStrictEqual(yield* missed, [build])
        yield* tell({ _tag: "BuildMoved", at, node: "low:1", build, revision: 1, state: "build", reason: "" })
        assert.deepStrictEqual(yield* missed, [])
      }))

    it.effect("name every branch of the newest builds' components once, however few are read at a time", () =>
      Effect.gen(function*() {
        const plans = (refs: Readonly<Record<string, string>>) =>
          Object.fromEntries(
            Object.entries(refs).map(([name, ref]) => [name, { repository: `https://git/${name}`, ref }])
          )
        const build = (name: string, refs: Readonly<Record<string, string>>) =>
          BuildRows.insert({
            name,
            state: "ready",
            scmurl: "https://git/m",
            planned: Object.keys(refs),
            plans: plans(refs)
          })
        yield* build("first", { zlib: "main", bash: "main", fixed: "0123456789".repeat(4) })
        yield* build("second", { zlib: "c9", bash: "main" })
        yield* build("third", { old: "main" })
        yield* build("third", { zlib: "c10" })
        yield* ModuleReach.catchUp
        const wanted = [["bash", "main"], ["zlib", "c10"], ["zlib", "c9"], ["zlib", "main"]]
        for (const limit of [1, 2, 100]) {
          const found: Array<ReachStatements.BranchRow> = []
          let some: ReadonlyArray<ReachStatements.BranchRow>
          do {
            some = yield* ReachStatements.branches(found.at(-1) ?? { repository: "", ref: "" }, limit)
            assert.isAtMost(some.length, limit)
            found.push(...some)
          } while (some.length > 0)
          assert.deepStrictEqual(
            found.map(({ ref, repository }) => [repository.replace("https://git/", ""), ref]),
            wanted
          )
        }
      }))
  })
}
