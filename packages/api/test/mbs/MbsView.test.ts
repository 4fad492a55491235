import { assert, describe, it } from "@effect/vitest"
import type * as MbsRecord from "@orch/api/mbs/MbsRecord"
import * as MbsView from "@orch/api/mbs/MbsView"

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
