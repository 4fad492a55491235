/** Announcements on their way from the outbox to listeners that fail, refuse and come back. */
import { assert, describe, it } from "@effect/vitest"
import { Outbox } from "@orch/core/ports/Outbox"
import * as MemoryOutbox from "@orch/core/testing/MemoryOutbox"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Announcements from "../../src/announcing/Announcements.ts"
import * as WebhookAnnouncer from "../../src/announcing/WebhookAnnouncer.ts"
import * as WebhookSignature from "../../src/announcing/WebhookSignature.ts"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import { databases } from "../support/Databases.ts"
import * as TestListener from "./TestListener.ts"

const keys = [Result.getOrThrow(WebhookSignature.parseKey(TestListener.secret))]

/** Dispatches to listeners for as long as the scope lives, with short pauses. */
const dispatch = (...listeners: ReadonlyArray<readonly [TestListener.TestListener, ReadonlyArray<string>?]>) =>
  Layer.build(
    Announcements.layer({ firstPause: "5 millis", longestPause: "20 millis", refusals: 3, sweep: "1 second" }).pipe(
      Layer.provide(WebhookAnnouncer.layer({
        listeners: listeners.map(([{ url }, topics = []], index) => ({ id: `l${index}`, address: url, topics, keys })),
        timeoutMillis: 2000
      }))
    )
  )

const tell = Effect.fnUntraced(function*(ns: ReadonlyArray<number>, topic = "module-build.state") {
  const outbox = yield* Outbox
  yield* outbox.append(ns.map((n) => ({ topic, subject: `module-build/${n}`, body: { n } })), 1_700_000_000_000)
})

const numbers = ({ taken }: TestListener.TestListener): ReadonlyArray<number> =>
  taken.map(({ body }) => (body as { readonly n: number }).n)

const until = (test: () => boolean) =>
  Effect.sync(test).pipe(
    Effect.repeat({ until: (met) => met, schedule: Schedule.spaced("5 millis") }),
    Effect.timeout("40 seconds")
  )

const tenOf = Array.from({ length: 10 }, (_, index) => index + 1)

describe("announcements", () => {
  it.live("reach every listener once and in order, those from before and those to come", () =>
    Effect.gen(function*() {
      const [one, other] = [yield* TestListener.make, yield* TestListener.make]
      yield* tell([1, 2, 3])
      yield* dispatch([one], [other])
      yield* until(() => one.taken.length === 3 && other.taken.length === 3)
      yield* tell([4, 5])
      yield* until(() => one.taken.length === 5 && other.taken.length === 5)
      for (const listener of [one, other]) {
        assert.deepStrictEqual(numbers(listener), [1, 2, 3, 4, 5])
        assert.deepStrictEqual(listener.taken.map(({ sequence }) => sequence), [1, 2, 3, 4, 5])
        assert.deepStrictEqual(listener.forged, [])
      }
    }).pipe(Effect.provide(MemoryOutbox.layer)))

  it.live("are brought again, in order, to a listener that fails, hangs and breaks off", () =>
    Effect.gen(function*() {
      const listener = yield* TestListener.make
      listener.behaviours.push(500, "close", 503, 204, "hang", 204, "garbage", 429)
      yield* dispatch([listener])
      yield* tell(tenOf)
      yield* until(() => listener.taken.length >= 10)
      assert.deepStrictEqual(numbers(listener), tenOf)
      assert.lengthOf(listener.requests, 16)
    }).pipe(Effect.provide(MemoryOutbox.layer)))

  it.live("are taken once from a listener that answers twice", () =>
    Effect.gen(function*() {
      const listener = yield* TestListener.make
      listener.behaviours.push("twice", "twice", "endless")
      yield* dispatch([listener])
      yield* tell([1, 2, 3, 4])
      yield* until(() => listener.taken.length >= 4)
      assert.deepStrictEqual(numbers(listener), [1, 2, 3, 4])
    }).pipe(Effect.provide(MemoryOutbox.layer)))

  it.live("are skipped one by one when a listener refuses them time and again", () =>
    Effect.gen(function*() {
      const listener = yield* TestListener.make
      listener.behaviours.push(204, 400, 400, 400)
      yield* dispatch([listener])
      yield* tell([1, 2, 3])
      yield* until(() => listener.taken.length >= 2)
      assert.deepStrictEqual(numbers(listener), [1, 3])
      assert.deepStrictEqual(listener.requests.map(({ headers }) => headers["webhook-id"]), [
        "orch_1",
        "orch_2",
        "orch_2",
        "orch_2",
        "orch_3"
      ])
    }).pipe(Effect.provide(MemoryOutbox.layer)))

  it.live("do not keep other listeners waiting for one that is away", () =>
    Effect.gen(function*() {
      const [away, well] = [yield* TestListener.make, yield* TestListener.make]
      away.behaviours.push(...Array.from({ length: 1000 }, () => "hang" as const))
      yield* dispatch([away], [well])
      yield* tell(tenOf)
      yield* until(() => well.taken.length === 10)
      assert.lengthOf(away.taken, 0)
    }).pipe(Effect.provide(MemoryOutbox.layer)))

  it.live("reach a listener that asked for their topics only", () =>
    Effect.gen(function*() {
      const [some, all] = [yield* TestListener.make, yield* TestListener.make]
      yield* dispatch([some, ["component-build", "repository.changed"]], [all])
      yield* tell([1])
      yield* tell([2], "component-build.state")
      yield* tell([3], "repository.changed")
      yield* tell([4], "repository.changes")
      yield* tell([5], "component-build.state")
      yield* until(() => all.taken.length === 5 && some.taken.length >= 3)
      assert.deepStrictEqual(numbers(some), [2, 3, 5])
    }).pipe(Effect.provide(MemoryOutbox.layer)))

  it.live.each(databases)("go on where the last process stopped, on $name", ({ layer }) =>
    Effect.gen(function*() {
      const listener = yield* TestListener.make
      yield* tell([1, 2, 3, 4, 5])
      // The process ends in the middle of a delivery.
      listener.behaviours.push(204, 204, "hang")
      yield* Effect.scoped(Effect.andThen(dispatch([listener]), until(() => listener.requests.length >= 3)))
      yield* tell([6])
      yield* Effect.scoped(Effect.andThen(dispatch([listener]), until(() => listener.taken.length >= 6)))
      assert.deepStrictEqual(numbers(listener), [1, 2, 3, 4, 5, 6])
    }).pipe(Effect.provide(PgOutbox.layer.pipe(Layer.provide(layer)))), 300_000)

  it.live.each(databases)(
    "are brought by one of several processes at a time, on $name",
    ({ layer }) =>
      Effect.gen(function*() {
        const listener = yield* TestListener.make
        yield* dispatch([listener])
        yield* dispatch([listener])
        yield* dispatch([listener])
        for (const n of tenOf) yield* tell([n])
        yield* until(() => listener.taken.length >= 10)
        assert.deepStrictEqual(numbers(listener), tenOf)
      }).pipe(Effect.provide(PgOutbox.layer.pipe(Layer.provide(layer))))
  )
})
