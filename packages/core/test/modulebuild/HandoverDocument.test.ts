import { assert, describe, it } from "@effect/vitest"
import * as HandoverDocument from "../../src/modulebuild/HandoverDocument.ts"
import * as Modulemd from "../../src/modulemd/Modulemd.ts"
import * as ModuleVersion from "../../src/resolution/ModuleVersion.ts"
import * as ResolutionSettings from "../../src/resolution/ResolutionSettings.ts"
import { component, modulePlan } from "./plans.ts"

const document = (context: string, mbs: string, rest = "") =>
  [
    "document: modulemd",
    "version: 2",
    "data:",
    "  name: demo",
    "  stream: \"1\"",
    "  version: 920261121000000",
    `  context: ${context}`,
    "  summary: A demonstration",
    "  description: For tests",
    "  license: {module: [MIT]}",
    "  xmd:",
    `    mbs: {${mbs}}`,
    "    note: kept",
    ...(rest === "" ? [] : [rest]),
    "  dependencies:",
    "    - buildrequires: {platform: [el9], perl: [\"5.30\"]}",
    "      requires: {platform: [el9]}",
    ""
  ].join("\n")

const recorded = (stream: string) => ({ ref: null, stream, version: "1", context: "00000000", kojiTag: null })

const plan = (modulemd: string, context = "c0ffee42") =>
  modulePlan([component("alpha")], {
    version: 920261121000000n,
    context,
    modulemd,
    ownedBy: "mbs",
    buildrequires: { platform: recorded("el9"), perl: recorded("5.30") },
    dependencies: { buildrequires: { platform: ["el9"], perl: ["5.30"] }, requires: { platform: ["el9"] } }
  })

const read = (text: string) => {
  const [found] = Modulemd.read(text).documents
  if (found?._tag !== "ModuleStreamV2") return assert.fail(text)
  return found
}

describe("what is handed over", () => {
  it("is the document as a packager hands it in, with nothing left to choose and nothing that is computed", () => {
    const made = HandoverDocument.requestOf(
      plan(document("c0ffee42", "commit: abc, mse: TRUE")),
      ResolutionSettings.defaults
    )
    const { context, dependencies, version, xmd } = read(made.document)
    assert.deepStrictEqual([version, context], [20261121000000n, undefined])
    assert.deepStrictEqual(xmd, new Map([["note", "kept"]]))
    assert.deepStrictEqual(dependencies.map(({ buildrequires }) => [...buildrequires]), [
      [["perl", ["5.30"]], ["platform", ["el9"]]]
    ])
    assert.deepInclude(made, {
      name: "demo",
      stream: "1",
      version: 920261121000000n,
      context: "c0ffee42",
      streams: { platform: "el9", perl: "5.30" },
      requires: { platform: ["el9"] },
      scratch: false
    })
  })

  it("names a context that the packager named", () => {
    const made = HandoverDocument.requestOf(
      plan(document("special", "static_context: TRUE"), "special"),
      ResolutionSettings.defaults
    )
    assert.include(JSON.stringify(Modulemd.write(read(made.document))), "special")
    assert.isUndefined(read(made.document).context)
  })

  it.each(
    [
      ["a module in git", {}, undefined],
      ["uploaded sources", { submission: { srpms: ["alpha.src.rpm"] } }, "uploaded source packages"],
      [
        "a scratch build in its buildroot",
        { modules: [{ name: "perl", stream: "5.30", version: 1n, context: "c0ffee42_1" }] },
        "cannot build with a scratch build, such as perl:5.30"
      ]
    ] as const
  )("%s", (_, fields, problem) => {
    const found = HandoverDocument.problemOf(modulePlan([component("alpha")], { ownedBy: "mbs", ...fields }))
    if (problem === undefined) assert.isUndefined(found)
    else assert.include(found!, problem)
  })

  it.each(["el9", "f28", "el8.1.0", "rawhide"])("has a version without what %s puts in front", (stream) => {
    const buildrequires = { platform: { stream } }
    const plain = 20180205135154n
    assert.strictEqual(ModuleVersion.plain(ModuleVersion.prefixed(plain, buildrequires), buildrequires), plain)
    assert.strictEqual(ModuleVersion.plain(7n, {}), 7n)
  })
})
