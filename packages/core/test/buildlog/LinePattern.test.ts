import { assert, describe, it } from "@effect/vitest"
import * as LinePattern from "@orch/core/buildlog/LinePattern"
import * as LineTester from "@orch/core/buildlog/LineTester"
import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const parse = (text: string, ignoreCase = false) => Result.getOrThrow(LinePattern.parse(text, ignoreCase))

describe("a pattern over lines", () => {
  const found: ReadonlyArray<readonly [string, string, LinePattern.Found | undefined]> = [
    ["error", "an error here", { at: 3, length: 5 }],
    ["err(or)?s?", "two errors", { at: 4, length: 6 }],
    ["^a+$", "aaa", { at: 0, length: 3 }],
    ["^a+$", "aaab", undefined],
    ["\\d{2,3}", "x 1 1234", { at: 4, length: 3 }],
    ["[^ ]+\\.c:\\d+", "in main.c:12: x", { at: 3, length: 9 }],
    ["a|bc|", "xbc", { at: 0, length: 0 }],
    ["(?:ab)+c", "xababc", { at: 1, length: 5 }],
    ["é.", "caféx", { at: 3, length: 2 }],
    ["[😀]", "a😀", { at: 1, length: 2 }],
    ["a{0}b", "aab", { at: 2, length: 1 }],
    ["a{2}?b", "aaab", { at: 1, length: 3 }],
    ["[]x]", "]", { at: 0, length: 1 }],
    ["[a-c-]+", "xa-b", { at: 1, length: 3 }],
    ["\\[\\]", "a[]", { at: 1, length: 2 }],
    ["x{", "x{", { at: 0, length: 2 }],
    ["", "abc", { at: 0, length: 0 }]
  ]
  for (const [pattern, line, expected] of found) {
    it(`${pattern} in ${line}`, () => {
      assert.deepStrictEqual(LinePattern.find(parse(pattern), line), expected)
      assert.strictEqual(LineTester.make(parse(pattern))(line), expected !== undefined)
    })
  }

  it("looks at case only where it is to", () => {
    assert.isUndefined(LinePattern.find(parse("ERROR"), "error"))
    assert.deepStrictEqual(LinePattern.find(parse("ER[Q-S]OR", true), "error"), { at: 0, length: 5 })
    assert.deepStrictEqual(LinePattern.find(LinePattern.literal("A.b", true), "xa.B"), { at: 1, length: 3 })
    assert.isUndefined(LinePattern.find(LinePattern.literal("a.b"), "axb"))
  })

  const refused: ReadonlyArray<readonly [string, number, RegExp]> = [
    ["a)", 1, /no group/],
    ["(a", 0, /never closed/],
    ["[a", 0, /never closed/],
    ["*a", 0, /nothing to repeat/],
    ["a**", 0, /cannot be repeated/],
    ["(a)\\1", 3, /References/],
    ["(?=a)", 0, /Looking around/],
    ["\\b", 0, /not known/],
    ["a{3,2}", 1, /second/],
    ["[z-a]", 0, /backwards/],
    ["\\", 0, /backslash/],
    ["(((a{999}){999}){999})", 0, /too large/],
    ["(((){999}){999}){999}", 0, /too large/],
    ["a".repeat(201), 0, /too large/],
    ["(".repeat(60), 50, /too many groups/]
  ]
  for (const [pattern, at, message] of refused) {
    it(`refuses ${pattern.slice(0, 30)}`, () => {
      const read = LinePattern.parse(pattern)
      assert.isTrue(Result.isFailure(read))
      if (Result.isFailure(read)) {
        assert.match(read.failure.message, message)
        assert.strictEqual(read.failure.at, at)
      }
    })
  }

  it("means the same where it comes to more states than are remembered", () => {
    let seed = 7
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
    const lines = Array.from(
      { length: 60 },
      () => Array.from({ length: 400 }, () => random() < 0.5 ? "a" : "b").join("")
    )
    const pattern = parse("a[ab]{99}a[ab]{150}b[ab]{80}a")
    const test = LineTester.make(pattern)
    const wanted = /a[ab]{99}a[ab]{150}b[ab]{80}a/
    assert.deepStrictEqual(lines.map(test), lines.map((line) => wanted.test(line)))
    assert.deepStrictEqual(
      lines.map((line) => LinePattern.find(pattern, line)?.at),
      lines.map((line) => wanted.exec(line)?.index)
    )
    assert.isAbove(new Set(lines.map(test)).size, 1)
  })

  const piece = Schema.Literals([
    "a",
    "b",
    "ab",
    "a*",
    "b+",
    "(a|b)",
    "(ab)*",
    "a?",
    ".",
    "[ab]",
    "[^a]",
    "|",
    "^",
    "$",
    "a{1,2}"
  ])
  const line = Arbitrary.map(
    Arbitrary.array(Arbitrary.schema(Schema.Literals(["a", "b", "c"])), { minLength: 0, maxLength: 8 }),
    (all) => all.join("")
  )
  const patterns = Arbitrary.map(
    Arbitrary.array(Arbitrary.schema(piece), { minLength: 0, maxLength: 6 }),
    (all) => all.join("")
  )
  it.prop(
    "fits what JavaScript's own fits, begins where that begins, and the quick test agrees",
    [patterns, line],
    ([pattern, line]) => {
      const own = new RegExp(pattern).exec(line)
      const found = LinePattern.find(parse(pattern), line)
      assert.strictEqual(found?.at, own?.index, `${pattern} in ${line}`)
      assert.strictEqual(LineTester.make(parse(pattern))(line), own !== null, `${pattern} in ${line}`)
      // JavaScript takes the first alternative, this the longest.
      if (own !== null) assert.isAtLeast(found!.length, own[0].length)
    }
  )

  it("ends on patterns that hold others for years", () => {
    const line = `${"a".repeat(50_000)}!`
    for (const pattern of ["(a+)+$", "(a|a)*c", "(a*)*b", "(.*)(.*)(.*)(.*)x"]) {
      assert.isUndefined(LinePattern.find(parse(pattern), line))
      assert.isFalse(LineTester.make(parse(pattern))(line))
    }
  }, 20_000)
})
