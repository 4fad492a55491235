import { assert, describe, it } from "@effect/vitest"
import * as MbsBatches from "@orch/core/resolution/MbsBatches"
import * as Result from "effect/Result"
import { message } from "./refusals.ts"

describe("MbsBatches", () => {
  const plan = (components: MbsBatches.Components) =>
    Result.getOrThrow(MbsBatches.plan(components)).map(({ batch, name }) => `${name} ${batch}`)

  it("begins with batch 2 and a new one for each buildorder", () => {
    assert.deepStrictEqual(
      plan({
        rpms: [{ name: "c", buildorder: 10 }, { name: "a", buildorder: -1 }, { name: "b" }, {
          name: "d",
          buildorder: 10n
        }]
      }),
      ["a 2", "b 3", "c 4", "d 4"]
    )
  })

  it("places included modules in the current batch and goes on where they end", () => {
    assert.deepStrictEqual(
      plan({
        rpms: [{ name: "first", buildorder: 1 }, { name: "last", buildorder: 3 }],
        modules: [{
          name: "included",
          buildorder: 2,
          module: { rpms: [{ name: "x", buildorder: 2 }, { name: "y", buildorder: 5 }] }
        }]
      }),
      ["first 2", "x 3", "y 4", "last 5"]
    )
  })

  it("goes on after an included module without components", () => {
    assert.deepStrictEqual(
      plan({ rpms: [{ name: "a", buildorder: 1 }], modules: [{ name: "empty", module: {} }] }),
      ["a 3"]
    )
  })

  it("refuses a component that comes twice", () => {
    const twice = { name: "main", rpms: [{ name: "x" }], modules: [{ name: "inc", module: { rpms: [{ name: "x" }] } }] }
    assert.strictEqual(
      message(MbsBatches.plan(twice)),
      "The included module \"inc\" in \"main\" have the following conflicting components: x"
    )
  })

  it("calls an included module that brings a component twice by the name in its document", () => {
    const module = { name: "own-name", rpms: [{ name: "x" }] }
    assert.include(
      message(MbsBatches.plan({ name: "main", rpms: [{ name: "x" }], modules: [{ name: "key", module }] })),
      "The included module \"own-name\" in \"main\""
    )
  })
})
