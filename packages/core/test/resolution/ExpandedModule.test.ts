import { assert, describe, it } from "@effect/vitest"
import * as ExpandedModule from "@orch/core/resolution/ExpandedModule"
import type * as Dependencies from "@orch/core/resolution/ModuleDependencies"
import * as SolverConflict from "@orch/core/resolution/SolverConflict"
import * as Result from "effect/Result"
import { available, base, built, fedora } from "./Fixture.ts"
import { failure } from "./refusals.ts"

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

  it("names two builds that exclude each other once, and all who want either of them", () => {
    const refused = failure(ExpandedModule.expand(
      source({ buildrequires: { platform: ["f29"], one: ["1"], two: ["1"], three: ["1"] } }),
      available([
        base("platform:f29:0:c0"),
        built("one:1:0:c1", "f29", { lib: ["7"] }),
        built("two:1:0:c2", "f29", { lib: ["8"] }),
        built("three:1:0:c3", "f29", { lib: ["7"] }),
        built("lib:7:0:c4", "f29", { platform: ["f29"] }),
        built("lib:8:0:c5", "f29", { platform: ["f29"] })
      ])
    ))
    assert.strictEqual(refused.message.split("lib:7:0:c4 and lib:8:0:c5").length, 2, refused.message)
    for (const name of ["one", "two", "three"]) assert.include(refused.message, `${name}:1 needs lib:`)
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
