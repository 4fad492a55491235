import { assert, describe, it } from "@effect/vitest"
import * as ModuleStreamV2 from "@orch/core/modulemd/ModuleStreamV2"
import * as Xmd from "@orch/core/modulemd/Xmd"
import * as StreamDocument from "@orch/core/resolution/StreamDocument"
import * as Result from "effect/Result"

const dependencies = [{
  buildrequires: new Map([["platform", ["el8"]], ["perl", ["5.26", "-5.30"]]]),
  requires: new Map([["platform", ["el8"]], ["perl", []]])
}]

const document = (xmd: unknown, fields: Partial<Omit<ModuleStreamV2.ModuleStreamV2, "_tag">> = {}) =>
  ModuleStreamV2.make({
    name: "app",
    stream: "1",
    version: 8010020190101n,
    context: "9edba152",
    dependencies,
    xmd: Xmd.fromJson(xmd),
    ...fields
  })

describe("StreamDocument", () => {
  it("reads a build with what the builder noted", () => {
    const module = StreamDocument.availableModule(document({
      mbs: {
        buildrequires: {
          platform: { ref: "abc", stream: "el8.1.0", version: 1, context: "00000000", koji_tag: "tag" }
        },
        virtual_streams: ["el8"],
        koji_tag: "module-app",
        commit: "cafe",
        disttag_marking: "el8",
        koji_tag_arches: ["x86_64"]
      }
    }))
    assert.deepStrictEqual(module?.buildrequires["platform"], {
      stream: "el8.1.0",
      ref: "abc",
      kojiTag: "tag",
      version: "1",
      context: "00000000"
    })
    assert.deepStrictEqual(module?.virtualStreams, ["el8"])
    assert.strictEqual(module?.kojiTag, "module-app")
    assert.strictEqual(module?.disttagMarking, "el8")
    assert.deepStrictEqual(module?.dependencies[0]?.requires, { perl: [], platform: ["el8"] })
  })

  it("takes single buildrequired streams for the record where there is none", () => {
    assert.deepStrictEqual(StreamDocument.availableModule(document({}))?.buildrequires, { platform: { stream: "el8" } })
  })

  it("does not take a document that was never built for a build", () => {
    assert.isUndefined(StreamDocument.availableModule(document({}, { version: undefined })))
  })

  it("gives one variant, or one for each static context", () => {
    const variants = (xmd: unknown, fields = {}) =>
      Result.getOrThrow(StreamDocument.variants(document(xmd, fields))).map(({ staticContext }) => staticContext)
    assert.deepStrictEqual(variants({}), [undefined])
    assert.deepStrictEqual(variants({}, { staticContext: true }), ["9edba152"])
    assert.deepStrictEqual(
      variants({ mbs_options: { contexts: { a: { buildrequires: { platform: "el8" }, requires: {} } } } }),
      ["a"]
    )
  })
})
