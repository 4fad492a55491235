/** What processes of every life say while a command of theirs waits for a system that is away. */
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Delays from "../../src/farm/Delays.ts"
import type * as Life from "../../src/life/Life.ts"
import { packageBuildLife } from "../../src/packagebuild/PackageBuildLife.ts"
import { releaseLife } from "../../src/release/ReleaseLife.ts"
import { testRunLife } from "../../src/testrun/TestRunLife.ts"
import { packagePlan } from "../packagebuild/plans.ts"

const waiting = { on: "the storage pulp", since: 1_700_000_000_000, reason: "connection refused" }
const said = "waiting for the storage pulp since 2023-11-14T22:13:20Z: connection refused"

interface Shown {
  readonly state: string
  readonly reason: string
  readonly delays?: Delays.Delays
}

/** A life, its first event, and one that ends it. */
const lives: ReadonlyArray<readonly [Life.Any, plan: unknown, first: object, last: object]> = [
  [
    packageBuildLife,
    packagePlan(),
    { _tag: "Submitted", at: 1, by: "alice" },
    { _tag: "RemoveRequested", at: 9, by: "alice" }
  ],
  [
    releaseLife,
    { platform: "el9", builds: [1], by: "alice" },
    { _tag: "Submitted", at: 1 },
    { _tag: "CommandRejected", at: 9, command: "MakePlan", reason: "no" }
  ],
  [
    testRunLife,
    {
      build: 1,
      firstTest: 1,
      tries: 1,
      subjects: [{ name: "a", task: 1, revision: 1, package: "a", version: "1", release: "1", arch: "x86_64" }]
    },
    { _tag: "Made", at: 1 },
    { _tag: "CancelRequested", at: 9, by: "alice" }
  ]
]

describe.each(lives.map(([life, plan, first, last]) => ({ name: life.name, life, plan, first, last })))(
  "a $name",
  ({ first, last, life, plan }) => {
    const after = (...events: ReadonlyArray<object>): Shown =>
      events.reduce(
        (state, event) => Result.getOrThrow(life.decide(state, event) as any as Result.Result<any>).state,
        life.unborn(1, plan)
      )
    const delayed = (at: number, reason = waiting.reason) => Delays.event("Anything", { ...waiting, reason }, at)

    it("says what it waits for, and says what it said before when it goes on", () => {
      assert.strictEqual(after(first, delayed(2)).reason, said)
      assert.deepStrictEqual(life.delays?.of(after(first, delayed(2)), "Anything")?.on, waiting.on)
      assert.deepStrictEqual(
        after(first, delayed(2), delayed(3, "something else"), Delays.event("Anything", undefined, 4)).reason,
        after(first).reason
      )
      assert.isUndefined(after(first, delayed(2), Delays.event("Anything", undefined, 4)).delays)
    })

    it("is changed once by what it is told again and again", () => {
      const told = after(first, delayed(2))
      const again = Result.getOrThrow(life.decide(told, delayed(3)) as any as Result.Result<any>)
      assert.isFalse(again.changed)
    })

    it("says how it ended, whatever is waited for afterwards", () => {
      assert.strictEqual(after(first, last, delayed(10)).reason, after(first, last).reason)
      assert.deepStrictEqual(Delays.sentences(after(first, last, delayed(10))), [`It is ${said}.`])
    })

    it("keeps it when it is stored", () => {
      const state = after(first, delayed(2))
      const { codecs, take } = life
      assert.deepInclude(take(state).progress, { delays: state.delays })
      assert.isDefined(codecs.event)
    })
  }
)
