/** Promises about serving listeners: everything once it went well, in order, by one server at a time. */
import { assert } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Announcement } from "../../ports/Announcer.ts"
import { Outbox } from "../../ports/Outbox.ts"
import * as Contract from "../Contract.ts"
import { type Harness, numbers, upTo } from "./outboxHarness.ts"

export const servingPromises = ({ drain, patience, told }: Harness): ReadonlyArray<Contract.Check<Outbox>> => {
  /** A listener that has had everything there was, and what it is given from now on. */
  const listening = Effect.gen(function*() {
    const outbox = yield* Outbox
    const listener = Contract.unique("listener")
    yield* drain(listener)
    const had: Array<Announcement> = []
    const serve = (limit = 100) => outbox.serve(listener, limit, (one) => Effect.sync(() => void had.push(one)))
    return { outbox, listener, had, serve }
  })

  return [
    {
      name: "hands a listener everything once, in order, and tells how much that was",
      check: Effect.gen(function*() {
        const { had, serve } = yield* listening
        const all = yield* told(Contract.unique("subject"), upTo(5))
        assert.strictEqual(yield* serve(), 5)
        assert.deepStrictEqual(had, all)
        assert.strictEqual(yield* serve(), 0)
        const more = yield* told(Contract.unique("subject"), [6, 7])
        assert.strictEqual(yield* serve(), 2)
        assert.deepStrictEqual(had, [...all, ...more])
      })
    },
    {
      name: "hands over no more at a time than it is asked to",
      check: Effect.gen(function*() {
        const { had, serve } = yield* listening
        yield* told(Contract.unique("subject"), upTo(5))
        assert.deepStrictEqual([yield* serve(2), yield* serve(2), yield* serve(2), yield* serve(2)], [2, 2, 1, 0])
        assert.deepStrictEqual(numbers(had), upTo(5))
      })
    },
    {
      name: "comes again with what a listener did not take, and with nothing before it",
      check: Effect.gen(function*() {
        const { had, listener, outbox, serve } = yield* listening
        yield* told(Contract.unique("subject"), upTo(5))
        const tried: Array<number> = []
        const failing = outbox.serve(listener, 100, (one) => {
          tried.push(...numbers([one]))
          return tried.at(-1) === 3 ? Effect.fail("no" as const) : Effect.void
        })
        assert.strictEqual(yield* Effect.flip(failing), "no")
        assert.deepStrictEqual(tried, [1, 2, 3])
        assert.strictEqual(yield* serve(), 3)
        assert.deepStrictEqual(numbers(had), [3, 4, 5])
      })
    },
    {
      name: "keeps the cursors of listeners apart",
      check: Effect.gen(function*() {
        const one = yield* listening
        const other = yield* listening
        yield* told(Contract.unique("subject"), upTo(3))
        assert.strictEqual(yield* one.serve(), 3)
        assert.strictEqual(yield* other.serve(2), 2)
        assert.strictEqual(yield* one.serve(), 0)
        assert.strictEqual(yield* other.serve(), 1)
      })
    },
    {
      name: "has one server at a time for a listener, and others meanwhile for others",
      check: Effect.gen(function*() {
        const one = yield* listening
        const other = yield* listening
        yield* told(Contract.unique("subject"), upTo(3))
        const begun = yield* Deferred.make<void>()
        const go = yield* Deferred.make<void>()
        const slow = yield* Effect.forkChild(
          one.outbox.serve(
            one.listener,
            100,
            () => Effect.andThen(Deferred.succeed(begun, undefined), Deferred.await(go))
          )
        )
        yield* Effect.timeout(Deferred.await(begun), patience)
        assert.strictEqual(yield* one.serve(), 0)
        assert.strictEqual(yield* other.serve(), 3)
        yield* Deferred.succeed(go, undefined)
        assert.strictEqual(yield* Fiber.join(slow), 3)
        assert.deepStrictEqual(one.had, [])
        assert.strictEqual(yield* one.serve(), 0)
      })
    },
    {
      name: "hands nothing over twice when many serve at once and all goes well",
      check: Effect.gen(function*() {
        const { had, serve } = yield* listening
        yield* told(Contract.unique("subject"), upTo(20))
        const served = yield* Effect.forEach(upTo(10), () => serve(3), { concurrency: "unbounded" })
        while ((yield* serve(3)) > 0) continue
        assert.deepStrictEqual(numbers(had), upTo(20))
        assert.isAtLeast(Math.max(...served), 1)
      })
    },
    {
      name: "lets somebody else go on when a server is interrupted, from where it was",
      check: Effect.gen(function*() {
        const { had, listener, outbox, serve } = yield* listening
        yield* told(Contract.unique("subject"), upTo(4))
        const begun = yield* Deferred.make<void>()
        const slow = yield* Effect.forkChild(
          outbox.serve(
            listener,
            100,
            (one) =>
              numbers([one])[0] === 3 ? Effect.andThen(Deferred.succeed(begun, undefined), Effect.never) : Effect.void
          )
        )
        yield* Effect.timeout(Deferred.await(begun), patience)
        yield* Fiber.interrupt(slow)
        assert.strictEqual(yield* serve(), 2)
        assert.deepStrictEqual(numbers(had), [3, 4])
      })
    }
  ]
}
