/** The order of components: columns, barriers, and the chain that takes longest. */
import { assert, describe, it } from "@effect/vitest"
import * as Order from "../src/order/Order.ts"

const member = (name: string, batch: number, after: ReadonlyArray<string> = [], seconds?: number): Order.Member => ({
  name,
  batch,
  after,
  seconds
})

describe("the order of a build", () => {
  it("puts components into columns of batches, in the order given", () => {
    const found = Order.columns([member("b", 2), member("a", 1), member("c", 1)])
    assert.deepStrictEqual(found.map((column) => column.map(({ name }) => name)), [["a", "c"], ["b"]])
  })

  it("finds the chain that takes longest, through prerequisites and barriers", () => {
    const cases: ReadonlyArray<readonly [ReadonlyArray<Order.Member>, ReadonlyArray<string>]> = [
      [[], []],
      [[member("a", 1, [], 5), member("b", 1, [], 9)], ["b"]],
      // A prerequisite does not wait for the slow neighbour.
      [[member("fast", 1, [], 1), member("slow", 1, [], 9), member("last", 2, ["fast"], 5)], ["slow"]],
      [[member("fast", 1, [], 1), member("slow", 1, [], 9), member("last", 2, ["fast"], 20)], ["fast", "last"]],
      // Behind a barrier it does.
      [[member("fast", 1, [], 1), member("slow", 1, [], 9), member("last", 2, [], 5)], ["slow", "last"]],
      // Without times the chain with the most members counts.
      [[member("a", 1), member("b", 2, ["a"]), member("c", 3, ["b"]), member("d", 1)], ["a", "b", "c"]]
    ]
    for (const [members, expected] of cases) assert.deepStrictEqual(Order.criticalPath(members), expected)
  })

  it("is fast for a build of 3,000 components in one chain", () => {
    const members = Array.from(
      { length: 3000 },
      (_, index) => member(`c${index}`, index + 1, index === 0 ? [] : [`c${index - 1}`], 1)
    )
    assert.strictEqual(Order.criticalPath(members).length, 3000)
  })
})
