import { assert, describe, it } from "@effect/vitest"
import * as Arch from "../src/Arch.ts"

describe("Arch", () => {
  for (
    const [arch, base] of [
      ["i686", "i386"],
      ["x86_64_v2", "x86_64"],
      ["armv7hl", "armhfp"],
      ["aarch64", "aarch64"],
      ["noarch", "noarch"],
      ["vax", "vax"]
    ] as const
  ) it(`${arch} belongs to ${base}`, () => assert.strictEqual(Arch.base(arch), base))

  it("runs noarch packages everywhere and source packages nowhere", () => {
    for (const machine of ["x86_64", "s390x", "vax"]) {
      assert.isTrue(Arch.runsOn("noarch", machine))
      assert.isFalse(Arch.runsOn("src", machine))
    }
  })
  it("does not count multilib packages as native", () => {
    assert.isFalse(Arch.runsOn("i686", "x86_64"))
    assert.strictEqual(Arch.multilibCompanion("x86_64"), "i386")
    assert.isUndefined(Arch.multilibCompanion("aarch64"))
  })
  it("knows every base, and the base of a base is itself", () => {
    for (const arch of Arch.known) {
      assert.isTrue(Arch.isValid(arch))
      assert.strictEqual(Arch.base(Arch.base(arch)), Arch.base(arch))
    }
  })
  it("tells a valid name from a known one", () => {
    assert.isTrue(Arch.isValid("vax"))
    assert.isFalse(Arch.isKnown("vax"))
    for (const text of ["", "x86-64", "x86 64", "../etc", "6502"]) assert.isFalse(Arch.isValid(text))
  })
})
