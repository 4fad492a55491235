/** Does what runs of tests ask for: tells a test system, and reads the logs of what was reported. */
import * as CommandInterpreter from "@orch/core/engine/CommandInterpreter"
import * as CommandWorkers from "@orch/core/engine/CommandWorkers"
import * as Upkeep from "@orch/core/engine/Upkeep"
import type { Outcome } from "@orch/core/life/Life"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import { TestRuns } from "@orch/core/ports/testrun/TestRuns"
import * as TestResult from "@orch/core/testrun/TestResult"
import type { TestRun } from "@orch/core/testrun/TestRun"
import type { TestRunCommand, TestRunEvent } from "@orch/core/testrun/TestRunEvent"
import { testRunLife } from "@orch/core/testrun/TestRunLife"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import { AlbsSettings } from "../albs/AlbsSettings.ts"
import { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import { PublicUrl } from "../http/PublicAddress.ts"
import { Platforms } from "../platforms/Platforms.ts"
import * as TestLogs from "./TestLogs.ts"
import * as TestOrder from "./TestOrder.ts"
import { Tests } from "./Tests.ts"
import { TestSystem, type TestSystemAway } from "./TestSystem.ts"

type Event = Outcome<TestRunEvent>
type Of<Tag extends TestRunCommand["_tag"]> = Extract<TestRunCommand, { readonly _tag: Tag }>

const perform = Effect.gen(function*() {
  const builds = yield* PackageBuilds
  const platforms = yield* Platforms
  const { schedule } = yield* TestSystem
  const runs = yield* TestRuns
  const tests = yield* Tests
  const origin = (yield* PublicUrl) ?? ""
  const store = yield* ArtifactStore

  const push = Effect.fnUntraced(function*(run: TestRun, { tests: wanted }: Of<"PushTests">) {
    const none: ReadonlyArray<Event> = []
    if (schedule === undefined) return none
    const build = yield* builds.get(run.plan.build).pipe(
      Effect.map(({ state }) => state),
      Effect.catchTag("ProcessNotFound", () => Effect.undefined)
    )
    if (build === undefined || build.state === "removed") {
      return [{ _tag: "CancelRequested" as const, by: "the build's removal" }]
    }
    const named = yield* platforms.named(build.plan.platforms.map(({ name }) => name))
    const names = new Set(wanted)
    const open = run.plan.subjects.flatMap((subject, index) =>
      names.has(subject.name) && run.tests.get(subject.name)?.state === "created"
        ? [{ subject, number: run.plan.firstTest + index }]
        : []
    )
    let refused: TestSystemAway | undefined
    // What the test system has taken is written down at once: were the next one refused, these would be told of again.
    for (const { number, subject } of open) {
      const order = TestOrder.make(build, subject, number, named, origin)
      if (order === undefined) continue
      const told = yield* Effect.result(schedule(order))
      if (told._tag === "Failure") {
        if (told.failure.away !== undefined) return yield* told.failure
        // One test that is refused keeps no other from being told of.
        refused ??= told.failure
        continue
      }
      const at = yield* Clock.currentTimeMillis
      yield* runs.apply(run.id, [{
        key: undefined,
        event: { _tag: "TestsTaken", at, tests: [subject.name], by: "the test system" }
      }]).pipe(Effect.catchTag(["IllegalTransition", "ProcessNotFound"], () => Effect.void))
    }
    return refused === undefined ? none : yield* refused
  })

  const readLogs = Effect.fnUntraced(function*(run: TestRun, { test: name }: Of<"ReadLogs">) {
    const { response } = run.tests.get(name) ?? {}
    const index = run.plan.subjects.findIndex((subject) => subject.name === name)
    const none: ReadonlyArray<Event> = []
    if (response === undefined || index < 0) return none
    const { result = {} } = response as { readonly result?: Schema.Json }
    const { logs } = TestResult.read(result)
    const kept = yield* TestLogs.readAll(logs).pipe(Effect.provideService(ArtifactStore, store))
    yield* tests.keepLogs(run.plan.firstTest + index, kept)
    return none
  })

  return (
    run: TestRun,
    command: TestRunCommand
  ): Effect.Effect<ReadonlyArray<Event>, TestSystemAway | StoreUnavailable> => {
    switch (command._tag) {
      case "PushTests":
        return push(run, command)
      case "ReadLogs":
        return readLogs(run, command)
    }
  }
})

/** Offers tests again that nobody has reported for too long. */
const lapse = (hours: number) =>
  Effect.gen(function*() {
    const runs = yield* TestRuns
    const at = yield* Clock.currentTimeMillis
    const lapsed = yield* (yield* Tests).lapsed(at - hours * 3_600_000)
    for (const [id, found] of Map.groupBy(lapsed, ({ run }) => run)) {
      yield* runs.apply(id, [{
        key: undefined,
        event: { _tag: "TestsLapsed", at, tests: found.map(({ name }) => name) }
      }]).pipe(Effect.catchTag(["IllegalTransition", "ProcessNotFound"], () => Effect.void))
    }
  })

/** Works on runs of tests for as long as the server lives. */
export const workers = (options: CommandWorkers.Options) =>
  Layer.effectDiscard(
    Effect.gen(function*() {
      const run = CommandInterpreter.interpreter(yield* TestRuns, yield* perform)
      yield* CommandWorkers.work(testRunLife, run, options)
      const { testHours } = yield* AlbsSettings
      yield* Upkeep.repeating(
        { failed: "Tests without a result could not be offered again", interval: 300_000 },
        lapse(testHours)
      )
    })
  )
