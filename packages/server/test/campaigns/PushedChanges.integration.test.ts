/** Pushes that a forge tells of begin campaigns by themselves, gathered, once each; a fix goes on where the failure stopped. */
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"
import * as Tiers from "./Tiers.ts"

const secret = "s3cret"

const rules = [
  "pushes:",
  "  - {name: base, repository: rpms/*, branch: main, owner: releng, quiet: 1, deadline: 10}",
  ""
].join("\n")

class World extends Context.Service<World, TestServer.TestServer>()("test/campaigns/PushWorld") {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function*() {
      const directory = yield* Effect.acquireRelease(
        Effect.sync(() => TestRepository.temporary()),
        (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true }))
      )
      const path = Path.join(directory, "campaigns.yaml")
      Fs.writeFileSync(path, rules)
      return yield* TestServer.start({
        ORCH_RECONCILE_INTERVAL: "200",
        ORCH_CAMPAIGN_RULES: path,
        ORCH_PUSH_SECRET: secret
      })
    })
  )
}

layer(World.layer, { timeout: "60 seconds", excludeTestServices: true })("a push", (it) => {
  it.effect(
    "rebuilds what it reaches, with those that came at the same time, and resumes what an earlier one broke",
    () =>
      Effect.gen(function*() {
        const world = yield* World
        const { build, campaigns, finished, push, spec } = yield* Tiers.make(world)
        const tell = (told: Parameters<typeof Tiers.tell>[2], delivery: string) =>
          Tiers.tell(world.url, secret, told, delivery)
        const all = Effect.map(campaigns.list({ query: {} }), ({ items }) => items)

        // Two pushes to one branch and one to another, told of late, twice and in the wrong order: one campaign.
        const first = push("low", `${spec("low")}\n%post\ntrue\n`)
        const second = push("low", `${spec("low")}\n%post\nfalse\n`)
        const third = push("mid", SpecFile.make("mid-one", { build: "exit 1" }))
        yield* tell(second, "2")
        yield* tell(third, "3")
        yield* tell(first, "1")
        yield* tell(second, "2")
        const [begun] = yield* Tiers.until(all, (items) => items.length > 0)
        assert.deepStrictEqual([begun!.created_by, begun!.rule], ["releng", "base"])
        const ended = yield* finished(begun!.id)
        assert.deepStrictEqual(Tiers.states(ended), { "low:1": "done", "mid:1": "failed", "top:1": "blocked" })
        assert.deepStrictEqual(
          ended.causes.map(({ commit, subject }) => [Path.basename(subject), commit]),
          [["low-one", second.after], ["mid-one", third.after]]
        )
        assert.deepStrictEqual(ended.nodes.map(({ changed }) => changed), [true, true, false])

        // Telling it once more begins nothing.
        yield* tell(second, "4")
        yield* Effect.sleep("2500 millis")
        assert.strictEqual((yield* all).length, 1)

        // The fix is part of the campaign that waits for it.
        yield* tell(push("mid", `${spec("mid")}\n%post\ntrue\n`), "5")
        const done = yield* Tiers.until(finished(begun!.id), ({ state }) => state === "done")
        assert.deepStrictEqual(Tiers.states(done), { "low:1": "done", "mid:1": "done", "top:1": "done" })
        assert.strictEqual(done.causes.length, 3)
        assert.strictEqual((yield* all).length, 1)
        assert.isAbove(done.numbers.fix_to_green!, 0)

        // What changes nothing in the packages stops at the first.
        yield* tell(push("low", `# A comment\n${spec("low")}\n%post\nfalse\n`), "6")
        const [next] = yield* Tiers.until(all, (items) => items.length > 1)
        const cut = yield* finished(next!.id)
        assert.deepStrictEqual(Tiers.states(cut), { "low:1": "done", "mid:1": "cut", "top:1": "cut" })

        // What is taken back was built before from the same files: no package is built again.
        yield* tell(push("low", `${spec("low")}\n%post\nfalse\n`), "7")
        const [back] = yield* Tiers.until(all, (items) => items.length > 2)
        const taken = yield* finished(back!.id)
        assert.deepStrictEqual(Tiers.states(taken), { "low:1": "done", "mid:1": "cut", "top:1": "cut" })
        const { components } = yield* build(taken.nodes[0]!.builds[0]!)
        assert.deepStrictEqual(components.map(({ submitted_at }) => submitted_at), [null])
        assert.match(components[0]!.reuse!, /^Module build \d+ has it from the same inputs$/)
      }),
    120_000
  )
})
