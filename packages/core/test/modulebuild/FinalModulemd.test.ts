import { assert, describe, it } from "@effect/vitest"
import { deliverables } from "../../src/modulebuild/FinalModulemd.ts"
import { type ModuleBuild, unborn } from "../../src/modulebuild/ModuleBuild.ts"
import * as Component from "../../src/modulemd/Component.ts"
import * as Modulemd from "../../src/modulemd/Modulemd.ts"
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

  check("leave out sources", built({ a: ["a-0:1-1.x86_64", "a-0:1-1.src"] }), ["a-0:1-1.x86_64"])
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

  it("do not tell where the sources come from, nor what the builder noted", () => {
    const modulemd = Modulemd.write(ModuleStreamV2.make({
      name: "demo",
      stream: "1",
      version: 1n,
      context: "00000000",
      summary: "A demonstration",
      description: "For tests",
      license: { module: ["MIT"], content: [] },
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
    const [stream] = Modulemd.read(document!.text).documents
    assert(stream?._tag === "ModuleStreamV2")
    const { cache, ref, repository } = stream.components.rpms.get("a")!
    assert.deepStrictEqual([repository, cache, ref], [undefined, undefined, "1a2b"])
    assert.deepStrictEqual(stream.xmd, new Map([["other", "kept"]]))
  })
})
