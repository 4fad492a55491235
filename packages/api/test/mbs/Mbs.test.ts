import { assert, describe, it } from "@effect/vitest"
import * as MbsPagination from "@orch/api/mbs/MbsPagination"
import * as MbsQuery from "@orch/api/mbs/MbsQuery"
import type * as MbsRecord from "@orch/api/mbs/MbsRecord"
import * as MbsSubmitRequest from "@orch/api/mbs/MbsSubmitRequest"
import * as MbsView from "@orch/api/mbs/MbsView"
import * as Result from "effect/Result"

const refusal = (result: Result.Result<unknown, { readonly status: number; readonly message: string }>) =>
  Result.isFailure(result) ? [result.failure.status, result.failure.message] : assert.fail("expected a refusal")

const query = (text: string) => Result.getOrThrow(MbsQuery.parseModules(new URLSearchParams(text)))

describe("MbsQuery", () => {
  it("orders by id, newest first, unless asked otherwise", () => {
    assert.deepStrictEqual(query("").order, { columns: ["id"], descending: true })
    assert.deepStrictEqual(query("order_by=name&order_by=version").order, {
      columns: ["name", "version"],
      descending: false
    })
    assert.deepStrictEqual(query("order_desc_by=name").order, { columns: ["name"], descending: true })
  })

  it("reads columns by their type, and a prefix of an NSVC", () => {
    const { equal } = query("name=foo&batch=2&reused_module_id=x&scratch=True&unknown=1&nsvc=bar:1")
    assert.deepStrictEqual(Object.fromEntries(equal.map(({ column, value }) => [column, value])), {
      name: "bar",
      stream: "1",
      batch: 2,
      reused_module_id: null,
      scratch: true
    })
  })

  it("reads states by name and number", () => {
    assert.deepStrictEqual(query("state=ready&state=4").states, [5, 4])
    const components = MbsQuery.parseComponents(new URLSearchParams("state=complete&state=3&module_build=7"))
    assert.deepStrictEqual(Result.getOrThrow(components).states, [1, 3])
    assert.deepStrictEqual(Result.getOrThrow(components).equal, [{ column: "module_id", value: 7 }])
  })

  it("takes UTC times in the forms the original takes, and no others", () => {
    const at = Date.UTC(2016, 8, 3, 11, 30) / 1000
    for (const form of ["", "Z", "-00", "+00:00", ".123Z"]) {
      assert.deepStrictEqual(query(`submitted_before=2016-09-03T11:30:00${form}`).times, [
        { column: "time_submitted", bound: "before", at }
      ])
    }
    const message = "An invalid Zulu ISO 8601 timestamp was provided for the \"modified_after\" parameter"
    for (
      const form of [
        "2016-09-03",
        "2016-09-03T11:30:00-05:00",
        "2016-13-03T11:30:00Z",
        "2016-02-30T11:30:00Z",
        "2016-09-03T24:00:00Z"
      ]
    ) {
      assert.deepStrictEqual(refusal(MbsQuery.parseModules(new URLSearchParams({ modified_after: form }))), [
        400,
        message
      ])
    }
  })

  it("refuses what cannot be meant", () => {
    const cases = [
      ["state=asleep", "Invalid state was supplied: asleep"],
      ["order_by=a", "An invalid ordering key of \"a\" was supplied"],
      ["base_module_br=platform:f29", "The filter argument for \"base_module_br\" must be in the format of N:S:V:C"],
      [
        "stream_version_lte=9999",
        "An invalid value of stream_version_lte was provided. It must be an integer or float greater than or equal to 10000."
      ]
    ] as const
    for (const [text, message] of cases) {
      assert.deepStrictEqual(refusal(MbsQuery.parseModules(new URLSearchParams(text))), [400, message])
    }
  })

  it("prefers verbose to short", () => {
    const representation = (text: string) => MbsQuery.representation(new URLSearchParams(text))
    assert.deepStrictEqual(["", "short=1", "verbose=TRUE&short=true", "verbose=no"].map(representation), [
      "plain",
      "short",
      "verbose",
      "plain"
    ])
  })
})

