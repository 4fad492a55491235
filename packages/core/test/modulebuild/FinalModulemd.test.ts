import { assert, describe, it } from "@effect/vitest"
import type { Artifact } from "../../src/farm/Artifact.ts"
import { deliverables } from "../../src/modulebuild/FinalModulemd.ts"
import { type ModuleBuild, unborn } from "../../src/modulebuild/ModuleBuild.ts"
import * as Modulemd from "../../src/modulemd/Modulemd.ts"
import * as Component from "../../src/modulemd/ModulemdComponent.ts"
import * as ModuleStreamV2 from "../../src/modulemd/ModuleStreamV2.ts"
import * as Xmd from "../../src/modulemd/Xmd.ts"
import { component, modulePlan } from "./plans.ts"

const artifact = (nevra: string, license?: string) => ({
  nevra,
  location: `/${nevra}.rpm`,
  ...(license === undefined ? {} : { license })
})

const built = (names: Record<string, ReadonlyArray<string>>, plan = {}): ModuleBuild => {
  const build = unborn(1, modulePlan(Object.keys(names).map((name) => component(name)), plan))
  return {
    ...build,
    components: new Map([...build.components].map(([name, one]) => [
      name,
      { ...one, state: "built" as const, artifacts: names[name]!.map((nevra) => artifact(nevra, "MIT")) }
    ]))
  }
}

