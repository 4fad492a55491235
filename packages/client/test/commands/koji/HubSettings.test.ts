import { assert, describe, it } from "@effect/vitest"
import * as HubSettings from "../../../src/commands/koji/HubSettings.ts"

const nothing: HubSettings.Given = { platformTags: [], contentGenerator: undefined, moduleTags: [] }
const environment = {
  ORCH_KOJI_PROFILE: "fedora,epel",
  ORCH_KOJI_PLATFORM_TAGS: "f41=f41-build, el9=epel:epel9-build",
  ORCH_KOJI_CONTENT_GENERATOR: "module-build-service",
  ORCH_KOJI_MODULE_TAG: "{}-modular-updates-candidate"
}

describe("what orch koji doctor compares with a hub", () => {
  it.each([
    ["fedora", { f41: "f41-build" }],
    ["epel", { el9: "epel9-build" }],
    ["another", {}]
  ])(
    "is what the server is told about the hub of the profile %s",
    (profile, platformTags) =>
      assert.deepStrictEqual(HubSettings.read(environment, profile, nothing), {
        platformTags,
        contentGenerator: "module-build-service",
        moduleTags: ["{}-modular-updates-candidate"]
      })
  )

  it("is what flags say, where they do", () =>
    assert.deepStrictEqual(
      HubSettings.read(environment, "epel", {
        platformTags: ["el10=epel10-build"],
        contentGenerator: "orch",
        moduleTags: ["modules"]
      }),
      { platformTags: { el10: "epel10-build" }, contentGenerator: "orch", moduleTags: ["modules"] }
    ))

  it("is nothing where nobody says anything", () => {
    assert.isUndefined(HubSettings.read({}, "koji", nothing))
    assert.isUndefined(
      HubSettings.read({ ORCH_KOJI_PLATFORM_TAGS: "", ORCH_KOJI_CONTENT_GENERATOR: "" }, "koji", nothing)
    )
  })

  it("belongs to the profile at hand where none is named first", () =>
    assert.deepStrictEqual(
      HubSettings.read({ ORCH_KOJI_PLATFORM_TAGS: "el9=el9-build" }, "koji", nothing)?.platformTags,
      { el9: "el9-build" }
    ))
})
