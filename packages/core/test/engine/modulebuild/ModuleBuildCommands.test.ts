/** Commands on a farm, host and gate that fail for a while, fail for good, or lose their answers. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { ModuleBuildCommands } from "../../../src/engine/modulebuild/ModuleBuildCommands.ts"
import { ModuleBuildEngine } from "../../../src/engine/modulebuild/ModuleBuildEngine.ts"
import { explain } from "../../../src/modulebuild/Explanation.ts"
import type { ModuleBuildCommand } from "../../../src/modulebuild/ModuleBuildCommand.ts"
import { CommandQueues, maxAttempts, Postponed } from "../../../src/ports/CommandQueue.ts"
import { Gate, GateError, type Verdict } from "../../../src/ports/Gate.ts"
import { ModuleBuilds } from "../../../src/ports/modulebuild/ModuleBuilds.ts"
import { RepositoryHost, RepositoryHostError } from "../../../src/ports/RepositoryHost.ts"
import { MemoryFarm, type Operation } from "../../../src/testing/MemoryBuildSystem.ts"
import * as MemoryRepositoryHost from "../../../src/testing/MemoryRepositoryHost.ts"
import { component, modulePlan } from "../../modulebuild/plans.ts"
import { eventually, running, still, until } from "./World.ts"

const demo = modulePlan([component("a"), component("b"), component("c", { batch: 2 })])

const submit = Effect.gen(function*() {
  const { state: build } = yield* (yield* ModuleBuildEngine).submit(demo, "alice")
  return build.id
})

const startedOnce = Effect.gen(function*() {
  const { log } = yield* MemoryFarm
  assert.deepStrictEqual(log.started.map((one) => one.component).sort(), ["a", "b", "c"])
})

/** Commands of a build that runs through, each of which asks the farm something. */
const operations: ReadonlyArray<Operation> = ["prepare", "submit", "admit", "observeRepositories", "finish"]

