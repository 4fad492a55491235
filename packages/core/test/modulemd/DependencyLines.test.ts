import { assert, describe, it } from "@effect/vitest"
import * as DependencyLines from "@orch/core/modulemd/DependencyLines"

const stream = (dependencies: string): string =>
  `---\ndocument: modulemd\nversion: 2\ndata:\n  summary: s\n${dependencies}`

describe("DependencyLines", () => {
  const cases: ReadonlyArray<readonly [string, string, ReadonlyArray<ReadonlyArray<DependencyLines.DependencyLines>>]> =
    [
      [
        "several elements",
        stream(
          "  dependencies:\n  - buildrequires:\n      a: []\n      b: [1]\n    requires: {a: []}\n  - requires: {c: []}\n"
        ),
        [[{ "0.buildrequires.a": 8, "0.buildrequires.b": 9, "0.requires.a": 10, "1.requires.c": 11 }]]
      ],
      [
        "a mapping, as stream v1 has it",
        stream("  dependencies:\n    requires: {a: b}\n"),
        [[{ "0.requires.a": 7 }]]
      ],
      [
        "each configuration of a packager",
        "data:\n  configurations:\n  - platform: f1\n    requires:\n      a: [1]\n  - platform: f2\n",
        [[
          { "0.buildrequires.platform": 3, "0.requires.platform": 3, "0.requires.a": 5 },
          { "0.buildrequires.platform": 6, "0.requires.platform": 6 }
        ]]
      ],
      ["several documents", `${stream("")}${stream("  dependencies:\n  - requires: {a: []}\n")}`, [[{}], [{
        "0.requires.a": 12
      }]]],
      ["what is no mapping", stream("  dependencies: [text, {requires: [a]}]\n"), [[{}]]],
      ["what is no modulemd", "- a\n- b\n", [[{}]]],
      ["nothing", "", []]
    ]
  for (const [what, text, expected] of cases) {
    it(`finds the lines of ${what}`, () => assert.deepStrictEqual(DependencyLines.read(text), expected))
  }
})
