/**
 * Campaigns on a farm that owns module builds, gate by gate, with a real broker: a message about a validated module leads to the next tier.
 * Messages that repeat, come late, mean nothing or get lost, lost answers of the farm, and servers that stop change nothing of how it ends.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { randomUUID } from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Tiers from "../campaigns/Tiers.ts"
import * as FakeGreenwave from "../gating/FakeGreenwave.ts"
import * as ModulePolicy from "../gating/ModulePolicy.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as Brokers from "../support/Brokers.ts"
import * as TestServer from "../support/TestServer.ts"
import * as MbsPeer from "./MbsPeer.ts"

const missing = Brokers.hasRabbit ? "" : " [skipped: needs RabbitMQ at 127.0.0.1:5672]"

/** A farm, a broker with a queue of this test's own, and a server that can be stopped and started again on what it stored. */
const world = Effect.gen(function*() {
  const peer = yield* MbsPeer.start()
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => TestRepository.temporary()),
    (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true }))
  )
  const { channel, prefix, queue } = yield* Brokers.ownQueue
  const database = yield* TestServer.database
  const gated = ModulePolicy.settings(directory, "ci.tier1.functional")
  const start = Effect.fnUntraced(function*(environment: Readonly<Record<string, string>>) {
    const scope = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
    const { url } = yield* TestServer.start({
      ...database,
      ORCH_DATA_DIR: Path.join(directory, "data"),
      ORCH_BUILD_SYSTEM: "mbs",
      ORCH_MBS_FARM_URL: peer.url,
      ORCH_MBS_FARM_INTERVAL: "300",
      ORCH_CHECK_MODULES: "false",
      ORCH_CAMPAIGN_AUDIT: "0",
      ORCH_LEASE: "3",
      ORCH_SCM_ALLOW: `file://${peer.git}`,
      ORCH_RPMS_REPOSITORY: `file://${peer.git}/rpms/`,
      ORCH_MODULES_REPOSITORY: `file://${peer.git}/modules/`,
      ORCH_INBOX: JSON.stringify([{
        id: "bus",
        url: Brokers.rabbitUrl,
        queue,
        topics: [`${prefix}.#`],
        believe: ["ci", "greenwave", "mbs"]
      }]),
      ...environment
    }).pipe(Scope.provide(scope))
    return { git: peer.git, url, stop: Scope.close(scope, Exit.void) }
  })
  const publish = (topic: string, body: unknown, id: string = randomUUID(), sent = Date.now()) =>
    void channel.publish("amq.topic", `${prefix}.${topic}`, Buffer.from(JSON.stringify(body)), {
      messageId: id,
      headers: { "sent-at": new Date(sent).toISOString() }
    })
  return { peer, start, gated, publish }
})

/** Looks until it is there, for a minute; says what it waited for. */
const soon = <A, E, R>(what: string, look: Effect.Effect<A, E, R>, isThere: (found: A) => boolean) => {
  let seen: A | undefined
  return Tiers.until(Effect.tap(look, (found) => Effect.sync(() => seen = found)), isThere).pipe(
    Effect.timeoutOrElse({
      duration: "60 seconds",
      orElse: () => Effect.die(new Error(`waited for ${what}: ${JSON.stringify(seen)}`))
    })
  )
}

type Client = Effect.Success<ReturnType<typeof Tiers.make>>

/** The node once it is so, with its build. */
const node = Effect.fnUntraced(function*(client: Client, campaign: number, name: string, state: string) {
  const found = yield* soon(
    `${name} to be ${state}`,
    client.get(campaign),
    ({ nodes }) => nodes.some((one) => one.name === name && one.state === state)
  )
  const { builds } = found.nodes.find((one) => one.name === name)!
  const [id] = builds
  return { campaign: found, build: id === undefined ? undefined : yield* client.build(id) }
})

/** The campaign when nothing happens in it by itself any more. */
const ended = (client: Client, campaign: number) =>
  soon("the campaign to end", client.get(campaign), ({ state }) => state === "done" || state === "failed")

type Build = NonNullable<Effect.Success<ReturnType<typeof node>>["build"]>

