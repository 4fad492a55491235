/** Totals of lists: right as long as they are small, soon right where they are not, and never in the way of who walks through pages. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as Totals from "../src/Totals.ts"

/** Rows that can become more, and how often they were counted to the end. */
const rows = (start: number, estimated = 0) => {
  const state = { there: start, counts: 0 }
  const counting = {
    count: (most: number | undefined) =>
      Effect.gen(function*() {
        if (most === undefined) {
          state.counts++
          // Longer than a first answer waits.
          yield* Effect.sleep("1 second")
        }
        return Math.min(state.there, most ?? Number.POSITIVE_INFINITY)
      }),
    estimate: Effect.succeed(estimated)
  }
  return { state, counting }
}

describe("totals", () => {
  it.effect("count what is little at once", () =>
    Effect.gen(function*() {
      const totals = Totals.make()
      const { counting, state } = rows(7)
      assert.deepStrictEqual(yield* totals("a", counting), { total: 7, isExact: true })
      state.there = 8
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(yield* totals("a", counting), { total: 8, isExact: true })
      assert.strictEqual(state.counts, 0)
    }))

  it.effect("of much are an estimate first, and what was counted once meanwhile then", () =>
    Effect.gen(function*() {
      const totals = Totals.make()
      const { counting, state } = rows(1_000_000, 900_000)
      const ask = Effect.gen(function*() {
        const answer = yield* Effect.forkChild(totals("a", counting))
        yield* TestClock.adjust(60)
        return yield* Fiber.join(answer)
      })
      assert.deepStrictEqual(yield* ask, { total: 900_000, isExact: false })
      assert.deepStrictEqual(yield* ask, { total: 900_000, isExact: false })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* ask, { total: 1_000_000, isExact: true })
      assert.strictEqual(state.counts, 1)
      // Ten seconds later it is counted anew, behind an answer that is at once.
      state.there = 1_000_001
      yield* TestClock.adjust("11 seconds")
      assert.deepStrictEqual(yield* ask, { total: 1_000_000, isExact: true })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* ask, { total: 1_000_001, isExact: true })
      assert.strictEqual(state.counts, 2)
    }))

  it("agree with the page that is shown", () => {
    const estimate = (total: number) => ({ total, isExact: false })
    const page = (offset: number, shown: number) => ({ offset, limit: 10, shown })
    // There is a next page after every full one.
    assert.strictEqual(Totals.agreeing(estimate(25), page(30, 10)), 41)
    assert.strictEqual(Totals.agreeing(estimate(99), page(30, 10)), 99)
    // The end is where a page is not full.
    assert.strictEqual(Totals.agreeing(estimate(99), page(30, 4)), 34)
    assert.strictEqual(Totals.agreeing(estimate(99), page(0, 0)), 0)
    assert.strictEqual(Totals.agreeing(estimate(99), page(50, 0)), 50)
    assert.strictEqual(Totals.agreeing({ total: 25, isExact: true }, page(30, 0)), 25)
  })
})
