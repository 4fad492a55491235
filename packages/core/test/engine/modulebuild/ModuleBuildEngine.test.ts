import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { ModuleBuildEngine } from "../../../src/engine/modulebuild/ModuleBuildEngine.ts"
import { Outbox } from "../../../src/ports/Outbox.ts"
import * as MemoryBuildSystem from "../../../src/testing/MemoryBuildSystem.ts"
import { component, modulePlan } from "../../modulebuild/plans.ts"
import { running, until } from "./World.ts"

const demo = modulePlan([
  component("a", { batch: 1 }),
  component("b", { batch: 1 }),
  component("c", { batch: 2 })
])

describe("ModuleBuildEngine", () => {
  it.live("takes a module from submission to ready, in order, telling everybody", () =>
    Effect.gen(function*() {
      const { state: build } = yield* (yield* ModuleBuildEngine).submit(demo, "alice")
      const ready = yield* until(build.id, "ready")
      const { log } = yield* MemoryBuildSystem.MemoryFarm
      assert.deepStrictEqual(log.started.map((one) => one.component).slice(0, 2).sort(), ["a", "b"])
      assert.deepStrictEqual([...log.started[2]!.available].sort(), ["a", "b"])
      assert.strictEqual(ready.published?.url, "memory:/modules/demo-1-20261121000000-00000000/")
      const told = yield* (yield* Outbox).after(0, 1000)
      const states = told.filter(({ topic }) => topic === "module-build.state").map(({ body }) =>
        (body as { state: string }).state
      )
      assert.deepStrictEqual(states, ["init", "wait", "build", "done", "ready"])
    }).pipe(Effect.provide(running())))

  it.live("fails with the component's name, and ends ready once it is resumed", () => {
    let broken = true
    return Effect.gen(function*() {
      const engine = yield* ModuleBuildEngine
      const { state: build } = yield* engine.submit(demo, "alice")
      const failed = yield* until(build.id, "failed")
      assert.strictEqual(failed.reason, "Component(s) b failed to build.")
      broken = false
      yield* engine.resume(build.id, "alice")
      yield* until(build.id, "ready")
      const { log } = yield* MemoryBuildSystem.MemoryFarm
      assert.deepStrictEqual(log.started.filter((one) => one.component === "a").length, 1)
    }).pipe(Effect.provide(running({ farm: { failing: (request) => broken && request.component === "b" } })))
  })

  it.live("cancels what runs", () =>
    Effect.gen(function*() {
      const engine = yield* ModuleBuildEngine
      const farm = yield* MemoryBuildSystem.MemoryFarm
      const { state: build } = yield* engine.submit(demo, "alice")
      yield* farm.running.pipe(
        Effect.repeat({ until: (tasks) => tasks.length === 2, schedule: Schedule.spaced("10 millis") })
      )
      yield* until(build.id, "build")
      yield* Effect.sleep("50 millis")
      yield* engine.cancel(build.id, "bob")
      yield* farm.running.pipe(
        Effect.repeat({ until: (tasks) => tasks.length === 0, schedule: Schedule.spaced("10 millis") })
      )
      const { reason } = yield* until(build.id, "failed")
      assert.strictEqual(reason, "Canceled by bob.")
    }).pipe(Effect.provide(running({ farm: { pace: "manual" } })), Effect.timeout("10 seconds")))
})
