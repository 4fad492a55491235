import { assert, describe, it } from "@effect/vitest"
import * as BuildForecast from "@orch/core/modulebuild/BuildForecast"
import * as Result from "effect/Result"
import * as ModuleBuild from "../../src/modulebuild/ModuleBuild.ts"
import { decide } from "../../src/modulebuild/Transition.ts"
import { anyPlan, anyScript } from "./plans.ts"
import { Simulation } from "./Simulation.ts"

const ten = () => ({ seconds: 10, low: 8, high: 13, runs: 4 })
const now = 5_000_000

describe("a module build's forecast", () => {
  it.prop(
    "goes back in its progress only where it says what is built again and why",
    [anyPlan, anyScript],
    ([plan, script]) => {
      const simulation = new Simulation(plan)
      for (const number of script) simulation.step(number, true)
      let build = ModuleBuild.unborn(1, plan)
      let before = BuildForecast.progress(BuildForecast.components(build))
      for (const event of simulation.history) {
        const decided = decide(build, event)
        if (Result.isFailure(decided)) continue
        build = decided.success.build
        const after = BuildForecast.progress(BuildForecast.components(build))
        assert.isTrue(after.done >= before.done || after.back !== undefined, event._tag)
        assert.strictEqual(after.total, plan.components.length)
        before = after
      }
    }
  )

  it.prop("is made of every build that goes on, and of none that has ended", [anyPlan, anyScript], ([plan, script]) => {
    const simulation = new Simulation(plan)
    for (const number of script) {
      simulation.step(number, true)
      const { build } = simulation
      const parts = BuildForecast.components(build)
      const forecast = BuildForecast.forecast(build.state, parts, ten, 2, now)
      const isOver = build.state !== "init" && build.state !== "wait" && build.state !== "build"
      const isLost = parts.some((one) => one.build.state === "failed" || one.build.state === "canceled")
      assert.strictEqual(forecast === undefined, isOver)
      if (isOver) continue
      assert.strictEqual(forecast?._tag === "Unknown", isLost)
      if (forecast?._tag === "Known") assert.isTrue(forecast.at >= now)
    }
  })
})
