import { assert, describe, it } from "@effect/vitest"
import * as ComponentWeight from "@orch/core/resolution/ComponentWeight"

describe("ComponentWeight", () => {
  it("estimates by time and architectures, with a ceiling", () => {
    for (const nothing of [undefined, null, 0, -3600]) assert.strictEqual(ComponentWeight.estimate(nothing, 4), 1.5)
    assert.strictEqual(ComponentWeight.estimate(4800, 2), 6.5)
    assert.strictEqual(ComponentWeight.estimate(1e6, 1), 7.5)
    assert.strictEqual(ComponentWeight.ofTasks([1.5, 2, 0.5]), 4)
    assert.deepStrictEqual(ComponentWeight.byWeight(["a", "bb", "c"], ({ length }) => length), ["bb", "a", "c"])
  })
})