describe("deliverables", () => {
  const check = (what: string, build: ModuleBuild, expected: ReadonlyArray<string>) =>
    it(what, () => assert.deepStrictEqual(deliverables(build).packages.map(({ nevra }) => nevra), expected))

  check(
    "hold source packages of what they deliver, and no others",
    built({ a: ["a-0:1-1.src", "a-0:1-1.x86_64"], b: ["b-0:1-1.x86_64", "b-0:1-1.src"] }, { filter: ["b"] }),
    ["a-0:1-1.src", "a-0:1-1.x86_64"]
  )
  check(
    "have of a package that is built twice what the last pass made",
    built({ "a-boot": ["a-0:1-1~pass1.x86_64", "a-0:1-1~pass1.src"], a: ["a-0:1-1.x86_64", "a-0:1-1.src"] }, {
      components: [component("a-boot", { pass: 1 }), component("a")]
    }),
    ["a-0:1-1.x86_64", "a-0:1-1.src"]
  )
  check(
    "leave out packages of a smaller architecture",
    built({ a: ["a-0:1-1.x86_64", "a-0:1-1.i686"] }),
    ["a-0:1-1.x86_64"]
  )
  check(
    "leave out filtered packages and their debug packages",
    built({ a: ["a-0:1-1.x86_64", "a-devel-0:1-1.x86_64", "a-devel-debuginfo-0:1-1.x86_64"] }, { filter: ["a-devel"] }),
    ["a-0:1-1.x86_64"]
  )
  check(
    "leave out a debug package that is filtered by its own name",
    built({ a: ["a-0:1-1.x86_64", "a-debuginfo-0:1-1.x86_64", "a-debugsource-0:1-1.x86_64"] }, {
      filter: ["a-debuginfo"]
    }),
    ["a-0:1-1.x86_64", "a-debugsource-0:1-1.x86_64"]
  )
  check(
    "leave out components that are built for the build only",
    built({ a: ["a-0:1-1.noarch"], b: ["b-0:1-1.noarch"] }, {
      components: [component("a"), component("b", { buildOnly: true })]
    }),
    ["a-0:1-1.noarch"]
  )

  it("describe each architecture with its own artifacts and the licences of the packages", () => {
    const { documents } = deliverables(built(
      { a: ["a-0:1-1.x86_64", "a-0:1-1.aarch64", "a-doc-0:1-1.noarch"] },
      { arches: ["x86_64", "aarch64"] }
    ))
    const streams = documents.flatMap(({ text }) => Modulemd.read(text).documents)
    assert.deepStrictEqual(
      streams.map((one) => one._tag === "ModuleStreamV2" ? [one.arch, one.artifacts.rpms, one.license.content] : []),
      [
        ["x86_64", ["a-0:1-1.x86_64", "a-doc-0:1-1.noarch"], ["MIT"]],
        ["aarch64", ["a-0:1-1.aarch64", "a-doc-0:1-1.noarch"], ["MIT"]]
      ]
    )
  })

  const stream = (fields: Partial<ModuleStreamV2.ModuleStreamV2> = {}) =>
    ModuleStreamV2.make({
      name: "demo",
      stream: "1",
      version: 1n,
      context: "00000000",
      summary: "A demonstration",
      description: "For tests",
      license: { module: ["MIT"], content: [] },
      ...fields
    })
  const read = (text: string): ModuleStreamV2.ModuleStreamV2 => {
    const [found] = Modulemd.read(text).documents
    assert(found?._tag === "ModuleStreamV2")
    return found
  }
  const components = (rpms: Readonly<Record<string, Partial<Component.RpmComponent>>>) => ({
    ...Component.none,
    rpms: new Map(
      Object.entries(rpms).map(([name, fields]) => [name, { ...Component.rpm({ rationale: "Wanted" }), ...fields }])
    )
  })

  it("hold packages of a smaller architecture where the component asks for it", () => {
    const modulemd = Modulemd.write(stream({ components: components({ a: { multilib: ["x86_64"] }, b: {} }) }))
    const { documents, packages } = deliverables(built({
      a: ["a-0:1-1.x86_64", "a-0:1-1.i686"],
      b: ["b-0:1-1.x86_64", "b-0:1-1.i686"]
    }, { modulemd }))
    assert.deepStrictEqual(packages.map(({ nevra }) => nevra), ["a-0:1-1.x86_64", "a-0:1-1.i686", "b-0:1-1.x86_64"])
    assert.deepStrictEqual(read(documents[0]!.text).artifacts.rpms, [
      "a-0:1-1.i686",
      "a-0:1-1.x86_64",
      "b-0:1-1.x86_64"
    ])
  })

  it("hold no package where its source package excludes the architecture", () => {
    const build = built({ a: ["a-0:1-1.noarch", "a-0:1-1.src"] }, { arches: ["x86_64", "aarch64", "s390x"] })
    const told = (source: Partial<Artifact>): ModuleBuild => ({
      ...build,
      components: new Map([...build.components].map(([name, one]) => [name, {
        ...one,
        artifacts: one.artifacts.map((each) => each.nevra.endsWith(".src") ? { ...each, ...source } : each)
      }]))
    })
    const arches = (build: ModuleBuild) =>
      deliverables(build).documents.map(({ text }) => read(text)).filter(({ artifacts }) => artifacts.rpms.length > 0)
        .map(({ arch }) => arch)
    assert.deepStrictEqual(arches(told({})), ["x86_64", "aarch64", "s390x"])
    assert.deepStrictEqual(arches(told({ excludeArch: ["aarch64"] })), ["x86_64", "s390x"])
    assert.deepStrictEqual(arches(told({ exclusiveArch: ["s390x"] })), ["s390x"])
  })

  it("name what is built for the build only in the filter, and keep it for the complement", () => {
    const modulemd = Modulemd.write(stream({
      api: ["a"],
      filter: ["a-devel"],
      dependencies: [{ buildrequires: new Map(), requires: new Map([["platform", ["el9"]]]) }],
      components: components({ a: {}, b: { buildonly: true } })
    }))
    const { complement, documents, modulemd: whole } = deliverables(built(
      { a: ["a-0:1-1.noarch", "a-devel-0:1-1.noarch", "a-0:1-1.src"], b: ["b-0:1-1.noarch", "b-0:1-1.src"] },
      { modulemd, components: [component("a"), component("b", { buildOnly: true })] }
    ))
    const [main] = documents.map(({ text }) => read(text))
    assert.deepStrictEqual([main!.filter, read(whole).filter], [["a-devel", "b"], ["a-devel", "b"]])
    assert.deepStrictEqual(main!.artifacts.rpms, ["a-0:1-1.noarch", "a-0:1-1.src"])
    assert.deepStrictEqual(complement.documents.map(({ id }) => id), ["demo-devel:1:20261121000000:00000000:x86_64"])
    const devel = read(complement.documents[0]!.text)
    assert.deepStrictEqual(devel.artifacts.rpms, ["a-devel-0:1-1.noarch", "b-0:1-1.noarch", "b-0:1-1.src"])
    assert.deepStrictEqual([devel.name, devel.api, read(complement.modulemd).name], ["demo-devel", [], "demo-devel"])
    assert.deepStrictEqual(devel.dependencies[0]!.requires, new Map([["platform", ["el9"]], ["demo", ["1"]]]))
  })

  it("do not tell where the sources come from, nor what the builder noted", () => {
    const modulemd = Modulemd.write(stream({
      xmd: Xmd.fromJson({ mbs: { scmurl: "https://git.example.org/demo" }, other: "kept" }),
      components: {
        ...Component.none,
        rpms: new Map([
          [
            "a",
            Component.rpm({ rationale: "Wanted", repository: "https://git.example.org/a", cache: "c", ref: "1a2b" })
          ]
        ])
      }
    }))
    const [document] = deliverables(built({ a: ["a-0:1-1.x86_64"] }, { modulemd })).documents
    const final = read(document!.text)
    const { cache, ref, repository } = final.components.rpms.get("a")!
    assert.deepStrictEqual([repository, cache, ref], [undefined, undefined, "1a2b"])
    assert.deepStrictEqual(final.xmd, new Map([["other", "kept"]]))
  })
})