/** What a CI system says of a module, in the form of Fedora CI's messages. */
const ci = (build: Build, result: string) => ({
  artifact: {
    type: "redhat-module",
    id: String(build.id),
    nsvc: `${build.name}:${build.stream}:${build.version}:${build.context}`
  },
  test: { namespace: "ci", type: "tier1", category: "functional", result }
})

const change = (client: Client, name: string, line: string) =>
  client.push(name, `${client.spec(name)}\n%post\n${line}\n`)

describe(`a campaign on a farm that owns module builds${missing}`, () => {
  it.live.skipIf(missing !== "")(
    "goes on with the next tier when CI says that the one before is good, and hands each module over once",
    () =>
      Effect.gen(function*() {
        const { gated, peer, publish, start } = yield* world
        peer.work(true)
        // The modules are there before there are gates.
        const before = yield* start({})
        const first = yield* Tiers.make(before)
        yield* before.stop
        const names = ["low", "mid", "top"]
        const begun = Effect.forEach(names, (name) => peer.begun(name))
        assert.deepStrictEqual(yield* begun, [1, 1, 1])

        const one = yield* start(gated)
        const client = yield* Tiers.open(one, first)
        peer.work(false)
        change(client, "low", "true")
        // The farm takes the module, and its answer gets lost.
        peer.lose("POST", "forgotten")
        const { id } = yield* client.campaigns.plan({ payload: { subject: "rpms/low-one" } })
        const building = yield* soon(
          "low:1 to be handed over",
          client.get(id),
          ({ nodes }) => nodes[0]!.state === "builds" && /^mbs .* has it|^mbs .* builds it/.test(nodes[0]!.state_reason)
        )
        assert.match(building.nodes[0]!.state_reason, /http:.*\/module-build-service\/2\/module-builds\/\d+/)
        assert.match(building.waits_for.join(" "), /low:1: mbs .*\/module-builds\/\d+/)
        peer.work(true)
        const low = yield* node(client, id, "low:1", "validates")
        assert.strictEqual(low.build?.state, "done")
        assert.deepStrictEqual(yield* begun, [2, 1, 1])

        // What is about nobody, and what is told twice, is no reason for more.
        publish("ci.redhat-module.test.complete", ci({ ...low.build!, version: "1" }, "passed"))
        const repeated = randomUUID()
        for (const message of [repeated, repeated, randomUUID()]) {
          publish("ci.redhat-module.test.complete", ci(low.build!, "passed"), message)
        }
        yield* node(client, id, "low:1", "done")
        peer.work(false)
        yield* soon("mid to be begun", peer.begun("mid"), (times) => times === 2)
        // What CI said earlier comes later.
        publish("ci.redhat-module.test.running", ci(low.build!, "running"), randomUUID(), Date.now() - 600_000)

        // The server stops while the farm builds; what happens meanwhile is found.
        const mid = yield* Tiers.until(
          Effect.flatMap(client.get(id), ({ nodes }) => client.build(nodes[1]!.builds[0] ?? 0)),
          ({ state }) => state === "build"
        ).pipe(Effect.retry({ times: 100 }), Effect.timeout("60 seconds"))
        yield* one.stop
        peer.work(true)
        publish("ci.redhat-module.test.complete", ci(mid, "passed"))
        const two = yield* start(gated)
        const later = yield* Tiers.open(two, first)
        const top = yield* node(later, id, "top:1", "validates")
        assert.deepStrictEqual(Tiers.states(top.campaign), { "low:1": "done", "mid:1": "done", "top:1": "validates" })
        publish("ci.redhat-module.test.complete", ci(top.build!, "passed"))
        const whole = yield* ended(later, id)
        assert.strictEqual(whole.state, "done", JSON.stringify(whole))
        assert.deepStrictEqual(yield* begun, [2, 2, 2])
        // One request for each module that was handed over; that whose answer was lost was found and not repeated.
        assert.lengthOf(peer.requests.filter((request) => request.startsWith("POST")), 6)

        // What is canceled ends at the farm, too, and what is resumed is a build of its own.
        peer.work(false)
        change(later, "low", "false")
        const second = yield* later.campaigns.plan({ payload: { subject: "rpms/low-one" } })
        const under = yield* soon(
          "low:1 to be handed over again",
          later.get(second.id),
          ({ nodes }) => nodes[0]!.state === "builds" && nodes[0]!.state_reason.startsWith("mbs ")
        )
        const farms = /\d+$/.exec(under.nodes[0]!.state_reason)![0]
        yield* later.campaigns.cancel({ params: { id: String(second.id) } })
        yield* soon("it to end at the farm", peer.show(farms), ({ state_name }) => state_name === "failed")
        peer.work(true)
        yield* later.campaigns.resume({ params: { id: String(second.id) }, payload: {} })
        const again = yield* node(later, second.id, "low:1", "validates")
        publish("ci.redhat-module.test.complete", ci(again.build!, "failed"))
        const failed = yield* ended(later, second.id)
        assert.deepStrictEqual(Tiers.states(failed), { "low:1": "failed", "mid:1": "blocked", "top:1": "blocked" })
        // Another run of the test passes.
        publish("ci.redhat-module.test.complete", ci(again.build!, "passed"))
        yield* soon("mid to be begun", peer.begun("mid"), (times) => times === 3)
        assert.deepStrictEqual(yield* begun, [4, 3, 2])
        yield* two.stop

        // A gate of another server: its message leads on, and where that is lost, asking it does.
        const undecided = {
          policies_satisfied: false,
          summary: "1 test is missing",
          unsatisfied_requirements: [{ type: "test-result-missing", testcase: "ci.tier1.functional" }],
          satisfied_requirements: []
        }
        const satisfied = {
          ...undecided,
          policies_satisfied: true,
          summary: "all passed",
          unsatisfied_requirements: []
        }
        const decisions: Record<string, unknown> = { "dist-9": undecided }
        const greenwave = yield* FakeGreenwave.start({
          policies: { policies: [FakeGreenwave.policy(["dist-9"])] },
          decisions
        })
        const elsewhere = {
          ORCH_GREENWAVE_URL: greenwave.url,
          ORCH_GREENWAVE_DECISION_CONTEXT: FakeGreenwave.context
        }
        const three = yield* start({ ...elsewhere, ORCH_GREENWAVE_INTERVAL: "3600" })
        const asked = yield* Tiers.open(three, first)
        const held = yield* node(asked, second.id, "mid:1", "validates")
        yield* soon("mid to wait for its gate", asked.build(held.build!.id), ({ state }) => state === "done")
        const item = ({ context, name, stream, version }: Build) => `${name}-${stream}-${version}.${context}`
        const update = (build: Build, policies_satisfied: boolean) => ({
          decision_context: FakeGreenwave.context,
          subject_identifier: item(build),
          subject_type: "redhat-module",
          policies_satisfied
        })
        // A message is believed about what to ask, and about nothing else.
        publish("greenwave.decision.update", update(held.build!, true))
        yield* Effect.sleep("500 millis")
        assert.strictEqual((yield* asked.build(held.build!.id)).state, "done")
        decisions["dist-9"] = satisfied
        peer.work(false)
        for (let time = 0; time < 3; time++) publish("greenwave.decision.update", update(held.build!, true))
        yield* soon("top to be begun", peer.begun("top"), (times) => times === 3)
        // One from before that comes afterwards: the gate is asked, and says what it says now.
        publish("greenwave.decision.update", update(held.build!, false))
        decisions["dist-9"] = undecided
        yield* three.stop
        peer.work(true)
        // Its message is lost with the server; it is asked again in its time.
        const four = yield* start({ ...elsewhere, ORCH_GREENWAVE_INTERVAL: "1" })
        const last = yield* Tiers.open(four, first)
        yield* node(last, second.id, "top:1", "validates")
        decisions["dist-9"] = satisfied
        // Where it was asked about mid while nothing was let through, mid is out until it is asked again.
        publish("greenwave.decision.update", update(held.build!, true))
        yield* soon("the campaign to be done", last.get(second.id), ({ state }) => state === "done")
        assert.deepStrictEqual(yield* begun, [4, 3, 3])
      }).pipe(Effect.scoped),
    240_000
  )
})
