/** Lines of logs: colours, what is left of what a terminal would do, and what is folded. */
import { assert, describe, it } from "@effect/vitest"
import { runInNewContext } from "node:vm"
import * as Ansi from "../src/log/Ansi.ts"
import * as LogFolds from "../src/log/LogFolds.ts"

const E = "\u001b["

describe("colours of terminals", () => {
  const cases: ReadonlyArray<
    readonly [name: string, line: string, expected: ReadonlyArray<readonly [text: string, kind: string]>]
  > = [
    ["plain text", "plain", [["plain", ""]]],
    ["a colour until it is reset", `${E}31mred${E}0m after`, [["red", "a-red"], [" after", ""]]],
    ["bright and bold", `${E}1;92mok${E}22m!`, [["ok", "a-bold a-green"], ["!", "a-green"]]],
    ["the default colour again", `${E}34mb${E}39mp`, [["b", "a-blue"], ["p", ""]]],
    ["one of 256 as the nearest", `${E}38;5;196mx${E}m`, [["x", "a-red"]]],
    ["a true colour as the nearest", `${E}38;2;0;200;0mx`, [["x", "a-green"]]],
    ["a background is left out, with its numbers", `${E}48;5;31mx`, [["x", ""]]],
    ["what a carriage return overwrote is gone", "10 %\r50 %\r100 %", [["100 %", ""]]],
    ["a carriage return at the end is none", "done\r", [["done", ""]]],
    [
      "cursor movements are left out",
      `a${E}2Kb${E}?25lc`,
      [["abc", ""]].flatMap(() => [["a", ""], ["b", ""], ["c", ""]] as const)
    ],
    ["titles are left out", "\u001b]0;title\u0007text", [["text", ""]]],
    ["control characters are shown", "a\u0000b\u202ec", [["a\\u0000b\\u202ec", ""]]],
    ["markup is text", "<script>alert(1)</script>", [["<script>alert(1)</script>", ""]]],
    ["an empty line has no parts", "", []]
  ]
  for (const [name, line, expected] of cases) {
    it(
      name,
      () =>
        assert.deepStrictEqual(
          Ansi.segments(line).map(({ kind, text }) => [text, kind]),
          expected.map((one) => [...one])
        )
    )
  }

  it("makes links of addresses, and of nothing else", () => {
    assert.deepStrictEqual(
      Ansi.segments("see https://example.org/a?b=1, or javascript:alert(1)").map(({ href, text }) => [text, href]),
      [["see ", undefined], ["https://example.org/a?b=1", "https://example.org/a?b=1"], [
        ", or javascript:alert(1)",
        undefined
      ]]
    )
  })

  it("stands on nothing outside of itself, so that a browser can be sent its text", () => {
    const alone = runInNewContext(`(${Ansi.segments.toString()})`) as typeof Ansi.segments
    assert.strictEqual(JSON.stringify(alone(`${E}31mred`)), JSON.stringify([{ text: "red", kind: "a-red" }]))
  })

  it("takes a line of ten megabytes of escapes in time", () => {
    assert.isAbove(Ansi.segments(`${E}31mx${E}0m`.repeat(100_000)).length, 1000)
  })
})

describe("folding of logs", () => {
  const lines = (count: number, of: (index: number) => string) => Array.from({ length: count }, (_, index) => of(index))
  const none = new Set<number>()

  it("folds runs of at least twenty similar lines, numbers apart, and no shorter ones", () => {
    const text = [
      "begin",
      ...lines(25, (index) => `ok ${index} - test`),
      "then",
      ...lines(19, (index) => `ok ${index}`)
    ]
    assert.deepStrictEqual(LogFolds.of(text, 101, [], none), [{
      from: 102,
      to: 126,
      label: "ok: 25 similar lines",
      isClosed: true
    }])
  })

  it("never folds the line that is looked for", () => {
    const text = lines(50, (index) => `ok ${index}`)
    const folds = LogFolds.of(text, 1, [], new Set([25]))
    assert.isFalse(folds.some(({ from, to }) => from <= 25 && to >= 25))
    assert.strictEqual(folds.length, 2)
  })

  it("folds sections that went well, and shows those that failed or have what is looked for", () => {
    const text = lines(
      30,
      (index) =>
        `line${index}x is its own word ${String.fromCodePoint(97 + index % 26)}`.replace(
          /^line\d+/,
          `w${"a".repeat(index)}`
        )
    )
    const sections = [
      { name: "%prep", from: 1, to: 10, failed: false },
      { name: "%build", from: 11, to: 20, failed: false },
      { name: "%check", from: 21, to: 30, failed: true }
    ]
    const names = (keep: ReadonlySet<number>) => LogFolds.of(text, 1, sections, keep).map(({ label }) => label)
    assert.deepStrictEqual(names(none), ["%prep: 10 lines", "%build: 10 lines"])
    assert.deepStrictEqual(names(new Set([15])), ["%prep: 10 lines"])
  })

  it("cuts a section at the edges of the window", () => {
    const folds = LogFolds.of(lines(5, (index) => "x".repeat(index + 1)), 8, [{
      name: "%prep",
      from: 1,
      to: 10,
      failed: false
    }], none)
    assert.deepStrictEqual(folds.map(({ from, to }) => [from, to]), [[8, 10]])
  })

  it("folds never overlap", () => {
    const text = lines(200, (index) => index % 70 < 60 ? `ok ${index}` : `other${"x".repeat(index)}`)
    const folds = LogFolds.of(text, 1, [{ name: "%a", from: 30, to: 90, failed: false }, {
      name: "%b",
      from: 80,
      to: 120,
      failed: false
    }], none)
    for (const [index, fold] of folds.entries()) if (index > 0) assert.isAbove(fold.from, folds[index - 1]!.to)
  })
})
