import { assert, describe, it } from "@effect/vitest"
import * as BuiltDocument from "../../src/modulebuild/BuiltDocument.ts"
import { unborn } from "../../src/modulebuild/ModuleBuild.ts"
import * as Modulemd from "../../src/modulemd/Modulemd.ts"
import * as ModuleStreamV2 from "../../src/modulemd/ModuleStreamV2.ts"
import * as Xmd from "../../src/modulemd/Xmd.ts"
import { component, modulePlan } from "./plans.ts"

const commit = "b".repeat(40)

const text = (xmd: unknown) =>
  Modulemd.write(ModuleStreamV2.make({
    name: "demo",
    stream: "1",
    summary: "A demonstration",
    description: "For tests",
    license: { module: ["MIT"], content: [] },
    xmd: Xmd.fromJson(xmd)
  }))

const rpms = (document: string) => {
  const [read] = Modulemd.read(document).documents
  assert(read?._tag === "ModuleStreamV2")
  const found = Xmd.get(read.xmd, "mbs", "rpms")
  return found === undefined ? undefined : JSON.parse(JSON.stringify(Xmd.toJson(found)))
}

describe("the document of a build", () => {
  it("says what its components are built from, and keeps what is noted beside", () => {
    const document = BuiltDocument.withRefs(
      text({ mbs: { mse: true, rpms: { a: { ref: "x", note: "kept" } } }, other: "kept" }),
      { a: commit, b: null }
    )
    assert.deepStrictEqual(rpms(document), { a: { ref: commit, note: "kept" }, b: { ref: "" } })
    assert.include(document, "other: kept")
    assert.match(document, /mse: "?TRUE/)
  })

  it("is the very text where it says so already, and where it is no module", () => {
    const said = BuiltDocument.withRefs(text({}), { a: commit })
    assert.strictEqual(BuiltDocument.withRefs(said, { a: commit }), said)
    assert.strictEqual(BuiltDocument.withRefs("nothing", { a: commit }), "nothing")
    assert.strictEqual(BuiltDocument.withRefs(said, {}), said)
  })

  it("is the planned one with the commits that are known by now", () => {
    const { commit: _, ...unresolved } = component("b")
    const plan = modulePlan([component("a"), unresolved, component("c", { srpm: "cli-build/c.src.rpm" })], {
      modulemd: text({ mbs: {} })
    })
    assert.deepStrictEqual(rpms(BuiltDocument.text(unborn(1, plan))), { a: { ref: "a".repeat(40) }, c: { ref: "" } })
  })
})
