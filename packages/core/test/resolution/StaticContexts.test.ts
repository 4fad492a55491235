import { assert, describe, it } from "@effect/vitest"
import * as StaticContexts from "@orch/core/resolution/StaticContexts"
import * as Result from "effect/Result"
import { message } from "./refusals.ts"

describe("StaticContexts", () => {
  it("gives each context its one stream per module", () => {
    assert.deepStrictEqual(
      Result.getOrThrow(StaticContexts.parse({
        a: { buildrequires: { platform: "f28", gtk: "1" }, requires: { gtk: "1" } },
        b: { buildrequires: { platform: "f28" }, requires: {} }
      })),
      [
        { context: "a", dependencies: { buildrequires: { platform: ["f28"], gtk: ["1"] }, requires: { gtk: ["1"] } } },
        { context: "b", dependencies: { buildrequires: { platform: ["f28"] }, requires: {} } }
      ]
    )
  })

  const refusals: ReadonlyArray<readonly [unknown, string]> = [
    ["a", "needs to be a dict"],
    [{}, "does not contain the 'contexts' key"],
    [{ a: { requires: {} } }, "The context 'a' is missing the 'buildrequires' key!"],
    [{ a: { buildrequires: {} } }, "The context 'a' is missing the 'requires' key!"],
    [
      { a: { buildrequires: { gtk: "" }, requires: {} } },
      "The 'gtk' module in 'buildrequires' of the 'a' static context has no stream defined."
    ],
    [{ a: { buildrequires: { gtk: 1 }, requires: {} } }, "is of type 'int' should be 'str' type."],
    [
      { a: { buildrequires: {}, requires: { gtk: "-1" } } },
      "Usage of stream expansion with static context is forbidden."
    ]
  ]
  for (const [contexts, text] of refusals) {
    it(`refuses ${JSON.stringify(contexts)}`, () => assert.include(message(StaticContexts.parse(contexts)), text))
  }
})