describe("commands", () => {
  it.live.each(operations)(
    "are tried again when %s is not answered, and nothing is built twice",
    (operation) =>
      Effect.gen(function*() {
        const { interfere } = yield* MemoryFarm
        yield* interfere(operation, "unanswered", 3)
        yield* until(yield* submit, "ready")
        yield* startedOnce
      }).pipe(Effect.provide(running()))
  )

  it.live.each(operations)(
    "are tried again when the answer to %s is lost, and nothing is built twice",
    (operation) =>
      Effect.gen(function*() {
        const { interfere } = yield* MemoryFarm
        yield* interfere(operation, "forgotten", 2)
        yield* until(yield* submit, "ready")
        yield* startedOnce
      }).pipe(Effect.provide(running()))
  )

  it.live.each(["prepare", "submit", "admit"] as const)(
    "end the build when %s is refused, saying why",
    (operation) =>
      Effect.gen(function*() {
        const { interfere } = yield* MemoryFarm
        yield* interfere(operation, "refused")
        const { reason } = yield* until(yield* submit, "failed")
        assert.include(reason, "told to refuse")
      }).pipe(Effect.provide(running()))
  )

  it.live("leave a build that is ready alone when its buildroot cannot be released", () =>
    Effect.gen(function*() {
      const { interfere, log } = yield* MemoryFarm
      yield* interfere("finish", "refused")
      const id = yield* submit
      yield* until(id, "ready")
      yield* eventually(Effect.sync(() => log.calls), (calls) => calls.includes("finish"))
      yield* Effect.sleep("50 millis")
      assert.strictEqual((yield* (yield* ModuleBuilds).get(id)).state.state, "ready")
    }).pipe(Effect.provide(running())))

  it.live("release a buildroot whose preparation ends after the build was canceled", () => {
    const canceled = Deferred.makeUnsafe<void>()
    return Effect.gen(function*() {
      const { log } = yield* MemoryFarm
      const id = yield* submit
      yield* eventually(Effect.sync(() => log.calls), (calls) => calls.includes("prepare"))
      yield* (yield* ModuleBuildEngine).cancel(id, "bob")
      yield* eventually(Effect.sync(() => log.calls), (calls) => calls.includes("finish"))
      yield* Deferred.succeed(canceled, undefined)
      yield* eventually(
        Effect.sync(() => log.calls),
        (calls) => calls.filter((call) => call === "finish").length === 2
      )
      assert.strictEqual((yield* (yield* ModuleBuilds).get(id)).state.state, "failed")
    }).pipe(Effect.provide(running({
      between: (farm) => ({
        ...farm,
        prepare: (plan) => Effect.tap(farm.prepare(plan), () => Deferred.await(canceled))
      })
    })))
  })

  it.live("fail the component that the farm rejects, and keep what the others have built", () =>
    Effect.gen(function*() {
      const build = yield* until(yield* submit, "failed")
      assert.include(build.reason, "b failed")
      assert.strictEqual(build.components.get("a")?.state, "built")
      assert.deepStrictEqual(
        [build.components.get("b")?.state, build.components.get("b")?.reason],
        ["failed", "b is not wanted here"]
      )
    }).pipe(Effect.provide(running({ farm: { rejecting: ({ component }) => component === "b" } }))))

  it.live("name every component whose source cannot be retrieved", () =>
    Effect.gen(function*() {
      const unresolved = ["a", "b"].map((name) => {
        const { commit: _commit, ...rest } = component(name)
        return rest
      })
      const { state: build } = yield* (yield* ModuleBuildEngine).submit(modulePlan(unresolved), "alice")
      const { reason } = yield* until(build.id, "failed")
      assert.match(reason, /a: .*b: /s)
    }).pipe(Effect.provide(running())))

  it.live("wait for a gate that does not answer or does not let pass yet", () => {
    const verdicts: Array<Verdict | GateError> = [
      new GateError({ reason: "unreachable", message: "away" }),
      { _tag: "Unsatisfied", reason: "tests are missing", retryAfterSeconds: 0 },
      { _tag: "Unsatisfied", reason: "tests are missing", retryAfterSeconds: 0 },
      { _tag: "Satisfied", reason: "all tests passed" }
    ]
    const gate = Layer.succeed(Gate, {
      decide: () => {
        const verdict = verdicts.length > 1 ? verdicts.shift()! : verdicts[0]!
        return verdict._tag === "GateError" ? Effect.fail(verdict) : Effect.succeed(verdict)
      }
    })
    return Effect.gen(function*() {
      const id = yield* submit
      const { reason } = yield* until(id, "ready")
      assert.strictEqual(reason, "all tests passed")
      assert.lengthOf(verdicts, 1)
    }).pipe(Effect.provide(running().pipe(Layer.provide(gate))))
  })

  it.live.each([["unreachable", "ready"], ["rejected", "failed"]] as const)(
    "with a repository host that is %s at first end %s",
    ([reason, state]) => {
      let failures = 2
      const host = Layer.effect(
        RepositoryHost,
        Effect.map(RepositoryHost, (self) =>
          RepositoryHost.of({
            ...self,
            change: (name, change) =>
              failures-- > 0
                ? Effect.fail(new RepositoryHostError({ reason, operation: "change", message: "no room" }))
                : self.change(name, change)
          }))
      ).pipe(Layer.provide(MemoryRepositoryHost.layer))
      return Effect.gen(function*() {
        const build = yield* until(yield* submit, state)
        if (state === "failed") assert.include(build.reason, "no room")
        else assert.isDefined(build.published)
      }).pipe(Effect.provide(running({ host })))
    }
  )

  it.live("wait for a farm that is away from the start, say so, and go on by themselves", () =>
    Effect.gen(function*() {
      const { leave, log } = yield* MemoryFarm
      yield* leave("connection refused")
      const id = yield* submit
      const get = Effect.map(Effect.flatMap(ModuleBuilds, (store) => store.get(id)), ({ state }) => state)
      const waits = yield* eventually(get, ({ delays }) => delays !== undefined)
      assert.strictEqual(waits.state, "wait")
      assert.match(waits.reason, /^waiting for farm memory since .*Z: connection refused$/)
      assert.strictEqual(explain(waits).waitsFor[0], `It is ${waits.reason}.`)
      // It has been tried again, and had nothing to add.
      yield* Effect.sleep("2500 millis")
      assert.deepStrictEqual(yield* get, waits)
      assert.deepStrictEqual(log.calls, [])
      yield* leave()
      assert.isUndefined((yield* until(id, "ready")).delays)
      yield* startedOnce
      assert.deepStrictEqual(yield* (yield* CommandQueues).deadLetters({ limit: 10 }), [])
    }).pipe(Effect.provide(running())))

  it.live("wait for a farm that leaves while it builds, say so, and go on by themselves", () =>
    Effect.gen(function*() {
      const farm = yield* MemoryFarm
      const id = yield* submit
      const get = Effect.map(Effect.flatMap(ModuleBuilds, (store) => store.get(id)), ({ state }) => state)
      const before = yield* eventually(
        get,
        ({ components }) => components.get("a")?.state === "building" && components.get("b")?.state === "building"
      )
      yield* farm.leave("connection refused")
      const waits = yield* eventually(get, ({ delays }) => delays !== undefined)
      assert.strictEqual(waits.state, "build")
      assert.match(waits.reason, /^waiting for farm memory since .*Z: connection refused$/)
      yield* farm.leave()
      const after = yield* eventually(get, ({ delays }) => delays === undefined)
      assert.deepStrictEqual([after.state, after.reason], ["build", before.reason])
      yield* eventually(
        Effect.gen(function*() {
          for (const { task } of yield* farm.running) yield* farm.settle(task)
          return yield* get
        }),
        ({ state }) => state === "ready"
      )
      yield* startedOnce
    }).pipe(Effect.provide(running({ farm: { pace: "manual" } }))))

  it.live("become dead letters when nobody knows why they fail, and go on once released", () =>
    Effect.gen(function*() {
      const { interfere } = yield* MemoryFarm
      const queue = yield* CommandQueues
      yield* interfere("prepare", "unanswered", maxAttempts)
      const id = yield* submit
      const [letter] = yield* eventually(queue.deadLetters({ limit: 10 }), (letters) => letters.length > 0)
      assert.deepStrictEqual(letter?.command, "PrepareBuildroot")
      assert.strictEqual(letter?.process, id)
      assert.include(letter?.reason, "told not to answer")
      const { state: build } = yield* (yield* ModuleBuilds).get(id)
      assert.strictEqual(build.state, "wait")
      assert.match(build.reason, /^waiting for an answer since .*Z: .*told not to answer/)
      assert.isTrue(yield* queue.release(letter!.id))
      yield* until(id, "ready")
      yield* startedOnce
    }).pipe(Effect.provide(running())))
})

