import { assert, describe, it } from "@effect/vitest"
import * as PackageConflicts from "@orch/core/resolution/PackageConflicts"

describe("PackageConflicts", () => {
  const filters: ReadonlyArray<readonly [string, ReadonlyArray<string>, ReadonlyArray<string>, ReadonlyArray<string>]> =
    [
      ["nothing is filtered", ["a-0:1-1.el8"], [], []],
      ["only names count", ["a-0:1-1.el8", "a-libs-0:1-1.el8"], ["a"], ["a-0:1-1.el8"]],
      ["names have dashes", ["a-b-c-2:1-1.el8.x86_64"], ["a-b-c", "a", "a-b"], ["a-b-c-2:1-1.el8.x86_64"]],
      ["a package is listed twice", ["b-0:1-1", "a-0:1-1", "b-0:1-1"], ["a", "b"], ["a-0:1-1", "b-0:1-1"]]
    ]
  for (const [what, built, filter, expected] of filters) {
    it(`lists what a module filters where ${what}`, () =>
      assert.deepStrictEqual(PackageConflicts.filtered(built, filter), expected))
  }

  const base = [
    "perl-4:5.26-1.el8.x86_64",
    "perl-4:5.26-1.el8.src",
    "perl-libs-4:5.26-1.el8.x86_64",
    "bash-0:4-1.x86_64"
  ]
  const overlaps: ReadonlyArray<readonly [string, ReadonlyArray<string>, ReadonlyArray<string>]> = [
    ["a module brings the same name, older or newer", ["perl-4:5.24-1.module+1.x86_64"], [
      "perl-4:5.26-1.el8.src",
      "perl-4:5.26-1.el8.x86_64"
    ]],
    ["a module brings the very same package", ["bash-0:4-1.x86_64"], []],
    ["one of two is the very same", ["perl-4:5.26-1.el8.x86_64"], ["perl-4:5.26-1.el8.src"]],
    ["no name is the same", ["perl-Digest-0:1-1.noarch"], []]
  ]
  for (const [what, others, expected] of overlaps) {
    it(`lists the platform's packages where ${what}`, () =>
      assert.deepStrictEqual(PackageConflicts.withBaseModules(base, others), expected))
  }

  it("lists modules of the platform's content of which another stream is built with", () => {
    const content = [{ name: "perl", stream: "5.24" }, { name: "perl", stream: "5.26" }, { name: "ruby", stream: "2" }]
    assert.deepStrictEqual(
      PackageConflicts.otherStreams({ perl: { stream: "5.26" }, platform: { stream: "el8" } }, content),
      [{ name: "perl", stream: "5.24" }]
    )
  })
})
