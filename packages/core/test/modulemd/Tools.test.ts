/** Edits in place, differences, advice, modules from packages, build macros, upgrades. */
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as BuildMacros from "../../src/modulemd/BuildMacros.ts"
import * as IndexDiff from "../../src/modulemd/IndexDiff.ts"
import * as ModuleContent from "../../src/modulemd/ModuleContent.ts"
import * as ModuleFromRpms from "../../src/modulemd/ModuleFromRpms.ts"
import * as ModuleIndex from "../../src/modulemd/ModuleIndex.ts"
import * as Modulemd from "../../src/modulemd/Modulemd.ts"
import type { ModulemdDocument } from "../../src/modulemd/ModulemdDocument.ts"
import * as ModulemdEdit from "../../src/modulemd/ModulemdEdit.ts"
import * as ModulemdLint from "../../src/modulemd/ModulemdLint.ts"
import * as Upgrade from "../../src/modulemd/ModulemdUpgrade.ts"
import * as ModuleStreamV1 from "../../src/modulemd/ModuleStreamV1.ts"
import * as ModuleStreamV2 from "../../src/modulemd/ModuleStreamV2.ts"

const packager = `# Head
document: modulemd-packager
version: 3
data:
  name: foo   # the name
  stream: "1"
  summary: s
  description: d
  license: [MIT]
  configurations:
  # for f30
  - context: 'A1'   # ctx
    platform: f30 # plat
    buildopts:
      rpms:
        macros: |
          %a 1

  # for f31
  - context: B1
    platform: f31
  profiles:
    common: {rpms: [x], default: true}
  components:
    rpms:
      x:
        rationale: r # why
      y: {rationale: r}
      z: {rationale: r, ref: "1.0"}
`

const stream = ModuleStreamV2.make({
  name: "foo",
  stream: "1",
  version: 7n,
  context: "c0ffee",
  arch: "x86_64",
  summary: "s",
  description: "d",
  license: { module: ["MIT"], content: ["MIT"] }
})

describe("ModulemdEdit", () => {
  it("adds a platform behind the one it is like, with comments, and changes nothing else", () => {
    const edited = Result.getOrThrow(ModulemdEdit.addPlatform(packager, { from: "f30", to: "f32" }))
    const added =
      `  - context: "f32"   # ctx\n    platform: f32 # plat\n    buildopts:\n      rpms:\n        macros: |\n          %a 1\n`
    assert.strictEqual(edited, packager.replace("          %a 1\n", `          %a 1\n${added}`))
  })

  it("keeps CR LF and flow style", () => {
    const crlf = packager.replaceAll("\n", "\r\n")
    const edited = Result.getOrThrow(ModulemdEdit.addPlatform(crlf, { from: "f31", to: "f32" }))
    assert.isTrue(edited.startsWith(crlf.slice(0, crlf.indexOf("platform: f31"))))
    assert.notMatch(edited, /[^\r]\n/)
    const flow = packager.replace(
      / {2}configurations:[^]*?(?= {2}profiles)/,
      "  configurations: [{context: A, platform: f30}]\n"
    )
    assert.include(
      Result.getOrThrow(ModulemdEdit.addPlatform(flow, { from: "f30", to: "el-9" })),
      "[{context: A, platform: f30}, {context: \"1\", platform: el-9}]"
    )
  })

  it("refuses what it cannot do, with the reason", () => {
    const reason = (result: Result.Result<string, ModulemdEdit.EditProblem>) =>
      Result.isFailure(result) ? result.failure.reason : ""
    assert.strictEqual(reason(ModulemdEdit.addPlatform(packager, { from: "f99", to: "f32" })), "NotFound")
    assert.strictEqual(reason(ModulemdEdit.addPlatform(packager, { from: "f30", to: "f31" })), "NotPossible")
    assert.strictEqual(reason(ModulemdEdit.addPlatform("a: [", { from: "f30", to: "f31" })), "NotValid")
    assert.strictEqual(reason(ModulemdEdit.setRef(packager, { component: "nothing", ref: "x" })), "NotFound")
  })

  it("sets refs that are there and refs that are not, quoting what would be read as a number", () => {
    const set = (component: string) => Result.getOrThrow(ModulemdEdit.setRef(packager, { component, ref: "1.10" }))
    assert.strictEqual(
      set("x"),
      packager.replace("rationale: r # why\n", "rationale: r # why\n        ref: \"1.10\"\n")
    )
    assert.strictEqual(set("y"), packager.replace("y: {rationale: r}", "y: {rationale: r, ref: \"1.10\"}"))
    assert.strictEqual(set("z"), packager.replace("\"1.0\"", "\"1.10\""))
  })
})

