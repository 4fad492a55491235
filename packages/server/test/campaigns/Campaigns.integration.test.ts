/** Campaigns on the local farm: real packages in three tiers, a change that reaches all of them, one that reaches none, one that breaks. */
import { assert, layer } from "@effect/vitest"
import { OrchClient, OrchPromiseClient } from "@orch/client"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Path from "node:path"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"
import * as TestPrograms from "../../../../tooling/TestPrograms.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"
import * as Tiers from "./Tiers.ts"

class World extends Context.Service<World, TestServer.TestServer>()("test/campaigns/World") {
  static readonly layer = Layer.effect(World, TestServer.start({ ORCH_RECONCILE_INTERVAL: "200" }))
}

const bin = await TestPrograms.orch()

const command = (url: string, ...args: ReadonlyArray<string>) =>
  Effect.promise(() =>
    SmallProcess.ran(process.execPath, [bin, ...args], { env: { ...process.env, ORCH_URL: url }, timeout: 60_000 })
  )

layer(World.layer, { timeout: "60 seconds", excludeTestServices: true })("campaigns", (it) => {
  const client = Effect.flatMap(
    World,
    ({ url }) => OrchClient.OrchClient.pipe(Effect.provide(OrchClient.OrchClient.layer({ url })))
  )

  it.effect(
    "rebuild three tiers of what a push changed, stop where nothing changed, and go on after a fix",
    () =>
      Effect.gen(function*() {
        const world = yield* World
        const { url } = world
        const orch = (...args: ReadonlyArray<string>) => command(url, ...args)
        const { campaigns, finished, push, spec } = yield* Tiers.make(world)
        const begin = (subject: string) => campaigns.plan({ payload: { subject } })

        const { estimate, nodes } = yield* campaigns.impact({ query: { subject: "rpms/low-one" } })
        assert.deepStrictEqual(nodes.map(({ name, tier }) => [name, tier]), [["low:1", 1], ["mid:1", 2], ["top:1", 3]])
        assert.strictEqual(estimate.tiers, 3)
        const part = yield* campaigns.impact({ query: { subject: "rpms/low-one", limit: "1", offset: "1" } })
        assert.deepStrictEqual([part.nodes, part.estimate], [[nodes[1]!], estimate])

        // What users see changes in all three.
        push("low", `${spec("low")}\n%post\ntrue\n`)
        push("mid", `${spec("mid")}\n%post\ntrue\n`)
        const first = yield* finished((yield* begin("rpms/low-one")).id)
        assert.strictEqual(first.state, "done", JSON.stringify(first, null, 1))
        assert.deepStrictEqual(Tiers.states(first), { "low:1": "done", "mid:1": "done", "top:1": "done" })

        // A comment is in no package: the cascade stops with the first.
        push("low", `# A comment\n${spec("low")}\n%post\ntrue\n`)
        const second = yield* finished((yield* begin("rpms/low-one")).id)
        assert.deepStrictEqual(
          Tiers.states(second),
          { "low:1": "done", "mid:1": "cut", "top:1": "cut" },
          JSON.stringify(second)
        )
        assert.deepStrictEqual([second.numbers.built, second.numbers.cut], [1, 2])

        // One that cannot be built stops what comes after it, and a fix goes on from there.
        push("low", `${spec("low")}\n%post\nfalse\n`)
        push("mid", SpecFile.make("mid-one", { build: "exit 1" }))
        const third = yield* finished((yield* begin("rpms/low-one")).id)
        assert.strictEqual(third.state, "failed")
        assert.deepStrictEqual(Tiers.states(third), { "low:1": "done", "mid:1": "failed", "top:1": "blocked" })
        assert.deepStrictEqual(third.nodes[1]?.waiting, ["top:1"])
        push("mid", `${spec("mid")}\n%post\nfalse\n`)
        yield* campaigns.resume({ params: { id: String(third.id) }, payload: {} })
        const fixed = yield* finished(third.id)
        assert.strictEqual(fixed.state, "done", JSON.stringify(fixed, null, 1))
        assert.strictEqual(Tiers.states(fixed)["top:1"], "done")
        assert.isAbove(fixed.numbers.fix_to_green!, 0)

        const said = yield* orch("campaign", "explain", String(third.id), "--node", "mid:1")
        assert.deepStrictEqual([said.code, said.err], [0, ""])
        assert.match(said.out, /^mid:1 done: Otherwise than before.*attempt 2/s)
        const nowhere = yield* orch("campaign", "explain", String(third.id), "--node", "none:1")
        assert.deepStrictEqual([nowhere.code, nowhere.out], [1, ""])
        assert.include(nowhere.err, `Campaign ${third.id} has no node none:1`)
        const listed = yield* orch("campaign", "list", "--json", "--limit", "2")
        assert.deepStrictEqual(JSON.parse(listed.out).items.map(({ id }: { id: number }) => id), [third.id, second.id])
        const reached = yield* orch("impact", "rpms/low-one", "--ref", "main")
        assert.match(reached.out, /^3 modules in 3 tiers: .*\n3 {5}top:1/s)
        const few = yield* orch("impact", "rpms/low-one", "--limit", "1")
        assert.match(few.out, /low:1.*\n2 more modules: --offset 1\n$/s)
        const watched = yield* orch("campaign", "watch", String(second.id))
        assert.strictEqual(watched.code, 0, watched.err)
        assert.match(watched.out, /mid:1: cut .*1 built, 2 cut off \(66.7 %\)/s)
        const late = yield* orch("campaign", "approve", String(third.id))
        assert.strictEqual(late.code, 1)
        assert.include(late.err, "a campaign that is done cannot be approved")
        const promises = OrchPromiseClient.make({ url })
        const ended = yield* Effect.promise(() => promises.campaigns.finished(third.id))
        assert.strictEqual(ended.state, "done")
        yield* Effect.promise(() => promises.close())
      }),
    240_000
  )

  it.effect(
    "build modules of a circle until nothing changes any more, and name those that never come to rest",
    () =>
      Effect.gen(function*() {
        const world = yield* World
        const { campaigns, moduleBuilds } = yield* client
        const { finished } = yield* Tiers.make(world, [])
        const specs = new Map(["egg", "hen"].map((name) => [name, SpecFile.make(`${name}-one`)]))
        const packages = new Map(["egg", "hen"].map((name) => {
          const repository = TestRepository.make(Path.join(world.git, "rpms", `${name}-one`))
          repository.commit({ [`${name}-one.spec`]: specs.get(name)! })
          return [name, repository]
        }))
        const documents = new Map(
          ["egg", "hen"].map((name) => [name, TestRepository.make(Path.join(world.git, "modules", name))])
        )
        const submit = Effect.fnUntraced(function*(name: string, after: string | undefined, time: number) {
          const text = Tiers.document(name, after)
          const commit = documents.get(name)!.commit({ [`${name}.yaml`]: text }, time)
          const scmurl = `file://${world.git}/modules/${name}?#${commit}`
          const [build] = yield* moduleBuilds.submit({ payload: { scmurl } })
          const ended = yield* Tiers.until(
            moduleBuilds.get({ params: { id: String(build!.id) } }),
            ({ state }) => state === "ready" || state === "failed"
          )
          assert.strictEqual(ended.state, "ready", ended.state_reason)
        })
        // Each is built with the other: the first egg was there before any hen.
        yield* submit("egg", undefined, 1_700_000_000)
        yield* submit("hen", "egg", 1_700_000_100)
        yield* submit("egg", "hen", 1_700_000_200)
        const push = (name: string, more: string) =>
          packages.get(name)!.commit({ [`${name}-one.spec`]: `${specs.get(name)!}\n%post\n${more}\n` })
        const rounds = (campaign: Effect.Success<ReturnType<typeof finished>>) =>
          campaign.nodes.map(({ name, round, state }) => [name, state, round])

        // Both come out otherwise once: the egg is left, then built with the new hen, the hen is built again with that, and comes out as it did.
        push("egg", "true")
        push("hen", "true")
        const first = yield* finished((yield* campaigns.plan({ payload: { subject: "rpms/hen-one" } })).id)
        assert.deepStrictEqual(rounds(first), [["egg:1", "done", 2], ["hen:1", "done", 2]], JSON.stringify(first))
        assert.deepStrictEqual([first.state, first.oscillating], ["done", []])

        // Both come out otherwise whenever they are built.
        push("egg", "echo %(date +%s%N)")
        push("hen", "echo %(date +%s%N)")
        const second = yield* finished((yield* campaigns.plan({ payload: { subject: "rpms/hen-one" } })).id)
        assert.strictEqual(second.state, "done", JSON.stringify(second))
        assert.deepStrictEqual(
          second.nodes.map(({ round }) => Math.max(round, 3)),
          [3, 3],
          "nothing is built a fourth time"
        )
        assert.isAbove(second.oscillating.length, 0)
        assert.isTrue(second.oscillating.every(([one, other]) => one !== other))
        const { out } = yield* command(world.url, "campaign", "explain", String(second.id))
        for (const [one, other] of second.oscillating) assert.include(out, `${one} did not come to rest with ${other}`)
      }),
    240_000
  )

  it.effect("refuse what reaches nothing or is not there, in words", () =>
    Effect.gen(function*() {
      const { campaigns } = yield* client
      const nothing = yield* Effect.flip(campaigns.plan({ payload: { subject: "rpms/unheard-of" } }))
      assert.include(nothing, { status: 404, message: "Nothing that is ready was built from rpms/unheard-of" })
      const missing = yield* Effect.flip(campaigns.get({ params: { id: "999999" } }))
      assert.include(missing, { status: 404, message: "There is no campaign 999999" })
    }), 30_000)
})
