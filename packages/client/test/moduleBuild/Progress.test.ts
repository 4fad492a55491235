import { assert, describe, it } from "@effect/vitest"
import type { ComponentDetail, ModuleBuildDetail } from "@orch/api/orch/ModuleBuildsApi"
import * as Progress from "../../src/commands/moduleBuild/Progress.ts"
import * as WatchModuleBuild from "../../src/WatchModuleBuild.ts"

const component = (name: string, fields: Partial<ComponentDetail> = {}): ComponentDetail => ({
  name,
  state: "waiting",
  state_reason: "Not started",
  batch: 1,
  placement: "",
  after: [],
  reuse: null,
  attempt: 1,
  task: null,
  task_state: "free",
  nvr: null,
  log_url: null,
  artifacts: [],
  repository: "",
  ref: null,
  commit: null,
  submitted_at: null,
  finished_at: null,
  ...fields
})

const build = (fields: Partial<ModuleBuildDetail> = {}): ModuleBuildDetail => ({
  id: 7,
  name: "demo",
  stream: "1",
  version: "20261121000000",
  context: "00000000",
  state: "build",
  state_reason: "The buildroot is prepared",
  owner: "alice",
  scratch: false,
  created_at: "",
  modified_at: "",
  completed_at: null,
  scmurl: null,
  platform: "el9",
  arches: ["x86_64"],
  dist_tag: "",
  modulemd: "",
  repository: null,
  components: [],
  trace: [],
  ...fields
})

describe("Progress", () => {
  it("shows a line for each batch, lowest first", () => {
    const lines = Progress.batches(build({
      components: [
        component("b", { batch: 2 }),
        component("a", { state: "built" }),
        component("c", { state: "failed" })
      ]
    }))
    assert.deepStrictEqual(lines, ["  batch 1  ✓ a  ✗ c", "  batch 2  · b"])
  })

  it("tells only what changed", () => {
    const before = build({ components: [component("a"), component("b", { state: "building" })] })
    const after = build({ components: [component("a"), component("b", { state: "built", nvr: "b-1-1" })] })
    assert.deepStrictEqual(Progress.changes(before, before), [])
    assert.deepStrictEqual(Progress.changes(before, after), ["  batch 1  b: built (b-1-1)"])
  })

  it("ends with what failed and where its log is", () => {
    const lines = Progress.ending(build({
      state: "failed",
      state_reason: "Component(s) a failed to build.",
      components: [component("a", { state: "failed", state_reason: "rpmbuild ended with 1", log_url: "/logs/a" })]
    }))
    assert.deepStrictEqual(lines, [
      "module build 7 is failed: Component(s) a failed to build.",
      "  a failed: rpmbuild ended with 1, see orch module-build logs 7 a"
    ])
  })
})

describe("hasEnded", () => {
  for (
    const [state, scratch, ended] of [
      ["build", false, false],
      ["done", false, false],
      ["done", true, true],
      ["ready", false, true],
      ["failed", false, true]
    ] as const
  ) {
    it(`${ended ? "ends" : "goes on"} with ${scratch ? "a scratch" : "a"} build in ${state}`, () =>
      assert.strictEqual(WatchModuleBuild.hasEnded({ state, scratch }), ended))
  }
})
