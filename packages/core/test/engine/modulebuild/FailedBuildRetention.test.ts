/** What becomes of builds that failed and that nobody came back to. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as Retention from "../../../src/engine/modulebuild/FailedBuildRetention.ts"
import { ModuleBuildEngine } from "../../../src/engine/modulebuild/ModuleBuildEngine.ts"
import { ModuleBuildIndex } from "../../../src/ports/modulebuild/ModuleBuildIndex.ts"
import { ModuleBuilds } from "../../../src/ports/modulebuild/ModuleBuilds.ts"
import { component, modulePlan } from "../../modulebuild/plans.ts"
import { still } from "./World.ts"

const hour = 3_600_000

const world = (failedDays: number) => Retention.layer({ failedDays, interval: hour }).pipe(Layer.provideMerge(still()))

const submit = (version: bigint) =>
  Effect.gen(function*() {
    const { state: build } = yield* (yield* ModuleBuildEngine).submit(
      modulePlan([component("a")], { version }),
      "alice"
    )
    return build.id
  })

const look = (id: number) =>
  Effect.flatMap(ModuleBuilds, (store) => Effect.map(store.get(id), ({ state: build }) => build))

describe("retention", () => {
  it.effect("retires a build that has been failed for longer than it is kept, and says so", () =>
    Effect.gen(function*() {
      const engine = yield* ModuleBuildEngine
      const old = yield* submit(1n)
      const unended = yield* submit(2n)
      yield* engine.cancel(old, "alice")
      yield* TestClock.adjust("60 hours")
      const recent = yield* submit(3n)
      yield* engine.cancel(recent, "alice")
      assert.strictEqual((yield* look(old)).state, "failed")
      yield* TestClock.adjust("13 hours")
      const { reason, state } = yield* look(old)
      assert.deepStrictEqual([state, reason], [
        "garbage",
        "The module was garbage collected since it has failed over 3 day(s) ago"
      ])
      assert.strictEqual((yield* look(unended)).state, "wait")
      assert.strictEqual((yield* look(recent)).state, "failed")
    }).pipe(Effect.provide(world(3))))

  it.effect("retires however many there are", () =>
    Effect.gen(function*() {
      const engine = yield* ModuleBuildEngine
      for (let version = 1n; version <= 230n; version++) yield* engine.cancel(yield* submit(version), "alice")
      yield* TestClock.adjust("25 hours")
      const { total } = yield* (yield* ModuleBuildIndex).list({ states: ["garbage"], limit: 0, offset: 0 })
      assert.strictEqual(total, 230)
    }).pipe(Effect.provide(world(1))))

  it.effect("keeps failed builds for ever where it is told to", () =>
    Effect.gen(function*() {
      const id = yield* submit(1n)
      yield* (yield* ModuleBuildEngine).cancel(id, "alice")
      yield* TestClock.adjust("36500 days")
      assert.strictEqual((yield* look(id)).state, "failed")
    }).pipe(Effect.provide(world(0))))
})