describe("a command that comes late or twice", () => {
  const run = Effect.fnUntraced(function*(id: number, command: ModuleBuildCommand, delivery = "x") {
    const interpreter = yield* ModuleBuildCommands
    yield* interpreter.run({ process: id, revision: 1, command }, { id: delivery, attempt: 1 })
    return (yield* (yield* ModuleBuilds).get(id)).state
  })

  it.effect("asks the farm nothing once it is not wanted any more", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("1 second")
      const id = yield* submit
      const { log } = yield* MemoryFarm
      yield* run(id, { _tag: "PrepareBuildroot" })
      const before = [...log.calls]
      const stale: ReadonlyArray<ModuleBuildCommand> = [
        { _tag: "ResolveSources" },
        { _tag: "PrepareBuildroot" },
        { _tag: "SubmitComponents", components: [{ name: "a", attempt: 7 }, { name: "c", attempt: 1 }] },
        { _tag: "RequestRepository", components: ["a"] },
        { _tag: "Publish" },
        { _tag: "AskGate" },
        { _tag: "Finish", succeeded: false }
      ]
      for (const [index, command] of stale.entries()) yield* run(id, command, `${index}`)
      assert.deepStrictEqual(log.calls, before)
    }).pipe(Effect.provide(still())))

  it.effect("releases what a preparation cut short may have left, when the build failed meanwhile", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("1 second")
      const id = yield* submit
      const { log } = yield* MemoryFarm
      yield* (yield* ModuleBuildEngine).cancel(id, "bob")
      yield* run(id, { _tag: "PrepareBuildroot" })
      assert.deepStrictEqual(log.calls, ["finish"])
    }).pipe(Effect.provide(still())))

  it.effect("submits once, also when it runs again under another delivery", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("1 second")
      const id = yield* submit
      const { log } = yield* MemoryFarm
      yield* run(id, { _tag: "PrepareBuildroot" }, "1")
      const submission: ModuleBuildCommand = {
        _tag: "SubmitComponents",
        components: [{ name: "a", attempt: 1 }, { name: "b", attempt: 1 }]
      }
      yield* run(id, submission, "2")
      const build = yield* run(id, submission, "3")
      assert.deepStrictEqual(log.started.map(({ component }) => component), ["a", "b"])
      assert.strictEqual(build.components.get("a")?.state, "building")
    }).pipe(Effect.provide(still())))

  it.effect("is postponed for longer the longer a system is away, and never for more than 5 seconds", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("1 second")
      const id = yield* submit
      const farm = yield* MemoryFarm
      yield* farm.leave("connection refused")
      const interpreter = yield* ModuleBuildCommands
      const again = interpreter.run(
        { process: id, revision: 1, command: { _tag: "PrepareBuildroot" } },
        { id: "x", attempt: maxAttempts }
      )
      const pauses: Array<number | undefined> = []
      for (const seconds of [0, 8, 1000]) {
        yield* TestClock.adjust(seconds * 1000)
        const answer = yield* again
        pauses.push(answer instanceof Postponed ? answer.seconds : undefined)
      }
      assert.deepStrictEqual(pauses, [1, 2, 5])
      const told = yield* (yield* ModuleBuilds).history(id, 0, 100)
      assert.deepStrictEqual(told.map(({ event }) => event._tag), ["Submitted", "CommandDelayed"])
      yield* farm.leave()
      assert.isUndefined(yield* again)
      assert.strictEqual((yield* (yield* ModuleBuilds).get(id)).state.state, "build")
    }).pipe(Effect.provide(still())))

  it.effect("says nothing about a build that has gone", () =>
    Effect.gen(function*() {
      const interpreter = yield* ModuleBuildCommands
      yield* interpreter.run({ process: 999, revision: 1, command: { _tag: "Publish" } }, { id: "x", attempt: 1 })
    }).pipe(Effect.provide(still())))

  it.effect("ends a build at its deadline, and not before", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("1 second")
      const id = yield* submit
      yield* TestClock.adjust("3599 seconds")
      assert.strictEqual((yield* run(id, { _tag: "StartDeadline" })).state, "wait")
      yield* TestClock.adjust("1 second")
      const { reason, state } = yield* run(id, { _tag: "StartDeadline" })
      assert.deepStrictEqual([state, reason], ["failed", "Not finished within 3600 seconds"])
    }).pipe(Effect.provide(still())))

  it.effect("does not end a build at the deadline of the time before it was resumed", () =>
    Effect.gen(function*() {
      const engine = yield* ModuleBuildEngine
      yield* TestClock.adjust("1 second")
      const id = yield* submit
      yield* engine.cancel(id, "bob")
      yield* TestClock.adjust("3000 seconds")
      yield* engine.resume(id, "bob")
      yield* TestClock.adjust("600 seconds")
      assert.strictEqual((yield* run(id, { _tag: "StartDeadline" }, "old")).state, "wait")
      yield* TestClock.adjust("3000 seconds")
      assert.strictEqual((yield* run(id, { _tag: "StartDeadline" }, "new")).state, "failed")
    }).pipe(Effect.provide(still())))
})
