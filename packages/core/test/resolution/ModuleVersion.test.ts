/** What is refused as the version of a module, and in which words. */
import { assert, describe, it } from "@effect/vitest"
import * as ModuleVersion from "@orch/core/resolution/ModuleVersion"
import * as Result from "effect/Result"

describe("the version of a module", () => {
  it.each([
    ["18446744073709551616", "TooLarge", "at most 18446744073709551615"],
    ["1".repeat(30), "TooLarge", "at most 18446744073709551615"],
    ["1".repeat(100_000), "TooLarge", "at most 18446744073709551615"],
    ["12a", "NotNumeric", "must consist of digits"],
    ["-1", "NotNumeric", "must consist of digits"],
    ["", "NotNumeric", "must consist of digits"]
  ])("is refused for what is wrong with it: %#", (given, reason, words) => {
    const refused = ModuleVersion.parse(given)
    assert.isTrue(Result.isFailure(refused))
    if (Result.isSuccess(refused)) return
    assert.strictEqual(refused.failure.reason, reason)
    assert.include(refused.failure.message, words)
    assert.isBelow(refused.failure.message.length, 200)
  })

  it("is any number of 64 bits, leading zeros left aside", () => {
    assert.strictEqual(ModuleVersion.parseUnsafe("18446744073709551615"), ModuleVersion.maximum)
    assert.strictEqual(ModuleVersion.parseUnsafe("0007"), 7n)
  })
})
