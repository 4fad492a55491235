import { assert, describe, it } from "@effect/vitest"
import * as StreamExpansion from "@orch/core/resolution/StreamExpansion"
import * as Result from "effect/Result"
import { available, built, fedora } from "./Fixture.ts"
import { failure } from "./refusals.ts"

describe("StreamExpansion", () => {
  const { expandStreams } = StreamExpansion
  const modules = available(fedora())
  const cases: ReadonlyArray<readonly [ReadonlyArray<string>, ReadonlyArray<string>]> = [
    [[], ["1", "2"]],
    [["-2"], ["1"]],
    [["-1", "-2"], []],
    [["2"], ["2"]],
    [["2", "1"], ["2", "1"]],
    [["2", "-1"], ["2"]],
    [["9"], ["9"]]
  ]
  for (const [streams, expected] of cases) {
    it(`reads [${streams}] as [${expected}]`, () =>
      assert.deepStrictEqual(Result.getOrThrow(expandStreams(modules, "gtk", streams)), expected))
  }

  it("finds only streams with a ready build", () => {
    const failed = { ...built("gtk:3:0:c1", "f28"), state: "failed" as const }
    assert.deepStrictEqual(
      Result.getOrThrow(expandStreams(available([...fedora(), failed]), "gtk", [])),
      ["1", "2"]
    )
  })

  it("leaves excluded base module streams out, unless named", () => {
    const settings = { baseModuleStreamExclusions: ["f29"] }
    assert.deepStrictEqual(Result.getOrThrow(expandStreams(available(fedora(), settings), "platform", [])), ["f28"])
    assert.deepStrictEqual(Result.getOrThrow(expandStreams(available(fedora(), settings), "platform", ["f29"])), [
      "f29"
    ])
  })

  it("asks where several streams are possible, and takes the default", () => {
    const ambiguous = failure(expandStreams(modules, "gtk", ["1", "2"], { failIfAmbiguous: true }))
    assert.strictEqual(ambiguous.message, "There are multiple streams ['1', '2'] to choose from for module gtk.")
    const options = { failIfAmbiguous: true, defaultStreams: { gtk: "2" } }
    assert.deepStrictEqual(Result.getOrThrow(expandStreams(modules, "gtk", [], options)), ["2"])
    assert.deepStrictEqual(Result.getOrThrow(expandStreams(modules, "gtk", ["1", "2"], options)), ["2"])
    assert.deepStrictEqual(Result.getOrThrow(expandStreams(modules, "gtk", ["1"], options)), ["1"])
  })
})
