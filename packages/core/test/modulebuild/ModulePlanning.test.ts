import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as BuildrootPlanning from "../../src/engine/modulebuild/BuildrootPlanning.ts"
import { TaskId } from "../../src/farm/Task.ts"
import * as ModuleBuild from "../../src/modulebuild/ModuleBuild.ts"
import * as ModulePlanning from "../../src/modulebuild/ModulePlanning.ts"
import * as ModuleStreamV2 from "../../src/modulemd/ModuleStreamV2.ts"
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

  it("is in the plan of whoever is built with them", () => {
    const plan = Result.getOrThrow(ModulePlanning.plan({
      stream: ModuleStreamV2.make({ name: "app", stream: "1", summary: "App" }),
      included: new Map(),
      expanded,
      settings: known.settings,
      rpmsRepository: "https://host/rpms/",
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
    const modules = new Map(plan.modules.map((module) => [module.name, module]))
    assert.deepInclude(modules.get("gtk"), { location: "module-gtk", filter: ["gtk-internal"] })
    assert.notProperty(modules.get("foo"), "filter")
  })

  it("may come back from an earlier build of the same module with what is taken over from it", () => {
    const module = { name: "demo", stream: "1", version: 1n, context: "00000000", filter: ["taken", "built-anew"] }
    const other = { ...module, name: "other" }
    const build = ModuleBuild.unborn(
      7,
      modulePlan([
        component("a", {
          reused: {
            from: 1,
            task: TaskId.make("3"),
            nvr: "a-1-1",
            artifacts: [{ nevra: "taken-0:1-1.noarch", location: "/taken.rpm" }]
          }
        }),
        component("b")
      ], { modules: [module, other] })
    )
    assert.deepStrictEqual(BuildrootPlanning.plan(build).modules.map(({ filter }) => filter), [
      ["built-anew"],
      ["taken", "built-anew"]
    ])
  })
})
