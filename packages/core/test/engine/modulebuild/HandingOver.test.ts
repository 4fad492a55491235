/** Module builds that a farm owns, with the engine at work: whatever gets lost, a module is handed over once and its end is heard of. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ModuleBuildEngine } from "../../../src/engine/modulebuild/ModuleBuildEngine.ts"
import { TaskId } from "../../../src/farm/Task.ts"
import { explain } from "../../../src/modulebuild/Explanation.ts"
import * as WaitChain from "../../../src/modulebuild/WaitChain.ts"
import { ModuleBuilds } from "../../../src/ports/modulebuild/ModuleBuilds.ts"
import { MemoryModuleFarm } from "../../../src/testing/MemoryModuleFarm.ts"
import { component, modulePlan } from "../../modulebuild/plans.ts"
import { eventually, handing, until } from "./World.ts"

const owned = modulePlan([component("alpha"), component("beta")], { ownedBy: "mbs mbs.example.org" })

const submit = Effect.gen(function*() {
  const { state: { id } } = yield* (yield* ModuleBuildEngine).submit(owned, "alice")
  return id
})

/** Until the farm's build has been heard of as it is. */
const get = (id: number) => Effect.map(Effect.flatMap(ModuleBuilds, (store) => store.get(id)), ({ state }) => state)

describe("a module build that a farm owns", () => {
  it.live("is handed over as a whole, followed, and ready once the farm and the gate say so", () =>
    Effect.gen(function*() {
      const farm = yield* MemoryModuleFarm
      const id = yield* submit
      const building = yield* until(id, "build")
      const url = "https://modules.example.org/1"
      assert.strictEqual(building.reason, `mbs mbs.example.org has it: ${url}`)
      const said = `mbs mbs.example.org owns the build. ${building.reason}.`
      assert.deepStrictEqual(explain(building).waitsFor, [said])
      assert.deepStrictEqual(WaitChain.of(building).map(({ sentence }) => sentence), [said, "The gate is asked."])
      yield* farm.tell("1", {
        state: "building",
        parts: [
          { component: "alpha", state: "built", task: "7", nvr: "alpha-1-1" },
          { component: "beta", state: "building", task: "8" },
          { component: "module-build-macros", state: "built" }
        ]
      })
      const halfway = yield* eventually(get(id), ({ components }) => components.get("alpha")?.state === "available")
      // Nobody but the farm asks about its tasks.
      assert.deepInclude(halfway.components.get("beta"), {
        state: "waiting",
        task: TaskId.make("8"),
        reason: "The farm builds it"
      })
      yield* farm.tell("1", { state: "checking" })
      yield* eventually(get(id), ({ reason }) => reason.includes("its own checks have yet to pass"))
      yield* farm.tell("1", { state: "ready" })
      const ready = yield* until(id, "ready")
      assert.deepInclude(ready, { published: { url } })
      assert.strictEqual(ready.handover?.nsvc, "demo:1:20261121000000:00000000")
      assert.deepStrictEqual(farm.begun, ["demo:1:20261121000000:00000000"])
    }).pipe(Effect.provide(handing())))

  // The first calls are: what is there, handing over, asking how it is, asking what it came to.
  const calls = ["find", "handOver", "observe", "result"]
  for (const fault of ["unanswered", "forgotten"] as const) {
    for (const [place, call] of calls.entries()) {
      it.live(`is handed over once and ends though ${call} is ${fault}`, () =>
        Effect.gen(function*() {
          const farm = yield* MemoryModuleFarm
          if (place < 2) {
            // A call that is not heard at all passes what comes before it.
            if (place === 0) yield* farm.fail(fault)
            const id = yield* submit
            if (place === 1) yield* eventually(get(id), ({ handover }) => handover !== undefined)
            if (place === 1) yield* farm.fail(fault)
            yield* until(id, "build")
            yield* farm.tell("1", { state: "ready" })
            yield* until(id, "ready")
          } else {
            const id = yield* submit
            yield* until(id, "build")
            if (place === 2) yield* farm.fail(fault)
            yield* farm.tell("1", { state: "ready" })
            if (place === 3) yield* farm.fail(fault)
            yield* until(id, "ready")
          }
          assert.lengthOf(farm.begun, 1)
        }).pipe(Effect.provide(handing())))
    }
  }

  it.live("fails with the farm's reason, and is continued there when it is resumed", () =>
    Effect.gen(function*() {
      const farm = yield* MemoryModuleFarm
      const engine = yield* ModuleBuildEngine
      const id = yield* submit
      yield* until(id, "build")
      yield* farm.tell("1", {
        state: "failed",
        reason: "beta does not build",
        parts: [{ component: "beta", state: "failed", reason: "error: no such file" }]
      })
      const failed = yield* until(id, "failed")
      assert.strictEqual(failed.reason, "mbs mbs.example.org says of its build 1: beta does not build")
      assert.deepInclude(failed.components.get("beta"), { state: "failed", reason: "error: no such file" })
      const retried = yield* Effect.flip(engine.retry(id, "beta", "bob"))
      assert.include(retried.message, "builds the module as a whole")
      yield* engine.resume(id, "bob")
      const again = yield* until(id, "build")
      assert.strictEqual(again.components.get("beta")?.attempt, 2)
      yield* farm.tell("1", { state: "ready" })
      yield* until(id, "ready")
      assert.lengthOf(farm.begun, 2)
    }).pipe(Effect.provide(handing())))

  it.live("is ended at the farm when it is canceled, and continued from there", () =>
    Effect.gen(function*() {
      const farm = yield* MemoryModuleFarm
      const engine = yield* ModuleBuildEngine
      const id = yield* submit
      yield* until(id, "build")
      yield* engine.cancel(id, "bob")
      yield* until(id, "failed")
      const asked = farm.asked.length
      // What was ended is asked about no more.
      yield* Effect.sleep("300 millis")
      assert.isAtMost(farm.asked.length, asked + 1)
      yield* engine.resume(id, "bob")
      yield* until(id, "build")
      yield* farm.tell("1", { state: "ready" })
      yield* until(id, "ready")
      assert.lengthOf(farm.begun, 2)
    }).pipe(Effect.provide(handing())))

  it.live("fails when the farm has no record of it any more, and is begun anew when it is resumed", () =>
    Effect.gen(function*() {
      const farm = yield* MemoryModuleFarm
      const id = yield* submit
      yield* until(id, "build")
      yield* farm.forget("1")
      const failed = yield* until(id, "failed")
      assert.strictEqual(failed.reason, "mbs mbs.example.org has no build 1 any more")
      yield* (yield* ModuleBuildEngine).resume(id, "bob")
      yield* until(id, "build")
      assert.lengthOf(farm.begun, 2)
    }).pipe(Effect.provide(handing())))

  it.live("fails with the farm's words where the farm will never build it", () =>
    Effect.gen(function*() {
      const id = yield* submit
      const failed = yield* until(id, "failed")
      assert.include(failed.reason, "demo can never be built")
    }).pipe(Effect.provide(handing({ refuses: "demo" }))))

  it.live("is asked about at once when the farm says that something happened", () =>
    Effect.gen(function*() {
      const farm = yield* MemoryModuleFarm
      // By then it listens.
      yield* Effect.sleep("500 millis")
      const id = yield* submit
      yield* until(id, "build")
      yield* farm.tell("1", { state: "ready" })
      yield* farm.hint("1")
      yield* until(id, "ready")
      assert.isAtMost(farm.asked.length, 2)
    }).pipe(Effect.provide(handing({ interval: 60_000 }))))
})
