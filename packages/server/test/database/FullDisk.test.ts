import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as SqlError from "effect/sql/SqlError"
import * as TestClock from "effect/testing/TestClock"
import * as FullDisk from "../../src/database/FullDisk.ts"

const failed = (code: string) =>
  new SqlError.SqlError({
    reason: new SqlError.UnknownError({ cause: Object.assign(new Error("could not extend file"), { code }) })
  })

describe("a disk without room", () => {
  const cases: ReadonlyArray<readonly [string, unknown, boolean]> = [
    ["what PostgreSQL says", failed("53100"), true],
    ["the same behind a port", { _tag: "StoreUnavailable", cause: failed("53100") }, true],
    ["the same as the cause of a defect", { _tag: "StoreUnavailable", cause: Cause.die(failed("53100")) }, true],
    ["what the file system says", Object.assign(new Error("write"), { code: "ENOSPC" }), true],
    ["another failure of the database", failed("57P01"), false],
    ["no error at all", undefined, false]
  ]
  for (const [name, failure, expected] of cases) {
    it(`is ${expected ? "" : "not "}known by ${name}`, () => assert.strictEqual(FullDisk.isSaidBy(failure), expected))
  }

  it("is not looked for without end in what causes itself", () => {
    const circle: { cause?: unknown } = {}
    circle.cause = circle
    assert.isFalse(FullDisk.isSaidBy(circle))
  })

  it.effect("is remembered for ten seconds", () =>
    Effect.gen(function*() {
      const { isKnown, note } = yield* FullDisk.FullDisk
      assert.isFalse(yield* isKnown)
      yield* note
      yield* TestClock.adjust("9 seconds")
      assert.isTrue(yield* isKnown)
      yield* TestClock.adjust("2 seconds")
      assert.isFalse(yield* isKnown)
    }).pipe(Effect.provide(FullDisk.FullDisk.layer)))
})
