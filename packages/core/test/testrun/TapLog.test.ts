import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import * as TapLog from "../../src/testrun/TapLog.ts"
import * as TestResult from "../../src/testrun/TestResult.ts"

const rows = (text: string) =>
  TapLog.parse(text).results.map(({ diagnostic, name, status }) => [name, status, diagnostic])

describe("a TAP log", () => {
  const cases: ReadonlyArray<[string, string, ReadonlyArray<readonly string[]>]> = [
    [
      "rows keep the dash, and what was said belongs to the test before",
      "1..3\nok 1 - installs\nnot ok 2 - runs\n# reason\nok 3 - removes # SKIP none\n",
      [
        ["- installs", "done", ""],
        ["- runs", "failed", "# reason"],
        ["- removes", "skipped", ""]
      ]
    ],
    [
      "directives count more than how a line begins",
      "not ok 1 a # TODO later\nok 2 b # Skipped: no disk\nok 3 c # other\n",
      [
        ["a", "todo", ""],
        ["b", "skipped", ""],
        ["c", "done", ""]
      ]
    ],
    ["numbers and names may be missing", "ok\nnot ok\nok 7\n", [["", "done", ""], ["", "failed", ""], [
      "",
      "done",
      ""
    ]]],
    ["a YAML block is what was said", "not ok 1 a\n  ---\n  message: broken\n  at: line 3\n  ...\nok 2 b\n", [
      ["a", "failed", "message: broken\nat: line 3"],
      ["b", "done", ""]
    ]],
    [
      "other output is passed over",
      "Last metadata check: 1 day\r\nok 1 - a\r\noh well\r\nokay 2\n    ok 1 - nested\n",
      [["- a", "done", ""]]
    ],
    ["comments before the first test belong to nobody", "# begin\nok 1 a\n# one\n# two", [[
      "a",
      "done",
      "# one\n# two"
    ]]],
    ["after bailing out nothing counts", "ok 1 a\nBail out! no disk\nok 2 b\n", [["a", "done", ""]]],
    ["no test at all", "just text\n1..0\n", []]
  ]
  for (const [what, text, expected] of cases) it(what, () => assert.deepStrictEqual(rows(text), expected))

  it("says whether it is declared, what was planned, and why it ended early", () => {
    const log = TapLog.parse("TAP version 13\n1..4\nok 1 a\nBail out! no disk")
    assert.deepStrictEqual([log.declared, log.planned, log.bailedOut], [true, 4, "no disk"])
  })

  const success: ReadonlyArray<[string, boolean]> = [
    ["1..1\nok 1\n", true],
    ["ok 1\nnot ok 2 # TODO\n", true],
    ["1..2\nok 1\n", false],
    ["not ok 1\n", false],
    ["ok 1\nBail out!\n", false],
    ["", false]
  ]
  for (const [text, expected] of success) {
    it(`${JSON.stringify(text)} is ${expected ? "a success" : "none"}`, () =>
      assert.strictEqual(TapLog.isSuccess(TapLog.parse(text)), expected))
  }

  const fragment = Arbitrary.schema(
    Schema.Literals([
      "ok 1 - a",
      "not ok",
      "# x",
      "  ---",
      "  ...",
      "1..3",
      "TAP version 13",
      "Bail out!",
      "\r",
      "text",
      ""
    ])
  )
  it.prop("any text can be read, and a row is a line that begins with ok or not ok", [
    Arbitrary.array(fragment, { maxLength: 40 })
  ], ([parts]) => {
    const { results } = TapLog.parse(parts.join("\n"))
    assert.isAtMost(results.length, parts.filter((part) => /^(not )?ok/.test(part)).length)
  })

  it("ten megabytes are read with bounded rows and diagnostics", () => {
    const { results } = TapLog.parse(`ok 1 - a\n${"# much\n".repeat(10_000)}${"ok - b\n".repeat(1_000_000)}`)
    assert.lengthOf(results, TapLog.maxResults)
    assert.isAtMost(results[0]!.diagnostic.length, 16_384)
  })
})

describe("a test system's result", () => {
  const cases: ReadonlyArray<[string, Schema.Json, ReadonlyArray<string>]> = [
    ["all stages succeeded", { install: { success: true }, tests: { smoke: { success: true } }, logs: [] }, []],
    ["a test that failed", {
      install: { success: true },
      tests: { smoke: { success: false }, other: { success: true } }
    }, ["tests.smoke"]],
    ["a stage that says nothing", { install: {}, start: { success: "yes" } }, ["install", "start"]],
    ["no object", [], ["result"]],
    ["tests that are no object", { tests: "ok" }, ["tests"]]
  ]
  for (const [what, result, failed] of cases) {
    it(what, () => {
      const read = TestResult.read(result)
      assert.deepStrictEqual(read.failed, failed)
      assert.strictEqual(read.success, failed.length === 0)
    })
  }
  it("names its logs, and skips what is none", () => {
    const logs = [{ name: "tap.log", href: "/1" }, { name: 3, href: "/2" }, "x"]
    assert.deepStrictEqual(TestResult.read({ logs }).logs, [{ name: "tap.log", href: "/1" }])
  })
})
