import { assert, describe, it } from "@effect/vitest"
import * as BaseModules from "@orch/core/resolution/BaseModules"
import { available, base } from "./Fixture.ts"

describe("BaseModules", () => {
  const el8 = ["el8.0.0", "el8.1.0", "el8.2.0"].map((stream) => base(`platform:${stream}:0:c0`, "el8"))

  it("takes older streams of the same major version along", () => {
    const modules = available([...el8, base("platform:el9.0.0:0:c0", "el8"), base("platform:el7.9.0:0:c0", "el8")])
    const found = BaseModules.find(modules, [{ buildrequires: { platform: ["el8.1.0"] } }])
    assert.deepStrictEqual(found.ready.map(({ stream }) => stream), ["el8.1.0", "el8.0.0"])
  })

  it("takes retired ones and any version along where that is allowed", () => {
    const retired = { ...el8[0]!, state: "garbage" as const }
    const modules = available([retired, el8[1]!, el8[2]!], { allowOnlyCompatibleBaseModules: false })
    const found = BaseModules.find(modules, [{ buildrequires: { platform: ["el8.1.0"] } }])
    assert.deepStrictEqual(found.ready.map(({ stream }) => stream), ["el8.1.0", "el8.2.0"])
    assert.deepStrictEqual(found.garbage.map(({ stream }) => stream), ["el8.0.0"])
  })

  it("takes all that share a virtual stream along where the stream is no version", () => {
    const retired = { ...base("platform:f26:0:c0", "fedora"), state: "garbage" as const }
    const modules = available([
      base("platform:f28:0:c0", "fedora"),
      base("platform:f29:4:c0", "fedora"),
      base("platform:f27:2:c0", "fedora"),
      base("platform:f30:0:c0", "other"),
      retired
    ])
    const found = BaseModules.find(modules, [{ buildrequires: { platform: ["f28"] } }])
    assert.deepStrictEqual(found.ready.map(({ stream }) => stream), ["f28", "f29", "f27"])
    assert.deepStrictEqual(found.garbage, [])
  })

  it("leaves what is compatible to the tag where modules have to be in one", () => {
    const tagged = { ...el8[1]!, kojiTagWithModules: "el8-modules" }
    const modules = available([el8[0]!, tagged, el8[2]!])
    const found = BaseModules.find(modules, [{ buildrequires: { platform: ["el8.1.0"] } }])
    assert.deepStrictEqual(found.ready.map(({ stream }) => stream), ["el8.1.0"])
  })

  it("takes platforms that nobody described along where any may be", () => {
    const farm = ["f41", "el8", "el9"].map((stream) => ({ ...base(`platform:${stream}:1:c0`), standsIn: true }))
    const described = base("platform:el9:7:c0", "el9")
    const streams = (allowOnlyCompatibleBaseModules: boolean) =>
      BaseModules.find(available([...farm, described], { allowOnlyCompatibleBaseModules }), [{
        buildrequires: { platform: ["f41"] }
      }]).ready.map(({ stream }) => stream)
    assert.deepStrictEqual(streams(false), ["f41", "el8"])
    assert.deepStrictEqual(streams(true), ["f41"])
  })

  it("replaces a virtual stream by the newest stream that provides it", () => {
    const modules = available(el8)
    assert.deepStrictEqual(BaseModules.resolveVirtualStreams(modules, "platform", ["el8"]), ["el8.2.0"])
    assert.deepStrictEqual(BaseModules.resolveVirtualStreams(modules, "platform", ["-el8", "el8.0.0", "el7"]), [
      "-el8",
      "el8.0.0",
      "el7"
    ])
    assert.deepStrictEqual(BaseModules.resolveVirtualStreams(modules, "gtk", ["el8"]), ["el8"])
  })
})
