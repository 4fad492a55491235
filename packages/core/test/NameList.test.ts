import { assert, describe, it } from "@effect/vitest"
import * as NameList from "../src/NameList.ts"

describe("NameList.shorten", () => {
  it.each(
    [
      [[], "none"],
      [["a"], "a"],
      [["a", "b"], "a, b"],
      [["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"], "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"],
      [["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"], "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 1 more"]
    ] as const
  )("%j is %s", (names, expected) => assert.strictEqual(NameList.shorten(names), expected))

  it("does not grow with the number of names", () => {
    const of = (count: number) => NameList.shorten(Array.from({ length: count }, () => "name")).length
    assert.isAtMost(of(100_000) - of(100), 5)
  })
})
