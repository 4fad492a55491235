import { assert, describe, it } from "@effect/vitest"
import * as FilterText from "@orch/core/filter/FilterText"
import * as BuildFilter from "@orch/core/modulebuild/BuildFilter"
import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const { keys } = BuildFilter
const text = (text: string, isPrefix = false): FilterText.Value => ({ _tag: "Text", text, isPrefix })
const only = (key: string | undefined, ...values: ReadonlyArray<FilterText.Value>): FilterText.Term => ({
  key,
  isNot: false,
  values
})

describe("a filter's text", () => {
  const read: ReadonlyArray<readonly [string, ReadonlyArray<FilterText.Term>]> = [
    ["", []],
    ["  \t ", []],
    ["perl", [only(undefined, text("perl"))]],
    ["state:failed", [only("state", text("failed"))]],
    ["STATE:Failed", [only("state", text("failed"))]],
    ["state:failed,build", [only("state", text("failed"), text("build"))]],
    ["-owner:me", [{ key: "owner", isNot: true, values: [text("me")] }]],
    ["name:perl*", [only("name", text("perl", true))]],
    ["name:\"perl*\"", [only("name", text("perl*"))]],
    ["name:\"two words\" x", [only("name", text("two words")), only(undefined, text("x"))]],
    ["\"state:failed\"", [only(undefined, text("state:failed"))]],
    ["took:>2h", [only("took", { _tag: "Longer", seconds: 7200 })]],
    ["took:<10m,>1d", [only("took", { _tag: "Shorter", seconds: 600 }, { _tag: "Longer", seconds: 86_400 })]],
    ["since:3d", [only("since", { _tag: "Within", seconds: 259_200 })]],
    ["since:2026-11-20", [only("since", { _tag: "From", at: Date.UTC(2026, 10, 20), text: "2026-11-20" })]],
    ["since:2026-11-20T14:30Z", [
      only("since", { _tag: "From", at: Date.UTC(2026, 10, 20, 14, 30), text: "2026-11-20T14:30Z" })
    ]],
    ["commit:AB12CD", [only("commit", text("ab12cd", true))]],
    ["a,b", [only(undefined, text("a,b"))]],
    ["-", [only(undefined, text("-"))]]
  ]
  for (const [given, terms] of read) {
    it(`reads ${JSON.stringify(given)}`, () =>
      assert.deepStrictEqual(Result.getOrThrow(FilterText.parse(given, keys)), terms))
  }

  const refused: ReadonlyArray<readonly [string, number, number, RegExp, string | undefined]> = [
    ["stat:failed", 0, 4, /no key "stat"/, "state"],
    ["perl state:broken", 11, 6, /"broken" is no state/, "failed"],
    ["state:failed,nope", 13, 4, /"nope" is no state/, "ready"],
    ["state:", 6, 0, /wants something after the colon/, "failed"],
    ["name:\"x", 0, 7, /never closed/, "\""],
    ["took:2h", 5, 2, /no duration/, ">2h"],
    ["took:>2y", 5, 3, /no duration/, undefined],
    ["since:2026-02-30", 6, 10, /no time/, "3d"],
    ["since:soon", 6, 4, /no time/, undefined],
    ["commit:xyz", 7, 3, /hexadecimal/, undefined],
    ["\"\"", 0, 2, /nothing to look for/, undefined]
  ]
  for (const [given, at, length, message, allowed] of refused) {
    it(`refuses ${JSON.stringify(given)} at its place`, () => {
      const read = FilterText.parse(given, keys)
      assert.isTrue(Result.isFailure(read))
      if (!Result.isFailure(read)) return
      const [problem] = read.failure
      assert.deepStrictEqual([problem!.at, problem!.length], [at, length])
      assert.match(problem!.message, message)
      if (allowed !== undefined) assert.include(problem!.allowed, allowed)
    })
  }

  it("tells all that is wrong at once, and never answers with everything", () => {
    const read = FilterText.parse("x:1 y:2 perl", keys)
    assert.strictEqual(Result.isFailure(read) ? read.failure.length : 0, 2)
  })

  it("has bounds", () => {
    assert.isTrue(Result.isFailure(FilterText.parse("a".repeat(1001), keys)))
    assert.isTrue(Result.isFailure(FilterText.parse(`name:${Array.from({ length: 101 }, () => "a").join(",")}`, keys)))
  })

  it("marks the place of a problem for people", () => {
    const read = FilterText.parse("perl stat:x", keys)
    assert.isTrue(Result.isFailure(read))
    if (Result.isFailure(read)) {
      assert.match(FilterText.formatProblem("perl stat:x", read.failure[0]!), /^perl stat:x\n {5}\^{4} There is no key/)
    }
  })

  const pieces = Arbitrary.array(
    Arbitrary.schema(Schema.Literals([
      "state:failed",
      "-",
      "name:",
      "\"",
      "perl",
      "*",
      ",",
      " ",
      ":",
      "\\",
      "took:>2h",
      "since:2026-11-20",
      "since:2d",
      "commit:abcd12",
      "ü",
      "owner:me",
      "-owner:",
      "\uE000"
    ])),
    { minLength: 0, maxLength: 12 }
  )
  it.prop("is read without throwing, and what was read is written so that it is read the same", [pieces], ([parts]) => {
    const read = FilterText.parse(parts.join(""), keys)
    if (Result.isFailure(read)) {
      assert.isTrue(read.failure.length > 0)
      return
    }
    // The one character that stands for a quoted star is taken for one.
    assert.deepStrictEqual(Result.getOrThrow(FilterText.parse(FilterText.format(read.success), keys)), read.success)
  })
})
