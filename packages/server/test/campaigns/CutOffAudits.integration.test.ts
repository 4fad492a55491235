/** What campaigns cut off is built all the same where the setting says so; results that are wrong are taken no more. */
import { assert, layer } from "@effect/vitest"
import { OrchClient } from "@orch/client"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestServer from "../support/TestServer.ts"
import * as Tiers from "./Tiers.ts"

class World extends Context.Service<World, TestServer.TestServer>()("test/campaigns/AuditWorld") {
  static readonly layer = Layer.effect(
    World,
    TestServer.start({ ORCH_RECONCILE_INTERVAL: "200", ORCH_CAMPAIGN_AUDIT: "100" })
  )
}

layer(World.layer, { timeout: "60 seconds", excludeTestServices: true })("audits of what was cut off", (it) => {
  it.effect(
    "find a build that saw something which no input tells of, and have it and all behind it built again",
    () =>
      Effect.gen(function*() {
        const world = yield* World
        const tiers = yield* Tiers.make(world)
        const { campaigns, finished, get, push, spec } = tiers
        const { traces } = yield* OrchClient.OrchClient.pipe(
          Effect.provide(OrchClient.OrchClient.layer({ url: world.url }))
        )
        /** How many audits showed something else, on all servers that this process ever had. */
        const differing = Effect.promise(async () => {
          const metrics = await (await fetch(`${world.url}/metrics`)).text()
          return Number(/orch_campaign_audits_total\{.*verdict="differs".*\} (\d+)/.exec(metrics)?.[1] ?? 0)
        })
        const before = yield* differing
        const begin = (subject: string) => campaigns.plan({ payload: { subject } })
        /** Components of a node that were built, rather than taken over. */
        const builtAnew = (
          { nodes }: {
            readonly nodes: ReadonlyArray<{ readonly name: string; readonly builds: ReadonlyArray<number> }>
          },
          name: string
        ) =>
          Effect.map(
            tiers.build(nodes.find((node) => node.name === `${name}:1`)!.builds[0]!),
            ({ components }) => components.flatMap((one) => one.submitted_at === null ? [] : [one.name])
          )
        const audited = (id: number) =>
          Tiers.until(get(id), ({ nodes, state }) =>
            state === "done" &&
            nodes.every(({ audit }) => audit === null || audit.state === "same" || audit.state === "unknown"))

        // A comment in the first: the others are cut off, and rightly so.
        push("low", `# A comment\n${spec("low")}`)
        const first = yield* audited((yield* finished((yield* begin("rpms/low-one")).id)).id)
        assert.deepStrictEqual(Tiers.states(first), { "low:1": "done", "mid:1": "cut", "top:1": "cut" })
        assert.deepStrictEqual(
          first.nodes.map(({ audit }) => audit?.state),
          [undefined, "same", "same"],
          JSON.stringify(first.nodes)
        )
        const { audited: looked, false_cut_rate, false_cuts } = first.numbers
        assert.deepStrictEqual([looked, false_cuts, false_cut_rate], [2, 0, 0])

        // What a build was made of is there to be read, and may be revoked: what holds it is planned again, and really built.
        const [build] = first.nodes[0]!.builds
        const { items } = yield* traces.list({ query: { build: String(build) } })
        assert.deepStrictEqual(items.map(({ component }) => component), ["low-one"])
        const nothing = yield* Effect.flip(traces.revoke({ params: { input: "f".repeat(64) }, payload: {} }))
        assert.include(nothing, { status: 404 })
        const revoked = yield* traces.revoke({ params: { input: items[0]!.input }, payload: { why: "a bad builder" } })
        assert.deepStrictEqual([revoked.components, revoked.modules], [["low-one"], ["low:1"]])
        const again = yield* finished(revoked.campaign!)
        assert.deepStrictEqual(Tiers.states(again), { "low:1": "done", "mid:1": "cut", "top:1": "cut" })
        assert.deepStrictEqual(yield* builtAnew(again, "low"), ["low-one"])

        // One whose packages hold the time at which they were built: nothing in its inputs says so.
        push("mid", `${spec("mid")}\n%post\necho %(date +%s%N)\n`)
        const clock = yield* finished((yield* begin("mid:1")).id)
        assert.strictEqual(clock.state, "done", JSON.stringify(clock))
        push("low", `# Another comment\n${spec("low")}`)
        const { id } = yield* begin("rpms/low-one")
        const found = yield* Tiers.until(get(id), ({ numbers, state }) => state === "done" && numbers.false_cuts > 0)
        assert.deepStrictEqual(
          Tiers.states(found),
          { "low:1": "done", "mid:1": "done", "top:1": "done" },
          JSON.stringify(found)
        )
        assert.match(found.nodes[1]!.false_cut!, /should have been built: otherwise came out mid-one/)
        assert.deepStrictEqual(yield* builtAnew(found, "mid"), ["mid-one"])
        assert.isAtLeast(found.numbers.false_cut_rate!, 0.5)
        assert.isAbove(yield* differing, before)
      }),
    150_000
  )
})
