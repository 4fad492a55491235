/** How people steer a campaign on a server: a plan with its cost, approval, a hold that ends by itself, a pause. */
import { assert, layer } from "@effect/vitest"
import * as MemoryBuildSystem from "@orch/core/testing/MemoryBuildSystem"
import * as MemoryRepositoryHost from "@orch/core/testing/MemoryRepositoryHost"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestServer from "../support/TestServer.ts"
import * as Tiers from "./Tiers.ts"

class World extends Context.Service<World, TestServer.TestServer>()("test/campaigns/SteeredWorld") {
  static readonly layer = Layer.effect(
    World,
    TestServer.start(
      { ORCH_RECONCILE_INTERVAL: "200", ORCH_CAMPAIGN_LIMIT: "0" },
      { farm: MemoryBuildSystem.layer(), host: MemoryRepositoryHost.layer }
    )
  )
}

layer(World.layer, { timeout: "60 seconds", excludeTestServices: true })("a campaign", (it) => {
  it.effect(
    "says what it costs before it is approved, holds what it is told to until the time is over, and pauses",
    () =>
      Effect.gen(function*() {
        const world = yield* World
        const { campaigns, finished, get, push, spec } = yield* Tiers.make(world)
        push("low", `# Changed\n${spec("low")}`)
        const { id, state } = yield* campaigns.plan({ payload: { subject: "rpms/low-one" } })
        assert.strictEqual(state, "planned")
        const params = { id: String(id) }
        const { estimate, waits_for } = yield* get(id)
        assert.deepInclude(estimate, { nodes: 3, tiers: 3 })
        assert.isAbove(estimate.work, 0)
        // The same durations, added up in another order.
        assert.isAtLeast(estimate.work + 1e-6, estimate.longest)
        assert.deepStrictEqual(waits_for, ["Somebody has to approve it."])

        yield* campaigns.hold({ params, payload: { node: "mid:1", seconds: 4, why: "a freeze" } })
        yield* campaigns.approve({ params })
        const held = yield* Tiers.until(get(id), ({ nodes }) => nodes[0]!.state === "done")
        assert.deepStrictEqual(held.nodes.map((node) => [node.name, node.state, node.state_reason]).slice(1), [
          ["mid:1", "held", "Held by anonymous: a freeze"],
          ["top:1", "held", "Behind mid:1, which is held"]
        ])
        assert.isNotNull(held.holds[0]!.until)

        // It ends by itself; meanwhile the whole of it is paused.
        yield* campaigns.hold({ params, payload: { why: "lunch" } })
        const paused = yield* Tiers.until(get(id), ({ holds }) => holds.length === 0)
        assert.deepStrictEqual([paused.state, paused.state_reason], ["paused", "Paused by anonymous: lunch"])
        assert.deepStrictEqual(paused.nodes.map((node) => node.state).slice(1), ["waits", "waits"])
        yield* campaigns.letGo({ params, payload: {} })
        const done = yield* finished(id)
        assert.strictEqual(done.state, "done", JSON.stringify(done))
        assert.deepStrictEqual(Object.values(Tiers.states(done)), ["done", "done", "done"])
      }),
    60_000
  )
})
