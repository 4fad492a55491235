import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Nevra from "../src/Nevra.ts"
import * as Nvr from "../src/Nvr.ts"
import { nevra } from "./support/IdentityArbitrary.ts"

const refuses = (input: string, reason: Nevra.InvalidNevra["reason"]) => {
  const result = Nevra.parse(input)
  assert.isTrue(Result.isFailure(result))
  if (Result.isFailure(result)) assert.deepStrictEqual([result.failure.input, result.failure.reason], [input, reason])
}

describe("Nevra", () => {
  it.prop("parse reads back what format writes", [nevra], ([value]) => {
    assert.deepStrictEqual(Nevra.parseUnsafe(Nevra.format(value)), value)
  })
  it.prop("a file name tells everything but the epoch", [nevra], ([value]) => {
    assert.deepStrictEqual(Result.getOrThrow(Nevra.parseFileName(Nevra.formatFileName(value))), { ...value, epoch: 0 })
  })
  it.prop("its NVR reads back", [nevra], ([value]) => {
    const nvr = Nevra.nvr(value)
    assert.deepStrictEqual(Nvr.parseUnsafe(Nvr.format(nvr)), nvr)
  })
  it("keeps dashes in the name and dots in the release", () =>
    assert.deepStrictEqual(Nevra.parseUnsafe("perl-Time-HiRes-4:1.9758-2.module_el8+1+abc.x86_64"), {
      name: "perl-Time-HiRes",
      epoch: 4,
      version: "1.9758",
      release: "2.module_el8+1+abc",
      arch: "x86_64"
    }))
  it("orders by name, then oldest first, then architecture", () => {
    const texts = ["b-0:1-1.noarch", "a-0:10-1.x86_64", "a-0:9-1.x86_64", "a-0:9-1.i686", "a-1:1-1.i686"]
    assert.deepStrictEqual(texts.map(Nevra.parseUnsafe).sort(Nevra.Order).map(Nevra.format), [
      "a-0:9-1.i686",
      "a-0:9-1.x86_64",
      "a-0:10-1.x86_64",
      "a-1:1-1.i686",
      "b-0:1-1.noarch"
    ])
  })
  it("refuses text without an architecture", () => refuses("bash-1-2", "NoArch"))
  it("refuses an NVR whose release holds dots", () => refuses("bash-5.1-2", "NoArch"))
  it("refuses an architecture with illegal letters", () => refuses("bash-1-2.x86+64", "IllegalArch"))
  it("refuses a missing version", () => refuses("bash-2.x86_64", "NoVersion"))
  it("refuses an empty name", () => refuses("-1-2.x86_64", "EmptyName"))
  it("refuses an epoch that is no number", () => refuses("bash-x:1-2.x86_64", "EpochNotNumeric"))
  it("refuses a file name without .rpm", () => assert.isTrue(Result.isFailure(Nevra.parseFileName("bash-1-2.x86_64"))))
})

describe("Nvr", () => {
  it("reads from the right", () =>
    assert.deepStrictEqual(Nvr.parseUnsafe("a-b-1.0-2"), { name: "a-b", version: "1.0", release: "2" }))
  it("orders versions as RPM does", () =>
    assert.deepStrictEqual(["a-1.10-1", "a-1.9-1"].map(Nvr.parseUnsafe).sort(Nvr.Order).map(Nvr.format), [
      "a-1.9-1",
      "a-1.10-1"
    ]))
  for (
    const [input, reason] of [["a-1", "PartCount"], ["", "PartCount"], ["a--1", "EmptyPart"], [
      "a b-1-1",
      "IllegalCharacter"
    ]]
  ) {
    it(`refuses ${JSON.stringify(input)}: ${reason}`, () => {
      const result = Nvr.parse(input as string)
      assert.isTrue(Result.isFailure(result) && result.failure.reason === reason)
    })
  }
})