describe("IndexDiff", () => {
  const indexOf = (...streams: ReadonlyArray<ModuleStreamV2.ModuleStreamV2>) => ModuleIndex.fromDocuments(streams).index

  it("says what was added, removed and changed, by path", () => {
    const changes = IndexDiff.between(
      indexOf(stream, { ...stream, version: 8n }),
      indexOf({ ...stream, api: ["a"], summary: "t" }, { ...stream, version: 9n })
    )
    assert.strictEqual(
      IndexDiff.format(changes),
      `~ modulemd foo:1:7:c0ffee:x86_64
    ~ data.summary: s -> t
    + data.api.rpms[a]: a
- modulemd foo:1:8:c0ffee:x86_64
+ modulemd foo:1:9:c0ffee:x86_64
`
    )
  })

  it("of equal content is empty, whatever the style", () => {
    assert.deepStrictEqual(
      IndexDiff.between(indexOf(stream), indexOf({ ...stream, license: { module: ["MIT"], content: ["MIT"] } })),
      []
    )
  })
})

describe("ModulemdLint", () => {
  it("advises beyond validity", () => {
    const documents = Modulemd.read(`document: modulemd
version: 2
data:
  name: foo
  stream: "1"
  summary: s
  description: d
  servicelevels: {rawhide: {eol: 2020-01-01}}
  license: {module: [GPLv2+], content: [MIT AND (Apache-2.0 OR LicenseRef-X)]}
  api: {rpms: [foo, gone]}
  components: {rpms: {foo: {}}}
  artifacts: {rpms: [foo-0:1-1.x86_64]}
---
document: modulemd-defaults
version: 1
data: {module: foo, stream: "2", profiles: {"1": [none]}}
`).documents
    assert.deepStrictEqual(
      ModulemdLint.check(documents, { today: "2026-01-01" }).map(({ code, document }) => `${document} ${code}`),
      [
        "0 license-not-spdx",
        "0 rationale-missing",
        "0 ref-missing",
        "0 eol-past",
        "0 api-not-in-artifacts",
        "1 default-stream-unknown",
        "1 default-profile-unknown"
      ]
    )
  })
})

describe("ModulemdLint of streams that lost a zero", () => {
  const there = (...streams: ReadonlyArray<string>) =>
    streams.map((stream) => ModuleStreamV2.make({ name: "lang", stream }))
  const advice = (document: ModulemdDocument, ...streams: ReadonlyArray<string>) =>
    ModulemdLint.check([...there(...streams), document]).flatMap(({ code, message, path }) =>
      code === "stream-lost-zero" ? [`${path}: ${message}`] : []
    )
  const requiring = (stream: string) =>
    ModuleStreamV2.make({
      name: "user",
      stream: "1",
      dependencies: [{ buildrequires: new Map(), requires: new Map([["lang", [stream]]]) }]
    })

  it("names what is required and what is there", () => {
    assert.deepStrictEqual(advice(requiring("5.3"), "5.30", "5.26"), [
      "data.dependencies[0].requires.lang: lang:5.3 is required and not there, but lang:5.30 is: quote streams"
    ])
    assert.deepStrictEqual(advice(requiring("-5.3"), "5.30"), [
      "data.dependencies[0].requires.lang: lang:5.3 is excluded and not there, but lang:5.30 is: quote streams"
    ])
    assert.include(advice(requiring("1"), "1.0", "1.00")[0], "lang:1.0 and lang:1.00 are")
  })

  it("knows other forms of one number, and booleans", () => {
    for (
      const [named, present] of [["1.10", "1.1"], ["10", "1e1"], [".5", "0.50"], ["1_000", "1000"], ["true", "on"]]
    ) {
      assert.lengthOf(advice(requiring(named!), present!), 1, `${named} ${present}`)
    }
  })

  it("is silent where the stream is there, where nothing is like it, and of modules it does not know", () => {
    for (
      const [named, present] of [["5.3", "5.26"], ["1", "10"], ["1.2.3", "1.2.30"], ["5.3", "5.03"], [
        "20190101123456789012",
        "20190101123456789013"
      ]]
    ) assert.deepStrictEqual(advice(requiring(named!), present!), [], `${named} ${present}`)
    assert.deepStrictEqual(advice(requiring("5.3"), "5.3", "5.30"), [])
    assert.deepStrictEqual(advice(requiring("5.3")), [])
  })

  it("looks at every place that names a stream", () => {
    const lang = new Map([["lang", "5.3"]])
    const paths = (text: string) =>
      Modulemd.read(text).documents.flatMap((document) => advice(document, "5.30")).map((line) => line.split(": ")[0])
    assert.deepStrictEqual(
      advice(ModuleStreamV1.make({ name: "user", stream: "1", buildrequires: lang }), "5.30").length,
      1
    )
    assert.deepStrictEqual(
      paths(
        "document: modulemd-packager\nversion: 3\ndata:\n  summary: s\n  description: d\n  configurations: [{context: A, platform: el9, requires: {lang: 5.3}}]\n"
      ),
      ["data.configurations[0].requires.lang"]
    )
    assert.deepStrictEqual(
      paths(
        "document: modulemd-defaults\nversion: 1\ndata: {module: lang, stream: 5.3, profiles: {5.3: [x]}, intents: {i: {stream: 5.3}}}\n"
      ),
      ["data.stream", "data.intents.i.stream", "data.profiles[\"5.3\"]"]
    )
    assert.deepStrictEqual(
      paths(
        "document: modulemd-obsoletes\nversion: 1\ndata: {modified: 2020-01-01T00:00Z, module: lang, stream: 5.3, message: m, obsoleted_by: {module: lang, stream: 5.300}}\n"
      ),
      ["data.stream", "data.obsoleted_by.stream"]
    )
  })
})

