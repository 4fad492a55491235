import { assert, describe, it } from "@effect/vitest"
import * as MbsSubmitRequest from "@orch/api/mbs/MbsSubmitRequest"
import * as Result from "effect/Result"
import { refusal } from "./refusals.ts"

const settings: MbsSubmitRequest.SubmitSettings = {
  scratchAllowed: true,
  yamlAllowed: false,
  ownerAllowed: false,
  scmPrefixes: ["git://host/modules/"],
  customScmAllowed: false,
  rebuildStrategyOverride: true,
  rebuildStrategies: ["all", "only-changed"]
}

const scm = { scmurl: "git://host/modules/foo?#abc", branch: "main" }

describe("MbsSubmitRequest", () => {
  it("reads submissions by URL and by text", () => {
    assert.deepStrictEqual(
      Result.getOrThrow(MbsSubmitRequest.parse(
        { ...scm, rebuild_strategy: "all", buildrequire_overrides: { platform: ["f29"] }, require_overrides: null },
        undefined,
        settings
      )),
      {
        scratch: false,
        srpms: [],
        buildrequireOverrides: { platform: ["f29"] },
        requireOverrides: {},
        refOverrides: {},
        branch: "main",
        rebuildStrategy: "all",
        source: { _tag: "Scm", ...scm }
      }
    )
    const upload = { filename: "dir/foo.yaml", text: "text" }
    assert.deepStrictEqual(Result.getOrThrow(MbsSubmitRequest.parse({ scratch: "true" }, upload, settings)).source, {
      _tag: "Yaml",
      text: "text",
      name: "foo"
    })
  })

  it("takes a given name for that of a file, as the original does", () => {
    const name = (fields: Record<string, unknown>, filename: string) =>
      Result.getOrThrow(MbsSubmitRequest.parse({ scratch: true, ...fields }, { filename, text: "" }, settings)).source
    assert.deepInclude(name({ module_name: "dir/given.x.yaml" }, "foo.yaml"), { name: "given.x" })
    assert.deepInclude(name({}, ".yaml"), { name: ".yaml" })
  })

  it("takes empty values for values that are not given", () => {
    const empty = { srpms: {}, buildrequire_overrides: [], require_overrides: "", rpm_component_ref_overrides: 0 }
    assert.deepStrictEqual(
      Result.getOrThrow(MbsSubmitRequest.parse({ ...scm, ...empty }, undefined, settings)),
      Result.getOrThrow(MbsSubmitRequest.parse(scm, undefined, settings))
    )
  })

  it("builds from the default branch where the branch has no name", () => {
    for (const branch of ["", null]) {
      const { source } = Result.getOrThrow(MbsSubmitRequest.parse({ ...scm, branch }, undefined, settings))
      assert.deepInclude(source, { branch: "master" })
    }
  })

  const refusals: ReadonlyArray<
    readonly [string, Record<string, unknown>, Partial<MbsSubmitRequest.SubmitSettings>, number, string]
  > = [
    ["nothing", {}, {}, 400, "Missing scmurl"],
    ["no branch", { scmurl: scm.scmurl }, {}, 400, "Missing branch"],
    [
      "a strange URL",
      { scmurl: "git://host/modules/foo" },
      {},
      400,
      "The submitted scmurl git://host/modules/foo is not valid"
    ],
    ["another host", { scmurl: "git://else/foo?#1" }, {}, 403, "The submitted scmurl git://else/foo?#1 is not allowed"],
    [
      "a side tag that is no tag",
      { ...scm, side_tag: "f41 build" },
      {},
      400,
      "The \"side_tag\" parameter must be the name of a tag"
    ],
    [
      "unknown fields",
      { ...scm, color: "x", size: 1 },
      {},
      400,
      "The request contains unspecified parameters: color, size"
    ],
    [
      "an owner",
      { ...scm, owner: "me" },
      {},
      400,
      "The request contains 'owner' parameter, however NO_AUTH is not allowed"
    ],
    [
      "a strategy",
      { ...scm, rebuild_strategy: "all" },
      { rebuildStrategyOverride: false },
      400,
      "The request contains the \"rebuild_strategy\" parameter but overriding the default isn't allowed"
    ],
    [
      "another strategy",
      { ...scm, rebuild_strategy: "some" },
      {},
      400,
      "The rebuild method of \"some\" is not allowed. Choose from: all, only-changed."
    ],
    [
      "no strategy by that name",
      { ...scm, rebuild_strategy: null },
      {},
      400,
      "The rebuild method of \"None\" is not allowed. Choose from: all, only-changed."
    ],
    [
      "overrides of the wrong form",
      { ...scm, buildrequire_overrides: { platform: "f29" } },
      {},
      400,
      "The \"buildrequire_overrides\" parameter must be an object with the keys as module names and the values as arrays of streams"
    ],
    [
      "a module's name",
      { ...scm, module_name: "x" },
      {},
      400,
      "Module name override is only allowed when a YAML file is submitted"
    ],
    ["text", { modulemd: "a" }, {}, 403, "YAML submission is not enabled"],
    ["scratch", { ...scm, scratch: true }, { scratchAllowed: false }, 403, "Scratch builds are not enabled"],
    ["srpms", { ...scm, srpms: ["x"] }, {}, 403, "srpms may only be specified for scratch builds"],
    ["no list of srpms", { ...scm, scratch: true, srpms: "x" }, {}, 400, "srpms must be specified as a list"],
    [
      "reuse without reuse",
      { ...scm, rebuild_strategy: "all", reuse_components_from: 7 },
      {},
      400,
      "You cannot specify the parameter \"reuse_components_from\" when the \"rebuild_strategy\" parameter is set to \"all\""
    ],
    [
      "reuse of nothing",
      { ...scm, reuse_components_from: "a:b" },
      {},
      400,
      "The parameter \"reuse_components_from\" contains an invalid module identifier"
    ]
  ]
  for (const [what, fields, changed, status, message] of refusals) {
    it(`refuses ${what}`, () =>
      assert.deepStrictEqual(refusal(MbsSubmitRequest.parse(fields, undefined, { ...settings, ...changed })), [
        status,
        message
      ]))
  }
})
