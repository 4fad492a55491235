import { assert, describe, it } from "@effect/vitest"
import * as DependencyOverrides from "@orch/core/resolution/DependencyOverrides"
import * as ResolutionSettings from "@orch/core/resolution/ResolutionSettings"
import * as Result from "effect/Result"
import { message } from "./refusals.ts"

describe("DependencyOverrides", () => {
  const dependencies = [{ buildrequires: { platform: ["f28"], gtk: ["1"] }, requires: { gtk: ["1"] } }]

  it("replaces streams, buildrequires and requires apart", () => {
    assert.deepStrictEqual(
      Result.getOrThrow(
        DependencyOverrides.apply(dependencies, { buildrequires: { platform: ["f29"] }, requires: { gtk: ["2"] } })
      ),
      [{ buildrequires: { platform: ["f29"], gtk: ["1"] }, requires: { gtk: ["2"] } }]
    )
  })

  it("refuses overrides of what is not there", () => {
    assert.strictEqual(
      message(DependencyOverrides.apply(dependencies, { buildrequires: { zed: ["1"], other: [] } })),
      "The buildrequire overrides for the following modules aren't applicable: other, zed"
    )
    assert.strictEqual(
      message(DependencyOverrides.apply(dependencies, { requires: { platform: ["f29"] } })),
      "The require overrides for the following modules aren't applicable: platform"
    )
  })

  it("reads the platform from the branch, unless it is overridden or not there", () => {
    const settings = ResolutionSettings.make({
      branchStreamModule: "platform",
      branchStreamPatterns: [String.raw`(?:rh)(el)(?:\-)(\d+\.\d+\.\d+)$`]
    })
    const platform = (overrides: DependencyOverrides.Overrides) =>
      Result.getOrThrow(DependencyOverrides.apply(dependencies, overrides, settings))[0]!.buildrequires["platform"]
    assert.deepStrictEqual(platform({ branch: "10-rhel-8.0.0" }), ["el8.0.0"])
    assert.deepStrictEqual(platform({ branch: "main" }), ["f28"])
    assert.deepStrictEqual(platform({ branch: "10-rhel-8.0.0", buildrequires: { platform: ["el7"] } }), ["el7"])
    const without = DependencyOverrides.apply(
      [{ buildrequires: {}, requires: {} }],
      { branch: "10-rhel-8.0.0" },
      settings
    )
    assert.isTrue(Result.isSuccess(without))
  })
})
