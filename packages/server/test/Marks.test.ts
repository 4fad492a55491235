/** Places in long lists: learnt once somebody asks for one, used while they are new enough, and never waited for. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Marks from "../src/Marks.ts"

/** A list of rows that are found by their number, one in a thousand marked; how often it was learnt. */
const list = () => {
  const state = { learnt: 0, shift: 0 }
  const learn = Effect.suspend(() => {
    state.learnt++
    const { shift } = state
    return Effect.as(
      Effect.sleep("1 second"),
      Array.from({ length: 10 }, (_, index) => ({ before: index * 1000, key: index * 1000 + shift }))
    )
  })
  return { state, learn }
}

describe("marks", () => {
  it.effect("are learnt behind the first answer, and the nearest one before a page is told from then on", () =>
    Effect.gen(function*() {
      const marks = Marks.make<number>()
      const { learn, state } = list()
      assert.isUndefined(yield* marks("a", 4500, learn))
      assert.isUndefined(yield* marks("a", 4500, learn))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* marks("a", 4500, learn), { before: 4000, key: 4000 })
      assert.deepStrictEqual(yield* marks("a", 5000, learn), { before: 5000, key: 5000 })
      assert.deepStrictEqual(yield* marks("a", 20_000, learn), { before: 9000, key: 9000 })
      assert.strictEqual(state.learnt, 1)
      assert.isUndefined(yield* marks("b", 4500, learn))
    }))

  it.effect("are learnt again while they are used, and not used when they are old", () =>
    Effect.gen(function*() {
      const marks = Marks.make<number>()
      const { learn, state } = list()
      yield* marks("a", 4500, learn)
      yield* TestClock.adjust("25 seconds")
      state.shift = 7
      assert.deepStrictEqual(yield* marks("a", 4500, learn), { before: 4000, key: 4000 })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* marks("a", 4500, learn), { before: 4000, key: 4007 })
      yield* TestClock.adjust("2 minutes")
      assert.isUndefined(yield* marks("a", 4500, learn))
    }))

  it.effect("are done without where they cannot be learnt", () =>
    Effect.gen(function*() {
      const marks = Marks.make<number>()
      assert.isUndefined(yield* marks("a", 4500, Effect.fail("away")))
      yield* TestClock.adjust("1 second")
      assert.isUndefined(yield* marks("a", 4500, list().learn))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* marks("a", 4500, list().learn), { before: 4000, key: 4000 })
    }))
})
