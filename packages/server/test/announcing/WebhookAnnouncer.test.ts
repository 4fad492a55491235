/** Webhooks over real HTTP: the announcer's contract, and what listeners do wrong. */
import { assert, describe, it } from "@effect/vitest"
import { type Announcement, Announcer } from "@orch/core/ports/Announcer"
import { announcerContract } from "@orch/core/testing/AnnouncerContract"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as WebhookAnnouncer from "../../src/announcing/WebhookAnnouncer.ts"
import * as WebhookListener from "../../src/announcing/WebhookListener.ts"
import * as WebhookSignature from "../../src/announcing/WebhookSignature.ts"
import * as TestListener from "./TestListener.ts"

class Receiver extends Context.Service<Receiver, TestListener.TestListener>()("test/Receiver") {}

const key = Result.getOrThrow(WebhookSignature.parseKey(TestListener.secret))

const worldOf = (timeoutMillis: number) =>
  Layer.effectContext(Effect.gen(function*() {
    const receiver = yield* TestListener.make
    const announcer = yield* Layer.build(WebhookAnnouncer.layer({
      listeners: [{ id: "one", address: receiver.url, topics: [], keys: [key] }],
      timeoutMillis,
      maxBytes: 10_000
    }))
    return Context.add(announcer, Receiver, receiver)
  }))

const world = worldOf(10_000)

announcerContract("WebhookAnnouncer", {
  layer: world,
  received: Effect.map(Receiver, ({ taken }) => taken),
  silence: Effect.map(Receiver, ({ behaviours }) => void behaviours.push("close")),
  refuse: Effect.map(Receiver, ({ behaviours }) => void behaviours.push(400))
})

const announcement: Announcement = {
  sequence: 7,
  topic: "module-build.state",
  subject: "module-build/1",
  at: 1_700_000_000_000,
  body: { state: "ready" }
}

const deliver = (behaviour: TestListener.Behaviour) =>
  Effect.gen(function*() {
    const announcer = yield* Announcer
    const receiver = yield* Receiver
    receiver.behaviours.push(behaviour)
    const [listener] = yield* announcer.listeners
    return yield* Effect.result(announcer.deliver(listener!, announcement))
  })

describe("a delivery", () => {
  it.live.each([200, 201, 204, "twice", "endless"] as const)(
    "that is answered by %s was taken",
    (behaviour) =>
      Effect.gen(function*() {
        assert.isTrue(Result.isSuccess(yield* deliver(behaviour)))
        const { forged, requests, taken } = yield* Receiver
        assert.deepStrictEqual(taken, [announcement])
        assert.deepStrictEqual(forged, [])
        assert.strictEqual(requests[0]?.path, "/hook?x=1")
        assert.strictEqual(requests[0]?.headers["webhook-id"], "orch_7")
      }).pipe(Effect.provide(world))
  )

  it.live.each(
    [
      ["hang", "unreachable"],
      ["close", "unreachable"],
      ["garbage", "unreachable"],
      [500, "unreachable"],
      [503, "unreachable"],
      [429, "unreachable"],
      [408, "unreachable"],
      [400, "refused"],
      [401, "refused"],
      [410, "refused"],
      [302, "refused"]
    ] as const
  )("that is answered by %s: %s", ([behaviour, reason]) =>
    Effect.gen(function*() {
      const result = yield* deliver(behaviour)
      if (Result.isSuccess(result)) return assert.fail("it was taken")
      assert.strictEqual(result.failure.reason, reason)
      assert.lengthOf((yield* Receiver).requests, 1, "nothing is followed or repeated")
    }).pipe(Effect.provide(behaviour === "hang" ? worldOf(300) : world)))

  it.live("is signed with every key while one takes the place of another", () =>
    Effect.gen(function*() {
      const receiver = yield* TestListener.make
      const layer = WebhookAnnouncer.layer({
        listeners: [{ id: "one", address: receiver.url, topics: [], keys: [Buffer.alloc(24, 1), key] }]
      })
      const announcer = yield* Effect.provide(Announcer, layer)
      const [listener] = yield* announcer.listeners
      yield* announcer.deliver(listener!, announcement)
      assert.deepStrictEqual(receiver.forged, [])
    }))

  it.live("that nobody listens for is unreachable", () =>
    Effect.gen(function*() {
      const layer = WebhookAnnouncer.layer({
        listeners: [{ id: "one", address: "http://127.0.0.1:1/", topics: [], keys: [key] }]
      })
      const announcer = yield* Effect.provide(Announcer, layer)
      const [listener] = yield* announcer.listeners
      assert.strictEqual((yield* Effect.flip(announcer.deliver(listener!, announcement))).reason, "unreachable")
    }))
})

describe("WebhookListener.parse", () => {
  const entry = { id: "ci", url: "https://example.org/hook", secret: TestListener.secret, topics: ["module-build"] }

  it("reads listeners, and nobody from nothing", () => {
    assert.deepStrictEqual(WebhookListener.parse(" "), Result.succeed([]))
    assert.deepStrictEqual(
      WebhookListener.parse(JSON.stringify([entry])),
      Result.succeed([{ id: "ci", address: "https://example.org/hook", topics: ["module-build"], keys: [key] }])
    )
    const [all] = Result.getOrThrow(
      WebhookListener.parse(
        JSON.stringify([{ ...entry, topics: undefined, secret: [TestListener.secret, TestListener.secret] }])
      )
    )
    assert.deepStrictEqual([all?.topics, all?.keys.length], [[], 2])
  })

  it.each([
    ["{", /JSON array/],
    ["{}", /JSON array/],
    ["[1]", /listener 1: is not an object/],
    [[{ ...entry, id: "a b" }], /listener 1: its id/],
    [[entry, entry], /listener 2: the id ci is taken/],
    [[{ ...entry, url: "example.org" }], /its url/],
    [[{ ...entry, url: "file:///etc/passwd" }], /its url/],
    [[{ ...entry, url: "https://user:hunter2@example.org/" }], /must not hold a password/],
    [[{ ...entry, topics: "module-build" }], /its topics/],
    [[{ ...entry, topic: [] }], /"topic" is none of id, url, secret, topics/],
    [[{ ...entry, secret: undefined }], /whsec_/],
    [[{ ...entry, secret: [] }], /no secret/],
    [[{ ...entry, secret: "hunter2" }], /whsec_/],
    [[{ ...entry, secret: "whsec_aHVudGVyMg==" }], /24 to 64/],
    [[{ ...entry, secret: `${TestListener.secret}!` }], /whsec_/]
  ])("says what is wrong with %j, and no secret", (given, expected) => {
    const text = typeof given === "string" ? given : JSON.stringify(given)
    const result = WebhookListener.parse(text)
    if (Result.isSuccess(result)) return assert.fail("it was taken")
    assert.match(result.failure.message, expected)
    assert.notMatch(result.failure.message, /hunter2|aHVudGVyMg|BwcH/)
  })
})
