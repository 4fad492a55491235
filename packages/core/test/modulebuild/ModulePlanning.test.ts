import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as BuildrootPlanning from "../../src/engine/modulebuild/BuildrootPlanning.ts"
import * as ComponentBuild from "../../src/modulebuild/ComponentBuild.ts"
import * as ModuleBuild from "../../src/modulebuild/ModuleBuild.ts"
import * as ModulePlanning from "../../src/modulebuild/ModulePlanning.ts"
import * as Modulemd from "../../src/modulemd/Modulemd.ts"
import * as ModuleStreamV2 from "../../src/modulemd/ModuleStreamV2.ts"
import * as Xmd from "../../src/modulemd/Xmd.ts"
import * as ExpandedModule from "../../src/resolution/ExpandedModule.ts"
import { available, fedora } from "../resolution/Fixture.ts"
import { component, modulePlan } from "./plans.ts"

describe("what modules filter", () => {
  const known = available(fedora())
  const expanded = Result.getOrThrow(ExpandedModule.expand({
    name: "app",
    stream: "1",
    version: 1,
    dependencies: [{ buildrequires: { platform: ["f28"], gtk: ["1"], foo: ["1"] } }]
  }, known)).modules[0]!

  const planOf = (
    stream: ModuleStreamV2.ModuleStreamV2,
    buildrequired: ReadonlyArray<ModuleStreamV2.ModuleStreamV2> = []
  ) =>
    Result.getOrThrow(ModulePlanning.plan({
      stream,
      included: new Map(),
      expanded,
      settings: known.settings,
      rpmsRepository: "https://host/rpms/",
      modulesRepository: "https://host/modules/",
      buildrequired,
      commits: {},
      arches: ["x86_64"],
      scmurl: undefined,
      owner: "alice",
      scratch: false,
      deadline: 1,
      defaultPlatform: "f28",
      locations: { "gtk:1:0:a1": "module-gtk" },
      filters: { "gtk:1:0:a1": ["gtk-internal"], "foo:1:0:a1": [], "foo:1:0:b1": ["foo-of-another-build"] }
    }))

  it("is in the plan of whoever is built with them", () => {
    const plan = planOf(ModuleStreamV2.make({ name: "app", stream: "1", summary: "App" }))
    const modules = new Map(plan.modules.map((module) => [module.name, module]))
    assert.deepInclude(modules.get("gtk"), { location: "module-gtk", filter: ["gtk-internal"] })
    assert.notProperty(modules.get("foo"), "filter")
  })

  it("leaves the profiles of buildroots to be the groups of what is built with them, and the options theirs", () => {
    const profile = (...rpms: ReadonlyArray<string>) => ({ description: undefined, rpms, default: false })
    const offering = (profiles: ModuleStreamV2.ModuleStreamV2["profiles"]) => ModuleStreamV2.make({ profiles })
    const plan = planOf(
      ModuleStreamV2.make({
        name: "app",
        stream: "1",
        summary: "App",
        xmd: Xmd.fromJson({ mbs_options: { blocked_packages: ["gtk"], repo_include_all: false } })
      }),
      [
        offering(new Map([["buildroot", profile("make", "bash")], ["default", profile("gtk")]])),
        offering(new Map([["buildroot", profile("bash", "gcc")], ["srpm-buildroot", profile("git")]]))
      ]
    )
    assert.deepStrictEqual(plan.groups, { build: ["bash", "gcc", "make"], "srpm-build": ["git"] })
    const { blocked, groups, includeAll } = BuildrootPlanning.plan(ModuleBuild.unborn(7, plan))
    assert.deepStrictEqual([blocked, groups, includeAll], [["gtk"], plan.groups, false])
    assert.deepStrictEqual(planOf(ModuleStreamV2.make({ name: "app", stream: "1", summary: "App" })).groups, {})
  })

  it.each([
    ["by the component's key", "alpha"],
    ["by another name", "zeta"]
  ])("numbers the passes over a package that is named %s", (_, second) => {
    const text = `
document: modulemd
version: 2
data:
  summary: Twice
  description: A package built twice
  license: {module: [MIT]}
  components:
    rpms:
      ${second}: {name: alpha, rationale: second, buildafter: [alpha-boot]}
      alpha-boot: {name: alpha, rationale: first}
      beta: {rationale: other}
`
    const plan = planOf(Modulemd.read(text).documents[0] as ModuleStreamV2.ModuleStreamV2)
    const passes = Object.fromEntries(plan.components.map(({ name, pass }) => [name, pass]))
    assert.deepStrictEqual(passes, { "alpha-boot": 1, [second]: undefined, beta: undefined })
    const build = ModuleBuild.unborn(7, plan)
    assert.strictEqual(BuildrootPlanning.plan(build).passes, 1)
    assert.notProperty(BuildrootPlanning.plan(ModuleBuild.unborn(7, modulePlan([component("a")]))), "passes")
  })

  it("may come back from an earlier build of the same module with what is taken over from it", () => {
    const module = { name: "demo", stream: "1", version: 1n, context: "00000000", filter: ["taken", "built-anew"] }
    const other = { ...module, name: "other" }
    const unborn = ModuleBuild.unborn(7, modulePlan([component("a"), component("b")], { modules: [module, other] }))
    const taken = ComponentBuild.reuse(unborn.components.get("a")!, {
      from: 1,
      task: "3",
      nvr: "a-1-1",
      artifacts: [{ nevra: "taken-0:1-1.noarch", location: "/taken.rpm" }]
    })
    const build = { ...unborn, components: new Map(unborn.components).set("a", taken) }
    // The earlier build may have another version of a package of that name, which stays out.
    assert.deepStrictEqual(BuildrootPlanning.plan(build).modules, [
      { ...module, kept: ["taken-0:1-1.noarch"] },
      other
    ])
    assert.deepStrictEqual(BuildrootPlanning.plan(unborn).modules, [module, other])
  })
})
