/** Reads through whole lists: a few at a time, and no more wait than may. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as SqlClient from "effect/sql/SqlClient"
import * as TestClock from "effect/testing/TestClock"
import * as WholeLists from "../../src/database/WholeLists.ts"

const database = () => ({ transactionService: { key: "none" } }) as unknown as SqlClient.SqlClient

describe("reads through whole lists", () => {
  it.effect("run a few at a time, and are given up where too many wait", () =>
    Effect.gen(function*() {
      const sql = database()
      let now = 0
      let most = 0
      const read = Effect.acquireUseRelease(
        Effect.sync(() => {
          most = Math.max(most, ++now)
        }),
        () => Effect.sleep("1 second"),
        () => Effect.sync(() => now--)
      )
      const all = WholeLists.running + WholeLists.waiting
      const fibers = yield* Effect.forEach(
        Array.from({ length: all + 3 }, () => WholeLists.through(sql, read)),
        (one) => Effect.forkChild(one, { startImmediately: true })
      )
      yield* TestClock.adjust("1 minute")
      const exits = yield* Effect.forEach(fibers, Fiber.await)
      assert.strictEqual(most, WholeLists.running)
      assert.strictEqual(exits.filter(Exit.isSuccess).length, all)
      assert.isTrue(exits.slice(all).every(Exit.hasInterrupts))
      assert.isTrue(Exit.isSuccess(
        yield* Effect.exit(Effect.scoped(
          Effect.flatMap(
            Effect.forkChild(WholeLists.through(sql, read)),
            (fiber) => Effect.andThen(TestClock.adjust("1 second"), Fiber.join(fiber))
          )
        ))
      ))
    }))
})
