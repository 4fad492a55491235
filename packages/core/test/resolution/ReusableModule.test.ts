import { assert, describe, it } from "@effect/vitest"
import * as ModuleContext from "@orch/core/resolution/ModuleContext"
import type * as ResolutionSettings from "@orch/core/resolution/ResolutionSettings"
import * as ReusableModule from "@orch/core/resolution/ReusableModule"
import { available, base } from "./Fixture.ts"

describe("ReusableModule", () => {
  const el8 = ["el8.0.0", "el8.1.0"].map((stream) => base(`platform:${stream}:0:c0`, "el8"))
  const candidate = (id: number, platform: string, fields: Partial<ReusableModule.Candidate> = {}) => ({
    id,
    name: "app",
    stream: "1",
    state: "ready" as const,
    scmurl: "git://host/app?#1",
    timeCompleted: id,
    buildContext: ModuleContext.buildContext({ gtk: { stream: "3" }, platform: { stream: platform } }),
    buildContextNoBms: ModuleContext.buildContext({ gtk: { stream: "3" } }),
    rebuildStrategy: "all" as const,
    ...fields
  })
  const subject: ReusableModule.Subject = {
    name: "app",
    stream: "1",
    dependencies: [{ buildrequires: { platform: ["el8.1.0"] } }],
    buildrequires: { gtk: { stream: "3" }, platform: { stream: "el8.1.0" } },
    rebuildStrategy: "changed-and-after"
  }
  const find = (
    candidates: ReadonlyArray<ReusableModule.Candidate>,
    changed: Partial<ReusableModule.Subject> = {},
    settings: Partial<ResolutionSettings.ResolutionSettings> = {},
    options: ReusableModule.Options = {}
  ) => ReusableModule.find({ ...subject, ...changed }, candidates, available(el8, settings), options)?.id

  it("takes the newest on the newest compatible platform", () => {
    assert.strictEqual(find([candidate(1, "el8.1.0"), candidate(2, "el8.1.0"), candidate(3, "el8.0.0")]), 2)
    assert.strictEqual(find([candidate(3, "el8.0.0")]), 3)
    assert.strictEqual(find([candidate(3, "el8.2.0")]), undefined)
  })

  it("needs the very platform where compatible ones do not count", () => {
    const exact = { allowOnlyCompatibleBaseModules: false }
    assert.strictEqual(find([candidate(3, "el8.0.0")], {}, exact), undefined)
    assert.strictEqual(find([candidate(3, "el8.1.0")], {}, exact), 3)
  })

  it("passes over builds that are not ready, not from git, or made more liberally", () => {
    const liberal = candidate(3, "el8.1.0", { rebuildStrategy: "only-changed" })
    assert.strictEqual(
      find([candidate(1, "el8.1.0", { state: "done" }), candidate(2, "el8.1.0", { scmurl: null })]),
      undefined
    )
    assert.strictEqual(find([liberal]), undefined)
    assert.strictEqual(find([liberal], { rebuildStrategy: "only-changed" }), 3)
  })

  it("compares contexts as they were before default modules were added", () => {
    const buildrequires = { ...subject.buildrequires, defaulted: { stream: "1" } }
    assert.strictEqual(find([candidate(1, "el8.1.0")], { buildrequires }), undefined)
    assert.strictEqual(find([candidate(1, "el8.1.0")], { buildrequires, defaultModules: ["defaulted"] }), 1)
  })

  it("honours an explicit choice, and what a platform's tag lists", () => {
    assert.strictEqual(find([candidate(1, "f1"), candidate(2, "el8.1.0")], { reusedModule: 1 }), 1)
    assert.strictEqual(find([candidate(1, "f1"), candidate(2, "el8.1.0")], {}, {}, { taggedModules: () => [1] }), 1)
  })
})
