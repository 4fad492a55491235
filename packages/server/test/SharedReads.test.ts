import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as SharedReads from "../src/SharedReads.ts"

describe("SharedReads", () => {
  const setUp = Effect.sync(() => {
    const gates: Array<Deferred.Deferred<void>> = []
    let state = 0
    const share = SharedReads.make<number, string>()
    /** A read that sees the state when it begins, and ends when its gate opens. */
    const read = Effect.suspend(() => {
      const seen = state
      const gate = Deferred.makeUnsafe<void>()
      gates.push(gate)
      return Effect.as(Deferred.await(gate), seen)
    })
    const ask = Effect.forkChild(share("key", read), { startImmediately: true })
    return { gates, ask, share, write: () => void state++ }
  })
  const open = (gate: Deferred.Deferred<void> | undefined) =>
    Effect.andThen(Deferred.succeed(gate!, undefined), Effect.yieldNow)

  it.effect("answers those who came during a run by one further run that began after all of them", () =>
    Effect.gen(function*() {
      const { ask, gates, write } = yield* setUp
      const first = yield* ask
      yield* Effect.yieldNow
      write()
      const second = yield* ask
      write()
      const third = yield* ask
      assert.strictEqual(gates.length, 1)
      yield* open(gates[0])
      assert.strictEqual(yield* Fiber.join(first), 0)
      yield* Effect.yieldNow
      assert.strictEqual(gates.length, 2)
      yield* open(gates[1])
      assert.deepStrictEqual([yield* Fiber.join(second), yield* Fiber.join(third)], [2, 2])
      const fourth = yield* ask
      yield* Effect.yieldNow
      assert.strictEqual(gates.length, 3)
      yield* open(gates[2])
      assert.strictEqual(yield* Fiber.join(fourth), 2)
    }))

  it.effect("goes on for the others when the first who asked goes away", () =>
    Effect.gen(function*() {
      const { ask, gates } = yield* setUp
      const first = yield* ask
      yield* Effect.yieldNow
      const second = yield* ask
      yield* Fiber.interrupt(first)
      yield* open(gates[0])
      yield* Effect.yieldNow
      yield* open(gates[1])
      assert.strictEqual(yield* Fiber.join(second), 0)
    }))

  it.effect("shares failures, and keeps keys apart", () =>
    Effect.gen(function*() {
      const { share } = yield* setUp
      assert.strictEqual(yield* Effect.flip(share("a", Effect.fail("away"))), "away")
      assert.deepStrictEqual(yield* Effect.all([share("a", Effect.succeed(1)), share("b", Effect.succeed(2))]), [1, 2])
    }))
})
