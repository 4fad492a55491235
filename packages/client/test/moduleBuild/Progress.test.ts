import { assert, describe, it } from "@effect/vitest"
import type { ModuleBuildDetail } from "@orch/api/orch/ModuleBuildsApi"
import { component } from "../../../api/test/orch/Samples.ts"
import * as Progress from "../../src/commands/moduleBuild/Progress.ts"
import * as WatchModuleBuild from "../../src/WatchModuleBuild.ts"

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
  remarks: [],
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

describe("Progress with times", () => {
  const step = (state: ModuleBuildDetail["state"], reason: string) => ({ at: "", state, reason, cause: "" })

  it("tells every state once, those between two looks, too", () => {
    const before = build({ trace: [step("init", "submitted")] })
    const after = build({
      state: "ready",
      trace: [...before.trace, step("wait", "refs are known"), step("build", "prepared"), step("done", "published")]
    })
    assert.deepStrictEqual(Progress.changes(before, after), [
      "module build 7 is in wait: refs are known",
      "module build 7 is in build: prepared",
      "module build 7 is in done: published"
    ])
    assert.deepStrictEqual(Progress.changes(after, after), [])
  })

  const times = { submitted_at: "2026-11-21T10:00:00Z", finished_at: "2026-11-21T10:03:07Z" }

  it("says how long components and the build took, where that is known", () => {
    const now = build({
      state: "ready",
      state_reason: "Released",
      created_at: "2026-11-21T10:00:00Z",
      completed_at: "2026-11-21T12:05:00Z",
      components: [component("a", { state: "built", nvr: "a-1-1", ...times })]
    })
    assert.deepStrictEqual(Progress.batches(now), ["  batch 1  ✓ a 3m 7s"])
    assert.include(Progress.changes(undefined, now), "  batch 1  a: built (a-1-1) after 3m 7s")
    assert.deepStrictEqual(Progress.ending(now), ["module build 7 is ready: Released (2h 5m)"])
  })

  it("shows the repository where others can reach it", () => {
    const now = build({ state: "ready", repository: { url: "/repositories/7/", path: "/srv/orch/7" } })
    assert.include(
      Progress.ending(now, "https://orch.example.org"),
      "repository: https://orch.example.org/repositories/7/"
    )
    const elsewhere = build({ repository: { url: "https://pulp.example.org/7/", path: null } })
    assert.strictEqual(Progress.repositoryOf(elsewhere, "https://orch.example.org"), "https://pulp.example.org/7/")
  })

  it("says of a failed build that a change in git is a new submission", () => {
    const failed = build({ state: "failed", scmurl: "git://src.example.org/modules/foo.git?#f1d2" })
    assert.deepStrictEqual(Progress.advice(failed), [
      "To build the same commits again: orch module-build resume 7 --watch",
      "After a change in git, submit again: orch module-build submit 'git://src.example.org/modules/foo.git?#BRANCH' --watch"
    ])
    assert.deepStrictEqual(Progress.advice(build({ state: "ready" })), [])
  })

  it("colours marks and states for terminals that want it", () => {
    const colours = { good: (text: string) => `<${text}>`, bad: String, busy: String, dim: String }
    assert.deepStrictEqual(Progress.batches(build({ components: [component("a", { state: "built" })] }), colours), [
      "  batch 1  <✓> a"
    ])
    assert.match(Progress.title(build({ state: "ready" }), colours), / <ready>$/)
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