describe("MbsPagination", () => {
  it("falls back where there is no number, and bounds pages", () => {
    const parse = (text: string) => MbsPagination.parse(new URLSearchParams(text))
    assert.deepStrictEqual(parse("page=x&per_page="), { page: 1, perPage: 10 })
    assert.deepStrictEqual(parse("page=3&per_page=1000000"), { page: 3, perPage: 100 })
    assert.deepStrictEqual(parse("page=-1&per_page=0"), { page: 1, perPage: 0 })
    assert.deepStrictEqual(parse("page=0&per_page=-3"), { page: 1, perPage: 20 })
  })

  it("has no pages where a page holds nothing", () => {
    const meta = MbsPagination.meta("http://host/x/", new URLSearchParams("endpoint=y"), { page: 1, perPage: 0 }, 7)
    assert.deepInclude(meta, { pages: 0, prev: null, next: null, total: 7, last: "http://host/x/?page=0&per_page=0" })
  })

  it("links to the neighbours", () => {
    const query = new URLSearchParams("page=2&per_page=2&name=a&state=ready&state=done&_external=x")
    const meta = MbsPagination.meta("http://host/x/", query, { page: 2, perPage: 2 }, 7)
    assert.deepStrictEqual(meta, {
      page: 2,
      pages: 4,
      per_page: 2,
      prev: "http://host/x/?page=1&per_page=2&name=a&state=ready&state=done",
      next: "http://host/x/?page=3&per_page=2&name=a&state=ready&state=done",
      total: 7,
      first: "http://host/x/?page=1&per_page=2&name=a&state=ready&state=done",
      last: "http://host/x/?page=4&per_page=2&name=a&state=ready&state=done"
    })
  })
})

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

describe("MbsView", () => {
  const build: MbsRecord.ModuleBuildRecord = {
    id: 2,
    name: "nginx",
    stream: "1",
    version: "2",
    context: "00000000",
    state: 5,
    state_reason: null,
    build_context: null,
    build_context_no_bms: null,
    runtime_context: null,
    modulemd: "text",
    koji_tag: "module-nginx-1.2",
    cg_build_koji_tag: null,
    scmurl: "git://host/nginx?#1",
    scratch: false,
    srpms: [],
    owner: "somebody",
    time_submitted: 1472901800,
    time_modified: 1472901932.7,
    time_completed: null,
    new_repo_task_id: null,
    rebuild_strategy: "changed-and-after",
    reused_module_id: null,
    batch: 2,
    stream_version: null,
    buildrequires: {},
    arches: ["x86_64"],
    virtual_streams: []
  }
  const component: MbsRecord.ComponentBuildRecord = {
    id: 3,
    package: "nginx",
    format: "rpms",
    scmurl: "git://host/rpms/nginx?#1",
    task_id: 12312345,
    ref: "1",
    state: 1,
    state_reason: null,
    nvr: "nginx-1-1",
    tagged: false,
    tagged_in_final: false,
    build_time_only: false,
    buildonly: false,
    batch: 2,
    module_id: 2,
    reused_component_id: null,
    weight: 1
  }

  it("shows a build in three sizes", () => {
    const related = {
      components: [component],
      siblings: [4],
      trace: [{ time: 0, state: 0, reason: null }],
      baseModules: []
    }
    const verbose = MbsView.verbose(build, related, 1)
    assert.deepInclude(verbose, {
      id: 2,
      state: 5,
      state_name: "ready",
      component_builds: [3],
      siblings: [4],
      tasks: { rpms: { nginx: { task_id: 12312345, state: 1, state_reason: null, nvr: "nginx-1-1" } } },
      time_submitted: "2016-09-03T11:23:20Z",
      time_modified: "2016-09-03T11:25:32Z",
      time_completed: null,
      state_url: "/module-build-service/1/module-builds/2",
      state_trace: [{ time: "1970-01-01T00:00:00Z", state: 0, state_name: "init", reason: null }]
    })
    assert.deepStrictEqual(
      Object.keys(verbose).filter((key) => !Object.hasOwn(MbsView.plain(build, related), key)).sort(),
      [
        "arches",
        "base_module_buildrequires",
        "build_context",
        "build_context_no_bms",
        "modulemd",
        "reused_module_id",
        "runtime_context",
        "state_trace",
        "state_url",
        "stream_version",
        "virtual_streams"
      ]
    )
    assert.deepInclude(MbsView.plain(build, related), { batch: 2, new_repo_task_id: null })
    assert.notProperty(MbsView.plain(build, related, false), "tasks")
    assert.strictEqual(Object.keys(MbsView.short(build)).length, 8)
  })

  it("shows components with Koji's states", () => {
    assert.deepStrictEqual(MbsView.component(component), {
      id: 3,
      package: "nginx",
      format: "rpms",
      task_id: 12312345,
      state: 1,
      state_reason: null,
      module_build: 2,
      nvr: "nginx-1-1",
      state_name: "COMPLETE"
    })
    assert.deepInclude(MbsView.verboseComponent(component, [{ time: 0, state: 3, reason: "x" }], 2), {
      batch: 2,
      state_url: "/module-build-service/2/component-builds/3",
      state_trace: [{ time: "1970-01-01T00:00:00Z", state: 3, state_name: "FAILED", reason: "x" }]
    })
  })
})
