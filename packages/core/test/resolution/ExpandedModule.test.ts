import { assert, describe, it } from "@effect/vitest"
import * as AvailableModule from "@orch/core/resolution/AvailableModule"
import * as BaseModules from "@orch/core/resolution/BaseModules"
import * as CandidateModules from "@orch/core/resolution/CandidateModules"
import * as ExpandedModule from "@orch/core/resolution/ExpandedModule"
import type * as Dependencies from "@orch/core/resolution/ModuleDependencies"
import * as SolverConflict from "@orch/core/resolution/SolverConflict"
import * as StreamExpansion from "@orch/core/resolution/StreamExpansion"
import * as Result from "effect/Result"
import { available, base, built, fedora } from "./Fixture.ts"

const failure = <E>(result: Result.Result<unknown, E>): E => {
  if (Result.isSuccess(result)) return assert.fail("expected a refusal")
  return result.failure
}

const source = (...dependencies: ReadonlyArray<Partial<Dependencies.Dependencies>>): ExpandedModule.Source => ({
  name: "app",
  stream: "1",
  version: "20180205135154",
  dependencies
})

const buildrequires = (expansion: ExpandedModule.Expansion) =>
  expansion.modules.map(({ buildrequires }) =>
    Object.entries(buildrequires).map(([name, { context, stream, version }]) =>
      `${name}:${stream}:${version}:${context}`
    )
  )

describe("StreamExpansion", () => {
  const { expandStreams } = StreamExpansion
  const modules = available(fedora())
  const cases: ReadonlyArray<readonly [ReadonlyArray<string>, ReadonlyArray<string>]> = [
    [[], ["1", "2"]],
    [["-2"], ["1"]],
    [["-1", "-2"], []],
    [["2"], ["2"]],
    [["2", "1"], ["2", "1"]],
    [["2", "-1"], ["2"]],
    [["9"], ["9"]]
  ]
  for (const [streams, expected] of cases) {
    it(`reads [${streams}] as [${expected}]`, () =>
      assert.deepStrictEqual(Result.getOrThrow(expandStreams(modules, "gtk", streams)), expected))
  }

  it("finds only streams with a ready build", () => {
    const failed = { ...built("gtk:3:0:c1", "f28"), state: "failed" as const }
    assert.deepStrictEqual(
      Result.getOrThrow(expandStreams(available([...fedora(), failed]), "gtk", [])),
      ["1", "2"]
    )
  })

  it("leaves excluded base module streams out, unless named", () => {
    const settings = { baseModuleStreamExclusions: ["f29"] }
    assert.deepStrictEqual(Result.getOrThrow(expandStreams(available(fedora(), settings), "platform", [])), ["f28"])
    assert.deepStrictEqual(Result.getOrThrow(expandStreams(available(fedora(), settings), "platform", ["f29"])), [
      "f29"
    ])
  })

  it("asks where several streams are possible, and takes the default", () => {
    const ambiguous = failure(expandStreams(modules, "gtk", ["1", "2"], { failIfAmbiguous: true }))
    assert.strictEqual(ambiguous.message, "There are multiple streams ['1', '2'] to choose from for module gtk.")
    const options = { failIfAmbiguous: true, defaultStreams: { gtk: "2" } }
    assert.deepStrictEqual(Result.getOrThrow(expandStreams(modules, "gtk", [], options)), ["2"])
    assert.deepStrictEqual(Result.getOrThrow(expandStreams(modules, "gtk", ["1", "2"], options)), ["2"])
    assert.deepStrictEqual(Result.getOrThrow(expandStreams(modules, "gtk", ["1"], options)), ["1"])
  })
})

