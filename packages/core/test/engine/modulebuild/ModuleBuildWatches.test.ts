/** Asking the farm when hints are lost, repeated or wrong, and when the farm itself is away or has forgotten. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { ModuleBuildEngine } from "../../../src/engine/modulebuild/ModuleBuildEngine.ts"
import * as ModuleBuildWatches from "../../../src/engine/modulebuild/ModuleBuildWatches.ts"
import { TaskId } from "../../../src/farm/Task.ts"
import { BuildSystem } from "../../../src/ports/BuildSystem.ts"
import { ModuleBuilds } from "../../../src/ports/modulebuild/ModuleBuilds.ts"
import { MemoryFarm } from "../../../src/testing/MemoryBuildSystem.ts"
import { component, modulePlan } from "../../modulebuild/plans.ts"
import { eventually, running, still, until } from "./World.ts"

const demo = modulePlan([component("a"), component("b"), component("c", { batch: 2 })])

const submit = Effect.gen(function*() {
  const { state: build } = yield* (yield* ModuleBuildEngine).submit(demo, "alice")
  return build.id
})

const started = Effect.map(MemoryFarm, ({ log }) => log.started.map((one) => one.component))

describe("the reconciler", () => {
  it.live("finds out by itself when every hint is lost", () =>
    Effect.gen(function*() {
      yield* until(yield* submit, "ready")
      assert.deepStrictEqual((yield* started).sort(), ["a", "b", "c"])
    }).pipe(Effect.provide(running({ between: (farm) => ({ ...farm, hints: Stream.empty }) }))))

  it.live("is not misled by hints that repeat, come late and mean nothing", () =>
    Effect.gen(function*() {
      yield* until(yield* submit, "ready")
      assert.deepStrictEqual((yield* started).sort(), ["a", "b", "c"])
    }).pipe(Effect.provide(running({
      between: (farm) => ({
        ...farm,
        hints: farm.hints.pipe(
          Stream.flatMap((task) => Stream.make(TaskId.make("nobody's"), task, task, TaskId.make("1")))
        )
      })
    }))))

  it.live("heeds a hint that is faster than the answer to the submission", () =>
    Effect.gen(function*() {
      // By then it listens.
      yield* Effect.sleep("500 millis")
      yield* until(yield* submit, "ready")
    }).pipe(Effect.provide(running({
      interval: 600_000,
      between: (farm) => ({
        ...farm,
        submit: (root, requests) => farm.submit(root, requests).pipe(Effect.tap(Effect.sleep("200 millis")))
      })
    }))))

  it.live("goes on when hints break off with an error", () =>
    Effect.gen(function*() {
      yield* until(yield* submit, "ready")
    }).pipe(Effect.provide(running({ between: (farm) => ({ ...farm, hints: Stream.die("the bus is gone") }) }))))

  it.live("goes on asking a farm that does not answer for a while", () =>
    Effect.gen(function*() {
      const { interfere } = yield* MemoryFarm
      yield* interfere("observe", "unanswered", 5)
      yield* until(yield* submit, "ready")
    }).pipe(Effect.provide(running())))

  it.live("has a task that the farm has forgotten submitted again", () =>
    Effect.gen(function*() {
      const { forget, running, settle } = yield* MemoryFarm
      const id = yield* submit
      const [first] = yield* eventually(running, (tasks) => tasks.length === 2)
      yield* eventually(
        Effect.flatMap(ModuleBuilds, (store) => store.get(id)),
        ({ state: build }) => [...build.components.values()].filter(({ state }) => state === "building").length === 2
      )
      yield* forget(first!.task)
      yield* eventually(running, (tasks) => tasks.length === 2 && tasks.every(({ task }) => task !== first!.task))
      for (const _ of [1, 2]) {
        yield* eventually(running, (tasks) => tasks.length > 0)
        for (const { task } of yield* running) yield* settle(task)
      }
      yield* until(id, "ready")
      assert.deepStrictEqual((yield* started).toSorted(), [first!.request.component, "a", "b", "c"].toSorted())
    }).pipe(Effect.provide(running({ farm: { pace: "manual" } }))))

  it.live("starts the next batch when the repository is generated, not before", () =>
    Effect.gen(function*() {
      const { generate } = yield* MemoryFarm
      const store = yield* ModuleBuilds
      const id = yield* submit
      const { state: build } = yield* eventually(store.get(id), ({ state: build }) =>
        build.repository?.request !== undefined)
      yield* Effect.sleep("300 millis")
      assert.notInclude(yield* started, "c")
      yield* generate(build.repository!.request!)
      yield* until(id, "ready")
      assert.include(yield* started, "c")
    }).pipe(Effect.provide(running({ farm: { repositories: "manual" } }))))

  it.live("asks for another repository when one fails, and gives up after the third", () =>
    Effect.gen(function*() {
      const id = yield* submit
      const { reason } = yield* until(id, "failed")
      assert.include(reason, "createrepo broke")
      const { log } = yield* MemoryFarm
      assert.lengthOf(log.calls.filter((call) => call === "admit"), 3)
    }).pipe(Effect.provide(running({
      between: (farm) => ({
        ...farm,
        observeRepositories: (all) => Effect.succeed(all.map(() => ({ _tag: "Failed", reason: "createrepo broke" })))
      })
    }))))

  it.live("prepares step by step, each when what the one before awaits has come, and holds no worker meanwhile", () =>
    Effect.gen(function*() {
      const id = yield* submit
      const store = yield* ModuleBuilds
      const { generate, log } = yield* MemoryFarm
      for (const step of [1, 2]) {
        const { state: build } = yield* eventually(
          store.get(id),
          ({ state: build }) => build.repository?.request?.id === `module-build-${id}!${step}`
        )
        assert.strictEqual(build.state, "wait")
        assert.lengthOf(log.started, 0)
        yield* generate(build.repository!.request!)
      }
      yield* eventually(store.get(id), ({ state: build }) => build.state === "build")
      assert.isAtLeast(log.calls.filter((call) => call === "prepare").length, 3)
    }).pipe(Effect.provide(running({ farm: { repositories: "manual", preparation: 2 } }))))

  it.live("asks about the repositories of all builds at once", () => {
    const asked: Array<number> = []
    return Effect.gen(function*() {
      const engine = yield* ModuleBuildEngine
      yield* Effect.forEach(["x", "y", "z"], (name) => engine.submit({ ...demo, name }, "alice"))
      yield* eventually(Effect.sync(() => asked), (sizes) => sizes.includes(3))
    }).pipe(Effect.provide(running({
      farm: { repositories: "manual" },
      between: (farm) => ({
        ...farm,
        observeRepositories: (all) => {
          asked.push(all.length)
          return farm.observeRepositories(all)
        }
      })
    })))
  })

  it.live("asks no more at a time than the farm takes", () => {
    const asked: Array<number> = []
    return Effect.gen(function*() {
      const { running, settle } = yield* MemoryFarm
      const plan = modulePlan(Array.from({ length: 7 }, (_, index) => component(`c${index}`)))
      const { state: build } = yield* (yield* ModuleBuildEngine).submit(plan, "alice")
      yield* eventually(running, (tasks) => tasks.length === 7)
      yield* eventually(Effect.sync(() => asked.length), (calls) => calls > 8)
      for (const { task } of yield* running) yield* settle(task)
      yield* until(build.id, "ready")
      assert.isAtMost(Math.max(...asked), 2)
    }).pipe(Effect.provide(running({
      farm: { pace: "manual", capabilities: { bulk: 2 } },
      between: (farm) => ({
        ...farm,
        observe: (tasks) => {
          asked.push(tasks.length)
          return farm.observe(tasks)
        }
      })
    })))
  })

  it.live("shares the work with others on the same store", () => {
    const asked: Array<string> = []
    const one = () => Layer.fresh(ModuleBuildWatches.layer({ interval: 60_000 }))
    const engines = Layer.mergeAll(one(), one(), one())
    return Effect.gen(function*() {
      const store = yield* ModuleBuilds
      const id = yield* submit
      const interpreter = yield* BuildSystem
      const buildroot = yield* interpreter.prepare({ key: `module-build-${id}` } as never)
      yield* store.apply(id, [
        { event: { _tag: "BuildrootPrepared", at: 2, buildroot }, key: undefined },
        {
          event: {
            _tag: "ComponentsSubmitted",
            at: 3,
            submissions: ["a", "b"].map((name) => ({ component: name, attempt: 1, task: TaskId.make(`t-${name}`) }))
          },
          key: undefined
        }
      ])
      yield* Layer.build(engines)
      yield* eventually(Effect.sync(() => asked.length), (calls) => calls >= 2)
      yield* Effect.sleep("200 millis")
      assert.deepStrictEqual(asked.toSorted(), ["t-a", "t-b"])
    }).pipe(Effect.provide(still({
      between: (farm) => ({
        ...farm,
        hints: Stream.empty,
        observe: (tasks) => {
          asked.push(...tasks)
          return Effect.succeed(tasks.map((task) => ({ task, state: "open" as const, artifacts: [] })))
        }
      })
    })))
  })
})
