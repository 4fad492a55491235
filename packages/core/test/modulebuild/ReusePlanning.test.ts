import { assert, describe, it } from "@effect/vitest"
import type { ModulePlan } from "../../src/modulebuild/ModulePlan.ts"
import * as ReusePlanning from "../../src/modulebuild/ReusePlanning.ts"
import * as ResolutionSettings from "../../src/resolution/ResolutionSettings.ts"
import * as TagPlan from "../../src/resolution/TagPlan.ts"
import { modulePlan } from "./plans.ts"

const recorded = (stream: string) => ({ ref: null, stream, version: "1", context: "00000000", kojiTag: null })

const platform = { name: "platform", stream: "el9", version: 1n, context: "00000000" }

const plan = (fields: Partial<ModulePlan> = {}): ModulePlan =>
  modulePlan([], {
    scmurl: "git://host/demo?#1",
    modules: [platform],
    dependencies: { buildrequires: { platform: ["el9"] }, requires: {} },
    buildrequires: { platform: recorded("el9") },
    submission: { rebuildStrategy: "only-changed" },
    ...fields
  })

const earlier = (fields: Partial<ModulePlan> = {}): ReusePlanning.ReadyBuild => ({
  id: 7,
  plan: plan(fields),
  progress: { completedAt: 1 }
})

const source = (
  wanted: ModulePlan,
  ready: ReadonlyArray<ReusePlanning.ReadyBuild>,
  known: Partial<ReusePlanning.Known> = {}
) =>
  ReusePlanning.source(wanted, { ready, bases: [], settings: ResolutionSettings.defaults, tagged: new Map(), ...known })

describe("the build that components are taken from", () => {
  it("is one built with the same streams", () => {
    assert.strictEqual(source(plan(), [earlier()]), 7)
    const other = earlier({ buildrequires: { platform: recorded("el9"), perl: recorded("5.36") } })
    assert.strictEqual(source(plan(), [other]), undefined)
  })

  it("may have been built with other default modules, which nobody asked for", () => {
    const withPerl = {
      buildrequires: { platform: recorded("el9"), perl: recorded("5.36") },
      defaultModules: ["perl"]
    }
    assert.strictEqual(source(plan(), [earlier(withPerl)]), 7)
    assert.strictEqual(source(plan(withPerl), [earlier()]), 7)
    assert.strictEqual(source(plan(withPerl), [earlier(withPerl)]), 7)
  })

  describe("on a platform that says in which tag modules have to be", () => {
    const base = (): ReusePlanning.ReadyBuild => ({
      id: 1,
      plan: plan({
        name: "platform",
        stream: "el9",
        version: 1n,
        context: "00000000",
        imported: { kojiTag: "el9-build", virtualStreams: [], commit: null, kojiTagWithModules: "el9-modules" }
      }),
      progress: {}
    })
    const older = { ...earlier({ version: 1n }), id: 5 }
    const newer = { ...earlier({ version: 2n }), id: 6 }
    const nvr = ({ plan }: ReusePlanning.ReadyBuild) => TagPlan.cgNvr(plan)
    const inTag = (...builds: ReadonlyArray<ReusePlanning.ReadyBuild>) => ({
      bases: [base()],
      tagged: new Map([["el9-modules", new Set(builds.map(nvr))]])
    })

    it.each([
      ["is one that is there", [older, newer], [older], 5],
      ["is the newest version there", [older, newer], [older, newer], 6],
      ["is none where nothing is there", [older, newer], [], undefined]
    ])("%s", (_, ready, there, expected) => {
      assert.strictEqual(source(plan(), ready, inTag(...there)), expected)
    })

    it("may have been built on another stream of it", () => {
      const before = earlier({ buildrequires: { platform: recorded("el9.1") } })
      assert.strictEqual(source(plan(), [before], inTag(before)), 7)
      assert.strictEqual(source(plan(), [before]), undefined)
    })
  })

  it("is one on the same base module whatever that is called", () => {
    const onBase = { modules: [{ ...platform, name: "base", base: true }], buildrequires: { base: recorded("el9") } }
    const wanted = plan({ ...onBase, dependencies: { buildrequires: { base: ["el9"] }, requires: {} } })
    const settings = ResolutionSettings.make({ baseModuleNames: ["base"] })
    assert.strictEqual(source(wanted, [earlier(onBase)], { settings }), 7)
  })
})
