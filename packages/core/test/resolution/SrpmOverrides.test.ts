import { assert, describe, it } from "@effect/vitest"
import * as SrpmOverrides from "@orch/core/resolution/SrpmOverrides"

describe("SrpmOverrides", () => {
  it("names the package by the file", () => {
    assert.deepStrictEqual(
      SrpmOverrides.read(["cli-build/1.a/perl.src.rpm", "cli-build/2.b/perl.src.rpm", "/etc/passwd"]),
      {
        overrides: [{ package: "perl", source: "cli-build/1.a/perl.src.rpm" }],
        duplicates: [{ package: "perl", source: "cli-build/2.b/perl.src.rpm" }],
        invalid: ["/etc/passwd"]
      }
    )
  })
})
