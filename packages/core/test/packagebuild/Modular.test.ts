import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Nevra from "../../src/Nevra.ts"
import * as ModularContent from "../../src/packagebuild/ModularContent.ts"
import * as ModularPlanning from "../../src/packagebuild/ModularPlanning.ts"
import * as ModularRefs from "../../src/packagebuild/ModularRefs.ts"

const document = (name: string, more = ""): string =>
  `---
document: modulemd
version: 2
data:
  name: ${name}
  stream: "1"
  summary: S
  description: D
  license:
    module: [MIT]
  dependencies:
  - buildrequires:
      platform: [el8]
      perl: ["5.26"]
    requires:
      platform: [el8]
  filter:
    rpms: [modfilter]
  buildopts:
    rpms:
      macros: |
        %_with_thing 1
        # %_with_nothing 1
        no macro
  components:
    rpms:
      modcomp: {rationale: main, buildorder: 10}
      modlib: {rationale: lib, buildorder: 1}
      another: {rationale: lib, buildorder: 1}
${more}...
`
const data = {
  versions: [
    { name: "8.4", dist_prefix: "el8.4.0", version_prefix: "80400" },
    { name: "8.5", dist_prefix: "el8.5.0", version_prefix: "80500" }
  ]
}
const documents = Result.getOrThrow(
  ModularPlanning.read(document("testmod") + document("testmod-devel"), "testmod", "1")
)
const request: ModularPlanning.Request = {
  documents,
  platform: { name: "AlmaLinux-8", data },
  platformVersion: "8.5",
  version: "8050020261128190000",
  index: 3,
  at: 0
}

