import { assert, describe, it } from "@effect/vitest"
import type { ModulePlan } from "../../src/modulebuild/ModulePlan.ts"
import * as ReusePlanning from "../../src/modulebuild/ReusePlanning.ts"
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

describe("the build that components are taken from", () => {
  it("is one built with the same streams", () => {
    assert.strictEqual(ReusePlanning.source(plan(), [earlier()], []), 7)
    const other = earlier({ buildrequires: { platform: recorded("el9"), perl: recorded("5.36") } })
    assert.strictEqual(ReusePlanning.source(plan(), [other], []), undefined)
  })

  it("may have been built with other default modules, which nobody asked for", () => {
    const withPerl = {
      buildrequires: { platform: recorded("el9"), perl: recorded("5.36") },
      defaultModules: ["perl"]
    }
    assert.strictEqual(ReusePlanning.source(plan(), [earlier(withPerl)], []), 7)
    assert.strictEqual(ReusePlanning.source(plan(withPerl), [earlier()], []), 7)
    assert.strictEqual(ReusePlanning.source(plan(withPerl), [earlier(withPerl)], []), 7)
  })
})
