/** How a run of tests gets from one state to the next: one table, every event in it. Late and repeated reports change nothing. */
import * as Result from "effect/Result"
import * as Delays from "../farm/Delays.ts"
import type { IllegalTransition } from "../life/IllegalTransition.ts"
import * as LifeChange from "../life/LifeChange.ts"
import * as NameList from "../NameList.ts"
import * as TestRun from "./TestRun.ts"
import type { TestRunCommand, TestRunEvent } from "./TestRunEvent.ts"

/** What an event changed, what is to be done, and what is to be told. */
export type Change = LifeChange.Change<TestRun.TestRun, TestRunCommand>

/** What follows from an event. Total: every event has an answer in every state; none is refused today. */
export const decide = (run: TestRun.TestRun, event: TestRunEvent): Result.Result<Change, IllegalTransition> =>
  Result.map(decideOn(run, event), (change) => LifeChange.modified(change, event.at))

const decideOn = (run: TestRun.TestRun, event: TestRunEvent): Result.Result<Change, IllegalTransition> => {
  switch (event._tag) {
    case "Made":
      return Result.succeed(run.createdAt === 0 ? made(run, event.at) : LifeChange.none(run))
    case "TestsTaken":
      return Result.succeed(change(run, event.tests, event.at, (test) =>
        test.state !== "created" ? test : {
          ...test,
          state: "started",
          reason: `Being tested by ${event.by}`,
          tries: test.tries + 1,
          startedAt: event.at
        }))
    case "TestsLapsed":
      return Result.succeed(lapsed(run, event.tests, event.at))
    case "TestReported":
      return Result.succeed(reported(run, event))
    case "CommandDelayed": {
      const next = Delays.tell(run, event, run.state !== "running")
      return Result.succeed(
        next === undefined ? LifeChange.none(run) : { ...LifeChange.none(next.state), changed: true }
      )
    }
    case "CommandRejected":
      return Result.succeed(
        change(
          run,
          [...run.tests.keys()],
          event.at,
          (test) => test.state === "created" ? ended(test, "failed", event.reason, event.at) : test
        )
      )
    case "CancelRequested":
      return Result.succeed(
        change(
          run,
          [...run.tests.keys()],
          event.at,
          (test) => TestRun.isEnded(test) ? test : ended(test, "canceled", `Canceled by ${event.by}`, event.at)
        )
      )
  }
}

const ended = (
  test: TestRun.PackageTest,
  state: "completed" | "failed" | "canceled",
  reason: string,
  at: number
): TestRun.PackageTest => ({ ...test, state, reason, finishedAt: at })

const made = (run: TestRun.TestRun, at: number): Change => {
  const tests = [...run.tests.keys()]
  const born = {
    ...LifeChange.none({ ...run, createdAt: at, reason: "Tests are made" }),
    touched: new Set(tests),
    changed: true
  }
  return finish(
    tests.length === 0 ? born : { ...born, commands: [{ command: { _tag: "PushTests", tests }, delay: 0 }] },
    at
  )
}

const change = (
  run: TestRun.TestRun,
  names: ReadonlyArray<string>,
  at: number,
  next: (test: TestRun.PackageTest) => TestRun.PackageTest
): Change => {
  const tests = new Map(run.tests)
  const touched = new Set<string>()
  for (const name of names) {
    const before = tests.get(name)
    if (before === undefined) continue
    const after = next(before)
    if (after === before) continue
    tests.set(name, after)
    touched.add(name)
  }
  return touched.size === 0
    ? LifeChange.none(run)
    : finish({ ...LifeChange.none({ ...run, tests }), touched, changed: true }, at)
}

/** A test that nobody reports is offered again, as often as is tried. */
const lapsed = (run: TestRun.TestRun, names: ReadonlyArray<string>, at: number): Change => {
  const after = change(run, names, at, (test) => {
    if (test.state !== "started") return test
    return test.tries >= run.plan.tries
      ? ended(test, "failed", `Handed out ${test.tries} times and never reported`, at)
      : { ...test, state: "created", reason: "Nobody reported it" }
  })
  const again = [...after.touched].filter((name) => after.state.tests.get(name)!.state === "created")
  return again.length === 0
    ? after
    : { ...after, commands: [...after.commands, { command: { _tag: "PushTests", tests: again }, delay: 0 }] }
}

const reported = (run: TestRun.TestRun, event: Extract<TestRunEvent, { readonly _tag: "TestReported" }>): Change => {
  const after = change(run, [event.test], event.at, (test) => {
    if (TestRun.isEnded(test)) return test
    const reason = event.success ? "All stages succeeded" : `Failed: ${NameList.shorten(event.failed)}`
    return {
      ...ended(test, event.success ? "completed" : "failed", reason, event.at),
      response: event.response,
      ...(event.stats === undefined ? {} : { stats: event.stats })
    }
  })
  return after.changed
    ? { ...after, commands: [...after.commands, { command: { _tag: "ReadLogs", test: event.test }, delay: 0 }] }
    : after
}

const finish = (self: Change, at: number): Change => {
  const all = [...self.state.tests.values()]
  if (self.state.state !== "running" || !all.every(TestRun.isEnded)) return self
  const failed = all.filter(({ state }) => state === "failed").length
  const canceled = all.filter(({ state }) => state === "canceled").length
  const state: TestRun.TestRun = {
    ...self.state,
    state: failed > 0 ? "failed" : canceled > 0 ? "canceled" : "passed",
    reason: failed > 0
      ? `${failed} of ${all.length} packages failed their tests`
      : canceled > 0
      ? `${canceled} of ${all.length} tests were canceled`
      : `All ${all.length} packages passed their tests`,
    finishedAt: at
  }
  return {
    ...self,
    state,
    announcements: [{
      topic: "test-run.state",
      subject: `test-run/${state.id}`,
      body: { id: state.id, package_build: state.plan.build, state: state.state, state_reason: state.reason }
    }]
  }
}