describe("BaseModules", () => {
  const el8 = ["el8.0.0", "el8.1.0", "el8.2.0"].map((stream) => base(`platform:${stream}:0:c0`, "el8"))

  it("takes older streams of the same major version along", () => {
    const modules = available([...el8, base("platform:el9.0.0:0:c0", "el8"), base("platform:el7.9.0:0:c0", "el8")])
    const found = BaseModules.find(modules, [{ buildrequires: { platform: ["el8.1.0"] } }])
    assert.deepStrictEqual(found.ready.map(({ stream }) => stream), ["el8.1.0", "el8.0.0"])
  })

  it("takes retired ones and any version along where that is allowed", () => {
    const retired = { ...el8[0]!, state: "garbage" as const }
    const modules = available([retired, el8[1]!, el8[2]!], { allowOnlyCompatibleBaseModules: false })
    const found = BaseModules.find(modules, [{ buildrequires: { platform: ["el8.1.0"] } }])
    assert.deepStrictEqual(found.ready.map(({ stream }) => stream), ["el8.1.0", "el8.2.0"])
    assert.deepStrictEqual(found.garbage.map(({ stream }) => stream), ["el8.0.0"])
  })

  it("takes all that share a virtual stream along where the stream is no version", () => {
    const retired = { ...base("platform:f26:0:c0", "fedora"), state: "garbage" as const }
    const modules = available([
      base("platform:f28:0:c0", "fedora"),
      base("platform:f29:4:c0", "fedora"),
      base("platform:f27:2:c0", "fedora"),
      base("platform:f30:0:c0", "other"),
      retired
    ])
    const found = BaseModules.find(modules, [{ buildrequires: { platform: ["f28"] } }])
    assert.deepStrictEqual(found.ready.map(({ stream }) => stream), ["f28", "f29", "f27"])
    assert.deepStrictEqual(found.garbage, [])
  })

  it("replaces a virtual stream by the newest stream that provides it", () => {
    const modules = available(el8)
    assert.deepStrictEqual(BaseModules.resolveVirtualStreams(modules, "platform", ["el8"]), ["el8.2.0"])
    assert.deepStrictEqual(BaseModules.resolveVirtualStreams(modules, "platform", ["-el8", "el8.0.0", "el7"]), [
      "-el8",
      "el8.0.0",
      "el7"
    ])
    assert.deepStrictEqual(BaseModules.resolveVirtualStreams(modules, "gtk", ["el8"]), ["el8"])
  })
})

describe("CandidateModules", () => {
  it("follows runtime requirements all the way down, newest versions only", () => {
    const modules = available([
      base("platform:f29:0:c11"),
      built("gtk:1:0:c2", "f29", { foo: ["unknown"] }),
      built("gtk:1:1:c2", "f29", { foo: ["1"] }),
      built("foo:1:1:c2", "f29", { bar: ["1"], lorem: ["1"] }),
      built("bar:1:1:c2", "f29", { base: ["f29"] }),
      built("lorem:1:1:c2", "f29", { base: ["f29"] }),
      built("base:f29:0:c3", "f29", { platform: ["f29"] })
    ])
    const found = CandidateModules.collect(modules, [{
      buildrequires: { platform: ["f29"], gtk: ["1"] },
      requires: {}
    }])
    assert.deepStrictEqual(Result.getOrThrow(found).map(AvailableModule.nsvc).sort(), [
      "bar:1:1:c2",
      "base:f29:0:c3",
      "foo:1:1:c2",
      "gtk:1:1:c2",
      "lorem:1:1:c2",
      "platform:f29:0:c11"
    ])
  })

  it("picks builds made on the newest compatible base stream that has any", () => {
    const streams = ["f29.0.0", "f29.1.0", "f29.2.0"]
    const modules = available([
      ...streams.map((stream) => base(`platform:${stream}:0:c11`, "f29")),
      built("gtk:1:0:c2", "f29.0.0"),
      built("gtk:1:1:c2", "f29.1.0"),
      built("gtk:1:2:c2", "f29.1.0"),
      built("gtk:1:3:c2", "f29.2.0")
    ])
    const found = CandidateModules.collect(modules, [
      { buildrequires: { platform: ["f29.1.0"], gtk: ["1"] }, requires: {} }
    ])
    assert.deepStrictEqual(Result.getOrThrow(found).map(AvailableModule.nsvc), [
      "platform:f29.1.0:0:c11",
      "platform:f29.0.0:0:c11",
      "gtk:1:2:c2"
    ])
  })

  it("asks where what is buildrequired requires one of several streams, and takes the default at any depth", () => {
    const modules = available([
      ...fedora(),
      built("app:1:1:c", "f28", { gtk: ["1", "2"] }),
      built("suite:1:1:c", "f28", { app: ["1"] }),
      built("open:1:1:c", "f28", { gtk: [] })
    ])
    const collect = (name: string, defaultStreams?: Readonly<Record<string, string>>) =>
      Result.map(
        CandidateModules.collect(modules, [{ buildrequires: { platform: ["f28"], [name]: ["1"] }, requires: {} }], {}, {
          failIfAmbiguous: true,
          defaultStreams
        }),
        (found) => found.map(AvailableModule.nameStream).filter((stream) => stream.startsWith("gtk"))
      )
    const refusal = failure(collect("app"))
    assert.strictEqual(refusal.reason, "StreamAmbiguous")
    assert.strictEqual(refusal.message, "There are multiple streams ['1', '2'] to choose from for module gtk.")
    assert.deepStrictEqual(Result.getOrThrow(collect("suite")), ["gtk:1", "gtk:2"])
    assert.deepStrictEqual(Result.getOrThrow(collect("open")), ["gtk:1", "gtk:2"])
    for (const name of ["app", "suite", "open"]) {
      assert.deepStrictEqual(Result.getOrThrow(collect(name, { gtk: "2" })), ["gtk:2"])
    }
    // A default that is no choice here decides nothing.
    assert.deepStrictEqual(Result.getOrThrow(collect("app", { gtk: "7" })), ["gtk:1", "gtk:2"])
  })

  it("names what has no build", () => {
    const missing = failure(
      CandidateModules.collect(available(fedora()), [
        { buildrequires: { platform: ["f28"], gtk: ["9"] }, requires: {} }
      ], { "0.buildrequires.gtk": 12 })
    )
    assert.strictEqual(missing.message, "Cannot find any module builds for gtk:9")
    assert.strictEqual(missing.line, 12)
    const platform = failure(
      CandidateModules.collect(available(fedora()), [{ buildrequires: { platform: ["f1"] }, requires: {} }], {
        "0.buildrequires.platform": 7
      })
    )
    assert.strictEqual(platform.line, 7)
    assert.strictEqual(
      platform.message,
      "None of the base module (platform) streams in the buildrequires section could be found"
    )
    assert.isTrue(platform.inFull.endsWith(": platform:f1"))
  })
})

