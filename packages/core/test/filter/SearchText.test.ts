import { assert, describe, it } from "@effect/vitest"
import * as SearchText from "@orch/core/filter/SearchText"

describe("what somebody looks for", () => {
  const cases: ReadonlyArray<readonly [string, Partial<SearchText.Search> | undefined]> = [
    ["  ", undefined],
    [" 4212 ", { text: "4212", number: 4212, kind: undefined }],
    ["perl-DBI", { text: "perl-DBI", number: undefined, commit: undefined, nsvc: undefined }],
    ["perl:5.40", { nsvc: { name: "perl", stream: "5.40", version: "", context: "" } }],
    ["perl:5.40:20:abcd", { nsvc: { name: "perl", stream: "5.40", version: "20", context: "abcd" } }],
    [":x", { nsvc: undefined }],
    ["1A2B3C4", { commit: "1a2b3c4" }],
    ["1a2b3c", { commit: undefined }],
    ["https://orch.example.org/builds/4212?x#y", { number: 4212, kind: "build" }],
    ["https://orch.example.org/orch/v1/module-builds/7/explain", { number: 7, kind: "build" }],
    ["https://mbs.example.org/module-build-service/2/module-builds/9", { number: 9, kind: "build" }],
    ["https://build.example.org/build/31", { number: 31, kind: "package-build" }],
    ["https://orch.example.org/releases/12", { number: 12, kind: "release" }],
    ["https://koji.example.org/koji/taskinfo?taskID=77", { number: 77, kind: "task" }],
    ["https://src.example.org/modules/perl.git", { text: "perl", kind: undefined }],
    ["https://src.example.org/modules/perl.git?#1a2b3c4d", { commit: "1a2b3c4d" }]
  ]
  for (const [given, expected] of cases) {
    it(JSON.stringify(given), () => {
      const read = SearchText.parse(given)
      if (expected === undefined) return assert.isUndefined(read)
      assert.deepStrictEqual({ ...read, ...expected }, read)
    })
  }
})