describe("planning a module", () => {
  const { mock, module } = Result.getOrThrow(ModularPlanning.plan(request))

  it("context, dist tag and macros are those of the build system that published such modules", () => {
    assert.strictEqual(module.context, "a263df68")
    assert.deepStrictEqual(mock.definitions, { dist: ".module_el8.5.0+3+78e84294", _with_thing: "1" })
  })

  it("a version of 19 digits is kept to the last one", () => {
    assert.strictEqual(module.version, 8050020261128190000n)
    assert.strictEqual(ModularPlanning.label(module), "testmod:1:8050020261128190000:a263df68")
    assert.include(module.modulemd, "version: 8050020261128190000")
  })

  it("the development twin has the same identity; a module without one is a module as well", () => {
    assert.strictEqual(module.devel?.name, "testmod-devel")
    assert.include(module.devel?.modulemd ?? "", "context: a263df68")
    const alone = Result.getOrThrow(ModularPlanning.read(document("testmod"), "testmod", "1"))
    assert.isUndefined(Result.getOrThrow(ModularPlanning.plan({ ...request, documents: alone })).module.devel)
  })

  it("enables itself and what it builds against, or what the request says", () => {
    assert.deepStrictEqual(mock.moduleEnable, ["testmod:1", "perl:5.26"])
    assert.deepStrictEqual(
      Result.getOrThrow(ModularPlanning.plan({ ...request, enabled: { buildtime: ["x:1", "y:"], runtime: [] } })).mock
        .moduleEnable,
      [
        "x:1",
        "y"
      ]
    )
  })

  it("is written as others publish it: with what was chosen, for the architectures asked for, its twin needing it", () => {
    const arches = ["x86_64", "i686", "src"]
    const enabled = { buildtime: ["perl:5.26"], runtime: ["perl:5.26"] }
    const chosen = Result.getOrThrow(ModularPlanning.plan({ ...request, arches, enabled })).module
    assert.strictEqual(chosen.context, "a263df68", "what it is not known to need at run time is not added")
    const [main, devel] = ModularContent.make(chosen, "x86_64", [])
    assert.include(main!.text, "arches: [i686, x86_64]")
    assert.notMatch(main!.text, /testmod: \[/)
    assert.match(devel!.text, /requires:\n\s+platform: \[el8\]\n\s+testmod: \["?1"?\]/)
    const several = document("testmod").replace("perl: [\"5.26\"]", "perl: [\"5.24\", \"5.26\"]")
    const documents = Result.getOrThrow(ModularPlanning.read(several, "testmod", "1"))
    const other = { ...request, documents }
    assert.strictEqual(Result.getOrThrow(ModularPlanning.plan({ ...other, enabled })).module.context, "a263df68")
    assert.notStrictEqual(Result.getOrThrow(ModularPlanning.plan(other)).module.context, "a263df68")
  })

  it("makes a version of the newest platform version and the time", () => {
    const made = ModularPlanning.plan({
      ...request,
      platformVersion: undefined,
      version: undefined,
      at: Date.UTC(2026, 10, 28, 19, 2, 40)
    })
    assert.strictEqual(Result.getOrThrow(made).module.version, 8050020261128190240n)
  })

  it("takes the streams that a builder noted for those built against", () => {
    const noted = document(
      "testmod",
      "  xmd: {mbs: {buildrequires: {platform: {stream: el8.9}, perl: {stream: \"5.26\"}}}}\n"
    )
    const { main } = Result.getOrThrow(ModularPlanning.read(noted, "testmod", "1"))
    assert.deepStrictEqual(ModularPlanning.buildStreams(main), { platform: "el8.9", perl: "5.26" })
    assert.notStrictEqual(ModularPlanning.context(main), "a263df68")
  })

  const refused: ReadonlyArray<
    [string, Partial<ModularPlanning.Request>, ModularPlanning.InvalidModule["reason"], RegExp]
  > = [
    ["an unknown platform version", { platformVersion: "9.9" }, "NoPlatformVersion", /no version 9.9, only 8.4, 8.5/],
    [
      "a platform without versions",
      { platform: { name: "p", data: {} }, platformVersion: undefined },
      "NoPlatformVersion",
      /p has no versions/
    ],
    ["a version that is no number", { version: "1.5" }, "Version", /digits/],
    ["a version of more than 64 bits", { version: "99999999999999999999" }, "Version", /at most/]
  ]
  for (const [what, fields, reason, message] of refused) {
    it(`refuses ${what}`, () => {
      const result = ModularPlanning.plan({ ...request, ...fields })
      assert.strictEqual(Result.isFailure(result) ? result.failure.reason : undefined, reason)
      assert.match(Result.isFailure(result) ? result.failure.message : "", message)
    })
  }

  it("says what cannot be read, and which module is not there", () => {
    const broken = ModularPlanning.read("document: modulemd\nversion: 2\ndata: [", "testmod", "1")
    assert.strictEqual(Result.isFailure(broken) ? broken.failure.reason : undefined, "Unreadable")
    const other = ModularPlanning.read(document("other"), "testmod", "1")
    assert.strictEqual(Result.isFailure(other) ? other.failure.reason : undefined, "NotThere")
  })
})

describe("the references of a module", () => {
  it("come in build order, on branches by whether the distribution changed them", () => {
    const refs = ModularRefs.make(
      documents.main,
      { packagesGit: "https://git.example.org/rpms/", prefix: { modified: "a8", nonModified: "c8" } },
      new Set(["modlib"])
    )
    assert.deepStrictEqual(refs.map(({ gitRef, url }) => [url, gitRef]), [
      ["https://git.example.org/rpms/another.git", "c8-stream-1"],
      ["https://git.example.org/rpms/modlib.git", "a8-stream-1"],
      ["https://git.example.org/rpms/modcomp.git", "c8-stream-1"]
    ])
  })

  it("stream of a branch", () => {
    assert.strictEqual(ModularRefs.streamOf("c8-stream-rhel8"), "rhel8")
    assert.strictEqual(ModularRefs.streamOf("1.4"), "1.4")
  })
})

describe("the content of a module", () => {
  const { module } = Result.getOrThrow(ModularPlanning.plan(request))
  const built: ReadonlyArray<ModularContent.Built> = [
    { nevra: Nevra.parseUnsafe("modcomp-0:1-1.x86_64"), license: "MIT" },
    { nevra: Nevra.parseUnsafe("modfilter-0:1-1.x86_64") },
    { nevra: Nevra.parseUnsafe("modfilter-0:1-1.i686"), multilib: true },
    { nevra: Nevra.parseUnsafe("modfilter-0:1-1.src") }
  ]
  const lines = (text: string) => text.split("\n").flatMap((line) => /^\s+- (\S+-\d+:\S+)$/.exec(line)?.[1] ?? [])

  it("filtered packages are for developers, multilib ones for everybody, sources for both", () => {
    const [main, devel] = ModularContent.make(module, "x86_64", built)
    assert.strictEqual(main!.id, "testmod:1:8050020261128190000:a263df68:x86_64")
    assert.deepStrictEqual(lines(main!.text), ["modcomp-0:1-1.x86_64", "modfilter-0:1-1.i686", "modfilter-0:1-1.src"])
    assert.strictEqual(devel!.id, "testmod-devel:1:8050020261128190000:a263df68:x86_64")
    assert.deepStrictEqual(lines(devel!.text), ["modfilter-0:1-1.src", "modfilter-0:1-1.x86_64"])
  })

  it("packages of earlier builds are offered beside those that were made, each for its architecture", () => {
    const prebuilt = ["modlib-0:2-1.x86_64", "modlib-0:2-1.i686", "modlib-0:2-1.src", "modfilter-0:1-2.noarch"]
    const { module } = Result.getOrThrow(ModularPlanning.plan({ ...request, prebuilt }))
    const [main, devel] = ModularContent.make(module, "x86_64", [built[0]!])
    assert.deepStrictEqual(lines(main!.text), ["modcomp-0:1-1.x86_64", "modlib-0:2-1.src", "modlib-0:2-1.x86_64"])
    assert.deepStrictEqual(lines(devel!.text), ["modfilter-0:1-2.noarch"])
    assert.strictEqual(module.context, Result.getOrThrow(ModularPlanning.plan(request)).module.context)
  })

  it("without a twin, what is filtered is not offered", () => {
    const { devel: _, ...alone } = module
    assert.lengthOf(ModularContent.make(alone, "x86_64", built), 1)
  })
})
