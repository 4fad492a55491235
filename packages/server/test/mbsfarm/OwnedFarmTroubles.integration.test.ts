/**
 * Campaigns on a farm that owns module builds, with a server that is killed with -9 in the middle, people who hold modules, and a token that
 * expires: nothing is handed over twice, and nothing fails that could go on later.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Tiers from "../campaigns/Tiers.ts"
import * as KillableServer from "../releases/KillableServer.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as TestServer from "../support/TestServer.ts"
import * as MbsPeer from "./MbsPeer.ts"

/** Looks until it is there, for a minute and however often the server is killed meanwhile; says what it waited for. */
const soon = <A, E, R>(what: string, look: Effect.Effect<A, E, R>, isThere: (found: A) => boolean) => {
  let seen: A | undefined
  const looked = Effect.retry(
    Effect.tap(look, (found) => Effect.sync(() => seen = found)),
    Schedule.spaced("100 millis")
  )
  return Tiers.until(looked, isThere).pipe(
    Effect.timeoutOrElse({
      duration: "60 seconds",
      orElse: () => Effect.die(new Error(`waited for ${what}: ${JSON.stringify(seen)}`))
    })
  )
}

/** A farm, and a server process that hands modules over to it with the token of a file. */
const world = Effect.gen(function*() {
  const peer = yield* MbsPeer.start()
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => TestRepository.temporary()),
    (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true }))
  )
  const token = Path.join(directory, "token")
  Fs.writeFileSync(token, "first\n")
  const database = yield* TestServer.database
  const environment = {
    ...database,
    ORCH_DATA_DIR: Path.join(directory, "data"),
    ORCH_BUILD_SYSTEM: "mbs",
    ORCH_MBS_FARM_URL: peer.url,
    ORCH_MBS_FARM_TOKEN_FILE: token,
    ORCH_MBS_FARM_INTERVAL: "300",
    ORCH_CHECK_MODULES: "false",
    ORCH_CAMPAIGN_AUDIT: "0",
    ORCH_SCM_ALLOW: `file://${peer.git}`,
    ORCH_RPMS_REPOSITORY: `file://${peer.git}/rpms/`,
    ORCH_MODULES_REPOSITORY: `file://${peer.git}/modules/`
  }
  const server = yield* Effect.acquireRelease(
    Effect.promise(() => KillableServer.start(environment, Path.join(directory, "server.log"))),
    ({ stop }) => Effect.promise(stop)
  )
  yield* soon(
    "the server",
    Effect.promise(() => fetch(`${server.url}/health/ready`).then(({ ok }) => ok, () => false)),
    (ok) => ok
  )
  peer.work(true)
  const client = yield* Tiers.make({ git: peer.git, url: server.url })
  const plan = (line: string) => {
    peer.work(false)
    client.push("low", `${client.spec("low")}\n%post\n${line}\n`)
    return client.campaigns.plan({ payload: { subject: "rpms/low-one" } })
  }
  const state = (id: number, name: string, wanted: string) =>
    soon(
      `${name} to be ${wanted}`,
      client.get(id),
      ({ nodes }) => nodes.some((one) => one.name === name && one.state === wanted)
    )
  const done = (id: number) => soon("the campaign to end", client.get(id), (one) => one.state !== "running")
  const begun = Effect.forEach(["low", "mid", "top"], (name) => peer.begun(name))
  return { peer, server, token, client, plan, state, done, begun }
})

describe("a campaign on a farm that owns module builds", () => {
  it.live(
    "is carried on by a server that was killed, at whatever moment, and hands each module over once",
    () =>
      Effect.gen(function*() {
        const { begun, done, peer, plan, server, state } = yield* world
        // The farm has taken the module, and the server dies before it hears so.
        peer.afterwards("POST", server.kill)
        const { id } = yield* plan("true")
        yield* state(id, "low:1", "builds")
        yield* soon("the kill", Effect.sync(server.kills), (kills) => kills === 1)
        // It dies while the farm builds, and the farm goes on.
        yield* soon("low to be begun", peer.begun("low"), (times) => times === 2)
        server.kill()
        peer.afterwards("POST", server.kill)
        peer.work(true)
        yield* soon("mid to be begun", peer.begun("mid"), (times) => times === 2)
        yield* soon("top to be begun", peer.begun("top"), (times) => times === 2)
        server.kill()
        const whole = yield* done(id)
        assert.strictEqual(whole.state, "done", JSON.stringify(whole))
        assert.strictEqual(server.kills(), 4)
        assert.deepStrictEqual(yield* begun, [2, 2, 2])
      }).pipe(Effect.scoped),
    240_000
  )

  it.live(
    "waits while the farm is away, where it is held, and where its token is not known any more, and goes on from there",
    () =>
      Effect.gen(function*() {
        const { begun, client, done, peer, plan, state, token } = yield* world
        const first = yield* plan("true")
        const params = { id: String(first.id) }
        // The campaign says what its builds say, while the farm is away and afterwards.
        const says = (wanted: RegExp) =>
          soon(`${wanted}`, client.get(first.id), ({ nodes }) => wanted.test(nodes[0]!.state_reason))
        yield* says(/^mbs .* (has|builds) it/)
        peer.leave(true)
        yield* says(/^waiting for mbs /)
        peer.leave(false)
        yield* says(/^mbs .* (has|builds) it/)
        yield* client.campaigns.hold({ params, payload: { node: "mid:1", why: "not now" } })
        peer.work(true)
        yield* state(first.id, "low:1", "done")
        yield* state(first.id, "mid:1", "held")
        assert.deepStrictEqual(yield* begun, [2, 1, 1])
        // The whole campaign, while the farm has one of its modules: that ends, and nothing else begins.
        peer.work(false)
        yield* client.campaigns.letGo({ params, payload: { node: "mid:1" } })
        yield* soon("mid to be begun", peer.begun("mid"), (times) => times === 2)
        yield* client.campaigns.hold({ params, payload: {} })
        peer.work(true)
        const paused = yield* state(first.id, "mid:1", "done")
        assert.strictEqual(paused.state, "paused")
        yield* Effect.sleep("1 second")
        assert.deepStrictEqual(yield* begun, [2, 2, 1])
        yield* client.campaigns.letGo({ params, payload: {} })
        assert.strictEqual((yield* done(first.id)).state, "done")

        peer.demand("second")
        const second = yield* plan("false")
        const { nodes } = yield* soon(
          "low:1 to have a build",
          client.get(second.id),
          (one) => one.nodes[0]!.builds.length > 0
        )
        const waiting = yield* soon(
          "low to wait for a token",
          client.build(nodes[0]!.builds[0]!),
          ({ state_reason }) => (state_reason ?? "").includes("token")
        )
        assert.match(waiting.state_reason!, /mbs .*it does not know the token: Token has expired/)
        assert.deepStrictEqual(yield* begun, [2, 2, 2])
        Fs.writeFileSync(token, "second\n")
        peer.work(true)
        assert.strictEqual((yield* done(second.id)).state, "done")
        assert.deepStrictEqual(yield* begun, [3, 3, 3])
      }).pipe(Effect.scoped),
    240_000
  )
})
