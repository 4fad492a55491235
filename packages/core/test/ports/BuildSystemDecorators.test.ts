/** What stands around a build system: spans, numbers and second tries, none of which changes what it answers. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Tracer from "effect/Tracer"
import { TaskId } from "../../src/farm/Task.ts"
import { BuildSystem, BuildSystemError, type Interface } from "../../src/ports/BuildSystem.ts"
import * as Metered from "../../src/ports/decorators/MeteredBuildSystem.ts"
import * as Retrying from "../../src/ports/decorators/RetryingBuildSystem.ts"
import * as Traced from "../../src/ports/decorators/TracedBuildSystem.ts"
import * as MemoryBuildSystem from "../../src/testing/MemoryBuildSystem.ts"

const farm = Effect.provide(BuildSystem, MemoryBuildSystem.layer())

const error = (reason: BuildSystemError["reason"]) =>
  new BuildSystemError({ reason, operation: "observe", message: "no" })

/** Fails so often before it answers. */
const failing = (system: Interface, times: number, reason: BuildSystemError["reason"]) => {
  let asked = 0
  const observe: Interface["observe"] = (tasks) =>
    Effect.suspend(() => ++asked <= times ? Effect.fail(error(reason)) : system.observe(tasks))
  return { system: { ...system, observe }, asked: () => asked }
}

const tasks = [TaskId.make("1")]

describe("a decorated build system", () => {
  it.effect("answers as the one inside, and shows what that one can do now", () =>
    Effect.gen(function*() {
      const inner = yield* farm
      let platforms: ReadonlyArray<string> = ["el9"]
      const live: Interface = {
        ...inner,
        get capabilities() {
          return { ...inner.capabilities, platforms }
        }
      }
      for (
        const outer of [Traced.traced(live), Metered.metered(live), Retrying.retrying(live, { times: 1, pause: 1 })]
      ) {
        assert.deepStrictEqual(yield* outer.observe(tasks), yield* inner.observe(tasks))
        platforms = ["f41"]
        assert.deepStrictEqual(outer.capabilities.platforms, ["f41"])
        platforms = ["el9"]
      }
    }))

  it.live("is asked again when it did not answer, and not when it refused", () =>
    Effect.gen(function*() {
      const inner = yield* farm
      const away = failing(inner, 2, "unreachable")
      yield* Retrying.retrying(away.system, { times: 2, pause: 1 }).observe(tasks)
      assert.strictEqual(away.asked(), 3)
      const gone = failing(inner, 3, "unreachable")
      const failure = yield* Effect.flip(Retrying.retrying(gone.system, { times: 2, pause: 1 }).observe(tasks))
      assert.deepStrictEqual([failure.reason, gone.asked()], ["unreachable", 3])
      const refusing = failing(inner, 1, "refused")
      yield* Effect.flip(Retrying.retrying(refusing.system, { times: 2, pause: 1 }).observe(tasks))
      assert.strictEqual(refusing.asked(), 1)
    }))

  it.effect("counts its calls by how they ended", () =>
    Effect.gen(function*() {
      const inner = yield* farm
      const outer = Metered.metered(failing(inner, 1, "conflict").system)
      const count = (outcome: string) =>
        Effect.map(
          Metric.value(
            Metric.withAttributes(Metered.calls, { farm: inner.capabilities.name, operation: "observe", outcome })
          ),
          (state) => Number(state.count)
        )
      const before = [yield* count("ok"), yield* count("conflict")]
      yield* Effect.flip(outer.observe(tasks))
      yield* outer.observe(tasks)
      assert.deepStrictEqual([yield* count("ok"), yield* count("conflict")], [before[0]! + 1, before[1]! + 1])
    }))

  it.effect("names a span after farm and operation", () =>
    Effect.gen(function*() {
      const inner = yield* farm
      const names: Array<string> = []
      const tracer = Tracer.make({
        span: (options) => {
          names.push(options.name)
          return new Tracer.NativeSpan(options)
        }
      })
      yield* Traced.traced(inner).observe(tasks).pipe(Effect.withTracer(tracer))
      assert.deepStrictEqual(names, [`${inner.capabilities.name}.observe`])
    }))
})
