import { assert, describe, it } from "@effect/vitest"
import * as MbsOptions from "../../src/modulebuild/MbsOptions.ts"
import * as Xmd from "../../src/modulemd/Xmd.ts"

const read = (options: unknown) => MbsOptions.read({ xmd: Xmd.fromJson({ mbs_options: options }) })

describe("what a document asks of the build system", () => {
  it("is read in the words of the Module Build Service", () =>
    assert.deepStrictEqual(
      read({ blocked_packages: ["a", "b"], repo_include_all: "false", dynamic_buildrequires: true, contexts: {} }),
      { blocked: ["a", "b"], includeAll: false, dynamicBuildrequires: true, problems: [] }
    ))

  it("is nothing where nothing is said", () => {
    assert.deepStrictEqual(MbsOptions.read({ xmd: undefined }), { blocked: [], problems: [] })
    assert.deepStrictEqual(read({}), { blocked: [], problems: [] })
  })

  for (
    const [options, key] of [
      [{ blocked_packages: "a" }, "blocked_packages"],
      [{ repo_include_all: "perhaps" }, "repo_include_all"],
      [{ shiny: "1" }, "shiny"]
    ] as const
  ) {
    it(`is named where it cannot be understood: ${key}`, () => {
      const { problems, ...rest } = read(options)
      assert.deepStrictEqual(rest, { blocked: [] })
      assert.lengthOf(problems, 1)
      assert.include(problems[0], `xmd.mbs_options.${key} `)
    })
  }

  it("is told where the farm does not do it", () => {
    const options = read({ blocked_packages: ["a"], repo_include_all: "true" })
    const keys = (farm: Parameters<typeof MbsOptions.unmet>[1]) =>
      MbsOptions.unmet(options, farm).map((text) => /mbs_options\.(\w+) /.exec(text)?.[1])
    assert.deepStrictEqual(keys({ name: "local" }), ["blocked_packages", "repo_include_all"])
    assert.deepStrictEqual(keys({ name: "koji", options: ["blocked"] }), ["repo_include_all"])
    assert.deepStrictEqual(MbsOptions.unmet(read({}), { name: "local" }), [])
  })
})
