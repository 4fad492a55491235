import { assert, describe, it } from "@effect/vitest"
import * as BuildActions from "@orch/core/modulebuild/BuildActions"
import * as BuildComparison from "@orch/core/modulebuild/BuildComparison"
import type { ModuleBuildEvent } from "@orch/core/modulebuild/ModuleBuildEvent"
import * as Result from "effect/Result"
import { decide } from "../../src/modulebuild/Transition.ts"
import { anyPlan, anyScript } from "./plans.ts"
import { Simulation } from "./Simulation.ts"

const at = 9_000_000

const eventOf = (one: BuildActions.Possible): ModuleBuildEvent => {
  const by = "ann"
  switch (one.action) {
    case "cancel":
      return { _tag: "CancelRequested", at, by }
    case "resume":
      return { _tag: "ResumeRequested", at, by }
    case "prioritize":
      return { _tag: "PriorityRequested", at, by, priority: 0 }
    case "retire":
      return { _tag: "RetireRequested", at, by }
    case "retry":
      return { _tag: "RetryRequested", at, by, component: one.component! }
  }
}

describe("what can be asked of a module build", () => {
  it.prop(
    "is what the build would do, with the reason of what it would not",
    [anyPlan, anyScript],
    ([plan, script]) => {
      const simulation = new Simulation(plan)
      for (const number of [...script, 0]) {
        const { build } = simulation
        for (const one of BuildActions.possible(build, "ann", at)) {
          const decided = decide(build, eventOf(one))
          if (one.refusal !== undefined) {
            assert.isUndefined(one.consequence)
            assert.isTrue(Result.isFailure(decided) || !decided.success.changed)
            continue
          }
          assert.isTrue(Result.isSuccess(decided))
          if (Result.isFailure(decided)) continue
          const tasks = decided.success.commands.flatMap(({ command }) =>
            command._tag === "CancelTasks" ? command.tasks : []
          )
          assert.strictEqual(one.consequence!.ended, tasks.length)
          assert.match(one.consequence!.sentence, /\.$/)
        }
        assert.strictEqual(simulation.build, build)
        simulation.step(number, true)
      }
    }
  )

  it.prop("differs from itself in nothing", [anyPlan, anyScript], ([plan, script]) => {
    const simulation = new Simulation(plan)
    for (const number of script) simulation.step(number, true)
    assert.deepStrictEqual(BuildComparison.compare(simulation.build, simulation.build), {
      inputs: [],
      artifacts: [],
      components: []
    })
  })
})
