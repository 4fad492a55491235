/** Tables of commands, whatever stands in their cells. */
import { assert, describe, it } from "@effect/vitest"
import * as Table from "../../src/commands/Table.ts"

describe("a table", () => {
  it("has columns as wide as their longest cell", () => {
    assert.strictEqual(Table.format(["A", "B"], [["long", "x"], ["s", "y y"]]), "A     B\nlong  x\ns     y y")
  })

  it("shows no control character of a cell, and keeps each row on its line", () => {
    assert.strictEqual(
      Table.format(["A", "B"], [["a\u001b[2Jb", "c\r\nd\u009b1m"]]),
      "A       B\na\ufffd[2Jb  c d\ufffd1m"
    )
  })
})
