import { assert, describe, it } from "@effect/vitest"
import * as SupportStreams from "@orch/core/resolution/SupportStreams"

describe("SupportStreams", () => {
  const rules = [{
    pattern: String.raw`el\d+\.\d+\.\d+`,
    suffix: ".z",
    release: "rhel-{x}-{y}.{z}",
    majorRelease: "rhel-{x}-{y}"
  }]
  const dependencies = [{ buildrequires: { platform: ["el8.0.0", "el8.2.1"], gtk: ["el8.0.0"] }, requires: {} }]

  it("asks for the releases of base module streams", () =>
    assert.deepStrictEqual(SupportStreams.releases(dependencies, rules), ["rhel-8-0", "rhel-8-2.1"]))

  it("asks for nothing where the submitter chose the stream", () =>
    assert.deepStrictEqual(SupportStreams.releases(dependencies, rules, undefined, { platform: ["el8.0.0"] }), []))

  it("appends the suffix once released, unless overridden or there already", () => {
    const streams = (released: string, overridden = {}) =>
      SupportStreams.apply(dependencies, rules, (release) => release === released, overridden)[0]!.buildrequires
    assert.deepStrictEqual(streams("rhel-8-0"), { platform: ["el8.0.0.z", "el8.2.1"], gtk: ["el8.0.0"] })
    assert.deepStrictEqual(streams("rhel-8-0", { platform: ["x"] }), {
      platform: ["el8.0.0", "el8.2.1"],
      gtk: ["el8.0.0"]
    })
    assert.strictEqual(SupportStreams.releaseOf("el8.0.0.z", rules), undefined)
  })
})