describe("ExpandedModule", () => {
  const modules = available(fedora())
  const expand = (...dependencies: ReadonlyArray<Partial<Dependencies.Dependencies>>) =>
    Result.getOrThrow(ExpandedModule.expand(source(...dependencies), modules))

  it("gives one build per combination, each with its context", () => {
    const expansion = expand({
      requires: { gtk: ["1", "2"] },
      buildrequires: { platform: ["f28"], gtk: ["1", "2"] }
    })
    assert.deepStrictEqual(expansion.modules.map(({ context }) => context), ["e1e005fb", "ce132a1e"])
    assert.deepStrictEqual(buildrequires(expansion), [
      ["platform:f28:0:c10", "gtk:1:0:a1"],
      ["platform:f28:0:c10", "gtk:2:0:a2"]
    ])
    assert.strictEqual(expansion.modules[0]!.version, 2820180205135154n)
  })

  it("pins what is required as it is buildrequired, and keeps the rest as written", () => {
    const [first] = expand({
      requires: { gtk: ["-2"], foo: [], platform: ["f28"] },
      buildrequires: { platform: ["f28"], gtk: ["-2"], foo: ["1"] }
    }).modules
    assert.deepStrictEqual(first!.dependencies, {
      requires: { gtk: ["1"], foo: [], platform: ["f28"] },
      buildrequires: { platform: ["f28"], gtk: ["1"], foo: ["1"] }
    })
  })

  it("expands platforms, leaving out those a buildrequire was not built for", () => {
    const found = available([...fedora(), base("platform:f30:0:c12")])
    const expansion = Result.getOrThrow(
      ExpandedModule.expand(source({ buildrequires: { platform: [], gtk: ["1"] } }), found)
    )
    assert.deepStrictEqual(expansion.modules.map(({ dependencies }) => dependencies.buildrequires.platform), [
      ["f29"],
      ["f28"]
    ])
    assert.deepStrictEqual(expansion.conflicts.map(SolverConflict.describe), [
      "gtk:1 needs platform:f28 or f29, you ask for platform:f30"
    ])
  })

  it("keeps the elements of several apart", () => {
    const expansion = expand(
      { buildrequires: { platform: ["f28"], gtk: ["1"] }, requires: { gtk: ["1"] } },
      { buildrequires: { platform: ["f29"], foo: ["2"] }, requires: { foo: ["2"] } }
    )
    assert.deepStrictEqual(expansion.modules.map(({ dependencies, element }) => [element, dependencies.requires]), [
      [0, { gtk: ["1"] }],
      [1, { foo: ["2"] }]
    ])
  })

  it("does not let one impossible element cost the others", () => {
    const conflicting = available([
      ...fedora(),
      built("old:1:0:x1", "f28", { platform: ["f28"], gtk: ["1"] })
    ])
    const expansion = Result.getOrThrow(ExpandedModule.expand(
      source(
        { buildrequires: { platform: ["f28"], gtk: ["2"], old: ["1"] } },
        { buildrequires: { platform: ["f29"], gtk: ["2"] } }
      ),
      conflicting
    ))
    assert.deepStrictEqual(buildrequires(expansion), [["platform:f29:0:c11", "gtk:2:0:b2"]])
    assert.deepStrictEqual(expansion.conflicts.map(SolverConflict.describe), ["old:1 needs gtk:1, you ask for gtk:2"])
  })

  it("explains a conflict in the user's words, with the line", () => {
    const conflicting = available([
      base("platform:f28:0:c10"),
      built("httpd:2.4:0:c1", "f28", { perl: ["5.30"] }),
      built("perl:5.30:0:c2", "f28", { platform: ["f28"] }),
      built("perl:5.26:0:c3", "f28", { platform: ["f28"] })
    ])
    const refused = failure(ExpandedModule.expand({
      ...source({ buildrequires: { platform: ["f28"], httpd: ["2.4"], perl: ["5.26"] } }),
      lines: { "0.buildrequires.perl": 31 }
    }, conflicting))
    assert.strictEqual(
      refused.message,
      "Problems were found during module dependency resolution: The module has conflicting buildrequires of: "
        + "perl:5.26:0:c3 and perl:5.30:0:c2 (httpd:2.4 needs perl:5.30, you ask for perl:5.26 (line 31))"
    )
    assert.strictEqual(refused.line, 31)
  })

  it("finds colliding transitive requirements", () => {
    const conflicting = available([
      base("platform:f29:0:c0"),
      built("gtk:1:1:c01", "f29", { bar: ["1"] }),
      built("bar:1:0:c02", "f29", { platform: ["f29"] }),
      built("foo:1:1:c03", "f29", { baz: ["1"] }),
      built("baz:1:1:c04", "f29", { bar: ["2"] }),
      built("bar:2:0:c05", "f29", { platform: ["f29"] })
    ])
    const refused = failure(
      ExpandedModule.expand(source({ buildrequires: { platform: ["f29"], gtk: ["1"], foo: ["1"] } }), conflicting)
    )
    assert.include(refused.message, "bar:1:0:c02 and bar:2:0:c05")
    assert.include(refused.message, "gtk:1 needs bar:1, baz:1 needs bar:2")
  })

  it("uses what was built on an older minor release, not what needs a newer one", () => {
    const el8 = available([
      ...["el8.0.0", "el8.1.0", "el8.2.0"].map((stream) => base(`platform:${stream}:0:c0`, "el8")),
      built("gtk:3:0:c8", "el8.0.0", { platform: ["el8"] }),
      built("gtk:3:1:c8", "el8.2.0", { platform: ["el8"] }),
      built("mess:1:0:c0", "el8.1.0", { gtk: ["3"], platform: ["el8"] })
    ])
    const expand = (stream: string) =>
      ExpandedModule.expand(source({ buildrequires: { platform: [stream], mess: ["1"] } }), el8)
    assert.deepStrictEqual(buildrequires(Result.getOrThrow(expand("el8.2.0"))), [
      ["mess:1:0:c0", "platform:el8.2.0:0:c0", "gtk:3:1:c8"].sort((one) => one.startsWith("platform") ? -1 : 1)
    ])
    assert.deepStrictEqual(
      buildrequires(Result.getOrThrow(expand("el8.1.0"))).map((modules) => modules.at(-1)),
      ["gtk:3:0:c8"]
    )
    assert.strictEqual(failure(expand("el8.0.0")).reason, "NoBuilds")
  })

  it.each(["build", "garbage"] as const)("refuses a version of which another context is in state %s", (state) => {
    const other = { ...built("gtk:1:0:zz", "f29"), state }
    const asked = source({ buildrequires: { platform: ["f28"], gtk: ["1"] } })
    const refused = failure(ExpandedModule.expand(asked, available([...fedora(), other])))
    assert.strictEqual(refused.message, `Buildrequire gtk-1-0 is in "${state}" state`)
    const failed = { ...other, state: "failed" as const }
    assert.isTrue(Result.isSuccess(ExpandedModule.expand(asked, available([...fedora(), failed]))))
  })

  it("keeps a static context, and computes the hashes beside it", () => {
    const [first] = Result.getOrThrow(ExpandedModule.expand({
      ...source({ buildrequires: { platform: ["f28"] }, requires: { platform: ["f28"] } }),
      staticContext: "mine"
    }, modules)).modules
    assert.strictEqual(first!.context, "mine")
    assert.isTrue(first!.staticContext)
    assert.strictEqual(first!.buildContext, "f4bfd8304625d3f2835a5176ee910f50e86cc201")
  })

  it("says so when nothing can be combined", () => {
    const refused = failure(
      ExpandedModule.expand(source({ buildrequires: { platform: ["f28"], ghost: [] } }), modules)
    )
    assert.strictEqual(refused.reason, "NoCombination")
    assert.include(refused.message, "No dependency combination was satisfied.")
    assert.include(refused.message, "any ghost")
  })
})
