import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as CommandInterpreter from "../../src/engine/CommandInterpreter.ts"
import * as CommandWorkers from "../../src/engine/CommandWorkers.ts"
import { ModuleBuildEngine } from "../../src/engine/ModuleBuildEngine.ts"
import { Publisher } from "../../src/engine/Publisher.ts"
import * as Reconciler from "../../src/engine/Reconciler.ts"
import { Outbox } from "../../src/ports/Outbox.ts"
import { ProcessStore } from "../../src/ports/ProcessStore.ts"
import * as MemoryBuildSystem from "../../src/testing/MemoryBuildSystem.ts"
import * as MemoryCommandQueue from "../../src/testing/MemoryCommandQueue.ts"
import * as MemoryOutbox from "../../src/testing/MemoryOutbox.ts"
import * as MemoryProcessStore from "../../src/testing/MemoryProcessStore.ts"
import * as MemoryRepositoryHost from "../../src/testing/MemoryRepositoryHost.ts"
import * as MemorySourceControl from "../../src/testing/MemorySourceControl.ts"
import { component, modulePlan } from "../modulebuild/plans.ts"

const world = (options: MemoryBuildSystem.Options = {}) =>
  Layer.mergeAll(
    ModuleBuildEngine.layer,
    CommandWorkers.layer({ concurrency: 4 }),
    Reconciler.layer({ interval: 200 })
  ).pipe(
    Layer.provideMerge(CommandInterpreter.CommandInterpreter.layer),
    Layer.provideMerge(Publisher.layer),
    Layer.provideMerge(MemoryProcessStore.layer),
    Layer.provideMerge(Layer.mergeAll(
      MemoryCommandQueue.layer,
      MemoryOutbox.layer,
      MemoryBuildSystem.layer(options),
      MemorySourceControl.layer({}),
      MemoryRepositoryHost.layer
    ))
  )

const until = Effect.fnUntraced(function*(id: number, state: string) {
  const store = yield* ProcessStore
  return yield* store.get(id).pipe(
    Effect.map(({ build }) => build),
    Effect.repeat({ until: (build) => build.state === state, schedule: Schedule.spaced("10 millis") }),
    Effect.timeout("10 seconds")
  )
})

const demo = modulePlan([
  component("a", { batch: 1 }),
  component("b", { batch: 1 }),
  component("c", { batch: 2 })
])

describe("ModuleBuildEngine", () => {
  it.live("takes a module from submission to ready, in order, telling everybody", () =>
    Effect.gen(function*() {
      const { build } = yield* (yield* ModuleBuildEngine).submit(demo, "alice")
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
    }).pipe(Effect.provide(world())))

  it.live("fails with the component's name, and ends ready once it is resumed", () => {
    let broken = true
    return Effect.gen(function*() {
      const engine = yield* ModuleBuildEngine
      const { build } = yield* engine.submit(demo, "alice")
      const failed = yield* until(build.id, "failed")
      assert.strictEqual(failed.reason, "Component(s) b failed to build.")
      broken = false
      yield* engine.resume(build.id, "alice")
      yield* until(build.id, "ready")
      const { log } = yield* MemoryBuildSystem.MemoryFarm
      assert.deepStrictEqual(log.started.filter((one) => one.component === "a").length, 1)
    }).pipe(Effect.provide(world({ failing: (request) => broken && request.component === "b" })))
  })

  it.live("cancels what runs", () =>
    Effect.gen(function*() {
      const engine = yield* ModuleBuildEngine
      const farm = yield* MemoryBuildSystem.MemoryFarm
      const { build } = yield* engine.submit(demo, "alice")
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
    }).pipe(Effect.provide(world({ pace: "manual" })), Effect.timeout("10 seconds")))
})
