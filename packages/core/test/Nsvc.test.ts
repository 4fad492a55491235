import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Nsvc from "../src/Nsvc.ts"
import { nsvc } from "./support/IdentityArbitrary.ts"

const refuses = (input: string, reason: Nsvc.InvalidNsvc["reason"]) => {
  const result = Nsvc.parse(input)
  assert.isTrue(Result.isFailure(result) && result.failure.reason === reason && result.failure.input === input)
}

describe("Nsvc", () => {
  it.prop("parse reads back what format writes", [nsvc], ([value]) => {
    assert.deepStrictEqual(Nsvc.parseUnsafe(Nsvc.format(value)), value)
  })
  it.prop("every prefix of an NSVC is a prefix of it", [nsvc], ([value]) => {
    const parts = Nsvc.format(value).split(":")
    for (let length = 1; length <= 4; length++) {
      const prefix = Result.getOrThrow(Nsvc.parsePrefix(parts.slice(0, length).join(":")))
      assert.isTrue(Nsvc.startsWith(value, prefix))
    }
  })
  it.prop("the order is total and agrees with equality", [nsvc, nsvc], ([a, b]) => {
    assert.strictEqual(Nsvc.Order(a, b) + Nsvc.Order(b, a), 0)
    assert.strictEqual(Nsvc.Order(a, b) === 0, Nsvc.format(a) === Nsvc.format(b))
  })
  it("compares versions as numbers, beyond 2^53", () => {
    const low = Nsvc.parseUnsafe("perl:5.30:820190918121229001:a")
    const high = Nsvc.parseUnsafe("perl:5.30:1820190918121229002:a")
    assert.strictEqual(Nsvc.Order(low, high), -1)
    assert.strictEqual(Nsvc.format(high), "perl:5.30:1820190918121229002:a")
  })
  it("does not take a longer name for a match", () =>
    assert.isFalse(
      Nsvc.startsWith(Nsvc.parseUnsafe("perl-App:1:1:a"), Result.getOrThrow(Nsvc.parsePrefix("perl")))
    ))
  it("refuses a stream that is missing", () => refuses("perl", "PartCount"))
  it("refuses a fifth part", () => refuses("perl:5.30:1:a:x86_64", "PartCount"))
  it("refuses an empty part", () => refuses("perl::1:a", "EmptyPart"))
  it("refuses an empty text", () => refuses("", "EmptyPart"))
  it("refuses a version that is no number", () => refuses("perl:5.30:0x1:a", "VersionNotNumeric"))
  it("refuses a negative version", () => refuses("perl:5.30:-1:a", "VersionNotNumeric"))
  it("refuses 2^64", () => refuses("perl:5.30:18446744073709551616:a", "VersionOutOfRange"))
  it("refuses a numeral of a million digits at once", () =>
    refuses(`perl:5.30:${"9".repeat(1_000_000)}:a`, "VersionOutOfRange"))
  it("accepts 2^64 - 1", () =>
    assert.strictEqual(Nsvc.parseUnsafe("perl:5.30:18446744073709551615:a").version, 2n ** 64n - 1n))
})