describe("ModuleContent.takesStream", () => {
  it("knows lists, all, and all but some", () => {
    const requirements = new Map([["a", ["1", "2"]], ["b", []], ["c", ["-1"]]])
    const takes = (module: string, stream: string) => ModuleContent.takesStream(requirements, module, stream)
    assert.deepStrictEqual([
      takes("a", "1"),
      takes("a", "3"),
      takes("b", "9"),
      takes("c", "2"),
      takes("c", "1"),
      takes("d", "1")
    ], [
      true,
      false,
      true,
      true,
      false,
      false
    ])
  })
})

describe("ModuleFromRpms", () => {
  const facts = { name: "foo", stream: "1", version: 1n, context: "c0ffee", arch: "x86_64", summary: "s" }
  const rpm = { name: "foo", epoch: 0, version: "1", release: "1", license: "MIT", modularitylabel: "foo:1:1:c0ffee" }

  it("makes a valid stream and its defaults", () => {
    const made = Result.getOrThrow(ModuleFromRpms.make(facts, [{ ...rpm, arch: "x86_64" }, { ...rpm, arch: "src" }]))
    assert.deepStrictEqual(made.stream.artifacts.rpms, ["foo-0:1-1.x86_64"])
    assert.isTrue(
      Modulemd.isValid(Modulemd.read(Modulemd.write([made.stream, made.defaults]), { profile: "repository" }))
    )
  })

  it("refuses packages that are no parts of a module, unless forced", () => {
    const { modularitylabel: _label, ...plain } = { ...rpm, arch: "x86_64" }
    const refused = ModuleFromRpms.make(facts, [plain])
    assert(Result.isFailure(refused))
    assert.deepStrictEqual(refused.failure.rpms, ["foo-0:1-1.x86_64"])
    assert.isTrue(Result.isSuccess(ModuleFromRpms.make({ ...facts, force: true }, [plain])))
  })
})

describe("BuildMacros", () => {
  it("defines what packages of the module look for, and the module's own macros last", () => {
    const own = { ...stream, buildopts: { rpms: { macros: "%with_x 1\n", whitelist: [] }, arches: [] } }
    const { macros, spec } = BuildMacros.make(own, { disttag: ".module+el9", conflicts: ["old-thing"] })
    assert.include(macros, "%modularitylabel foo:1:7:c0ffee\n")
    assert.include(macros, "%dist .module+el9\n")
    assert.isTrue(macros.endsWith("%with_x 1\n"))
    assert.include(spec, "Conflicts: old-thing\n")
  })
})

describe("Upgrade", () => {
  it("expands packager v3 to a stream per configuration and defaults", () => {
    const [document] = Modulemd.read(packager).documents
    const texts = Result.getOrThrow(Upgrade.document(document!))
    assert.deepStrictEqual(texts.map((one) => one._tag), ["ModuleDefaults", "ModuleStreamV2", "ModuleStreamV2"])
    assert(texts[1]?._tag === "ModuleStreamV2")
    assert.strictEqual(texts[1].context, "A1")
    assert.deepStrictEqual([...texts[1].dependencies[0]!.requires], [["platform", ["f30"]]])
  })

  it("says why a document cannot be expanded", () => {
    const [document] = Modulemd.read(packager.replace(/ {2}name.*\n/, "")).documents
    const result = Upgrade.document(document!)
    assert(Result.isFailure(result))
    assert.strictEqual(result.failure.reason, "NameNeeded")
  })
})
