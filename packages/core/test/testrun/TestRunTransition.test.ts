import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as TestRun from "../../src/testrun/TestRun.ts"
import type { TestRunEvent } from "../../src/testrun/TestRunEvent.ts"
import { decide } from "../../src/testrun/TestRunTransition.ts"

const plan: TestRun.TestPlan = {
  build: 5,
  firstTest: 10,
  tries: 2,
  subjects: ["a", "b"].map((name) => ({
    name,
    task: 3,
    revision: 1,
    package: name,
    version: "1",
    release: "1",
    arch: "x86_64"
  }))
}
const run = (events: ReadonlyArray<TestRunEvent>): TestRun.TestRun =>
  events.reduce((state, event) => Result.getOrThrow(decide(state, event)).state, TestRun.unborn(1, plan))
const made: TestRunEvent = { _tag: "Made", at: 1 }
const report = (test: string, success: boolean): TestRunEvent => ({
  _tag: "TestReported",
  at: 5,
  test,
  success,
  failed: success ? [] : ["install"],
  response: {}
})

describe("a run of tests", () => {
  const cases: ReadonlyArray<[string, ReadonlyArray<TestRunEvent>, TestRun.TestRunState]> = [
    ["passes when all passed", [made, report("a", true), report("b", true)], "passed"],
    ["fails when one failed, however late the others are", [made, report("a", false), report("b", true)], "failed"],
    ["runs while one is outstanding", [made, report("a", false)], "running"],
    ["is canceled", [made, { _tag: "CancelRequested", at: 2, by: "bob" }], "canceled"],
    ["does not hear of reports after its end", [
      made,
      { _tag: "CancelRequested", at: 2, by: "bob" },
      report("a", false)
    ], "canceled"],
    ["fails when nobody takes its tests", [made, {
      _tag: "CommandRejected",
      at: 2,
      command: "PushTests",
      reason: "refused"
    }], "failed"]
  ]
  for (const [what, events, state] of cases) it(what, () => assert.strictEqual(run(events).state, state))

  it("offers a test that nobody reports again, and gives it up in the end", () => {
    const taken: TestRunEvent = { _tag: "TestsTaken", at: 2, tests: ["a"], by: "alts" }
    const lapsed: TestRunEvent = { _tag: "TestsLapsed", at: 3, tests: ["a", "b"] }
    const once = run([made, taken])
    const again = Result.getOrThrow(decide(once, lapsed))
    assert.deepStrictEqual(again.commands.map(({ command }) => command), [{ _tag: "PushTests", tests: ["a"] }])
    assert.strictEqual(run([made, taken, lapsed, taken, lapsed]).tests.get("a")!.state, "failed")
  })

  it("finds tests by their number", () => {
    assert.strictEqual(TestRun.ofNumber(plan, 11)?.name, "b")
    assert.isUndefined(TestRun.ofNumber(plan, 12))
  })

  const choice = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 99 })))
  it.prop(
    "each test ends once, and reports its logs once",
    [Arbitrary.array(choice, { maxLength: 60 })],
    ([script]) => {
      let state = Result.getOrThrow(decide(TestRun.unborn(1, plan), made)).state
      const logs: Array<string> = []
      for (const number of script) {
        const test = number % 2 === 0 ? "a" : "b"
        const events: ReadonlyArray<TestRunEvent> = [
          { _tag: "TestsTaken", at: 2, tests: [test], by: "alts" },
          report(test, number % 3 === 0),
          { _tag: "TestsLapsed", at: 3, tests: [test] }
        ]
        const decided = Result.getOrThrow(decide(state, events[number % 5 % 3]!))
        if (!decided.changed) assert.strictEqual(decided.state, state)
        for (const { command } of decided.commands) if (command._tag === "ReadLogs") logs.push(command.test)
        state = decided.state
      }
      assert.lengthOf(new Set(logs), logs.length)
      assert.strictEqual(state.state !== "running", [...state.tests.values()].every(TestRun.isEnded))
    }
  )
})
