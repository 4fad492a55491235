/** What many want at the same time becomes few runs, and nobody notices. */
import { assert, describe, it } from "@effect/vitest"
import * as Gathering from "@orch/server/database/Gathering"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"

/** Doubles numbers, remembers its runs, and ends each when it is let. */
const doubling = Effect.fnUntraced(function*(
  options: Omit<Gathering.Options<number, number, string, never>, "run">
) {
  const runs: Array<ReadonlyArray<number>> = []
  const gates: Array<Deferred.Deferred<void, string>> = []
  const gather = yield* Gathering.make({
    ...options,
    run: (items: ReadonlyArray<number>) =>
      Effect.suspend(() => {
        const gate = Deferred.makeUnsafe<void, string>()
        runs.push(items)
        gates.push(gate)
        return Effect.as(Deferred.await(gate), items.map((item) => item * 2))
      })
  })
  const ask = (item: number) => Effect.forkChild(Effect.exit(gather(item)), { startImmediately: true })
  const settle = Effect.forEach(Array.from({ length: 20 }), () => Effect.yieldNow, { discard: true })
  const end = (run: number, exit: Exit.Exit<void, string> = Exit.void) =>
    Effect.andThen(Deferred.done(gates[run]!, exit), settle)
  return { runs, ask, end, settle }
})

describe("Gathering", () => {
  it.effect("runs alone what comes alone, and together what comes while a run is under way", () =>
    Effect.gen(function*() {
      const { ask, end, runs, settle } = yield* doubling({ parallel: 1, most: 10 })
      const first = yield* ask(1)
      yield* settle
      const others = [yield* ask(2), yield* ask(3)]
      yield* settle
      assert.deepStrictEqual(runs, [[1]])
      yield* end(0)
      assert.deepStrictEqual(runs, [[1], [2, 3]])
      yield* end(1)
      const answers = yield* Effect.forEach([first, ...others], Fiber.join)
      assert.deepStrictEqual(answers, [Exit.succeed(2), Exit.succeed(4), Exit.succeed(6)])
      const late = yield* ask(4)
      yield* settle
      yield* end(2)
      assert.deepStrictEqual(yield* Fiber.join(late), Exit.succeed(8))
    }))

  it.effect("runs together what is of one kind, the kind of the first that waits", () =>
    Effect.gen(function*() {
      const { ask, end, runs, settle } = yield* doubling({
        parallel: 1,
        most: 2,
        kind: (item: number) => item % 2 === 0 ? "even" : "odd"
      })
      const all = [yield* ask(1)]
      yield* settle
      for (const item of [2, 3, 4, 6, 5]) all.push(yield* ask(item))
      for (const run of [0, 1, 2, 3]) yield* end(run)
      assert.deepStrictEqual(runs, [[1], [2, 4], [3, 5], [6]])
      assert.deepStrictEqual(yield* Effect.forEach(all, Fiber.join), [2, 4, 6, 8, 12, 10].map(Exit.succeed))
    }))

  it.effect("fails with its run, and goes on with the next", () =>
    Effect.gen(function*() {
      const { ask, end, settle } = yield* doubling({ parallel: 1, most: 2 })
      const all = [yield* ask(1), yield* ask(2), yield* ask(3)]
      yield* settle
      yield* end(0, Exit.fail("away"))
      yield* end(1)
      const answers = yield* Effect.forEach(all, Fiber.join)
      assert.deepStrictEqual(answers, [Exit.fail("away"), Exit.fail("away"), Exit.succeed(6)])
    }))

  it.effect("leaves out who goes away before its run begins, and not who goes away after", () =>
    Effect.gen(function*() {
      const { ask, end, runs, settle } = yield* doubling({ parallel: 1, most: 10 })
      const begun = yield* ask(1)
      yield* settle
      const waiting = [yield* ask(2), yield* ask(3)]
      yield* Fiber.interrupt(begun)
      yield* Fiber.interrupt(waiting[0]!)
      yield* end(0)
      yield* end(1)
      assert.deepStrictEqual(runs, [[1], [3]])
      assert.deepStrictEqual(yield* Fiber.join(waiting[1]!), Exit.succeed(6))
    }))

  it.live.prop(
    "answers each with what is its own, with so many runs at once and so many items in each at most",
    [
      Schema.Array(Schema.Literals([0, 1, 2, 5])).check(Schema.isMaxLength(40)),
      Schema.Literals([1, 2, 3]),
      Schema.Literals([1, 4, 50])
    ],
    ([pauses, parallel, most]) =>
      Effect.gen(function*() {
        let running = 0
        const gather = yield* Gathering.make({
          parallel,
          most,
          run: Effect.fnUntraced(function*(items: ReadonlyArray<number>) {
            assert.isAtMost(items.length, most)
            assert.isAtMost(++running, parallel)
            yield* Effect.sleep(1)
            running--
            return items.map((item) => item * 2)
          })
        })
        const answers = yield* Effect.forEach(
          pauses,
          (pause, index) => Effect.andThen(Effect.sleep(pause), gather(index)),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(answers, pauses.map((_, index) => index * 2))
      }),
    { arbitrary: { runs: 30 } }
  )
})
