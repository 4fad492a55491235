/** Tests on AlmaLinux's build system's interface: taking them, reporting them, looking at them, running them again. */
import * as AlbsStatus from "@orch/api/albs/AlbsStatus"
import * as TestWire from "@orch/api/albs/TestWire"
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import { TestRuns } from "@orch/core/ports/testrun/TestRuns"
import * as TestResult from "@orch/core/testrun/TestResult"
import * as TestRun from "@orch/core/testrun/TestRun"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { isDeepStrictEqual } from "node:util"
import * as AlbsCall from "../../albs/AlbsCall.ts"
import { AlbsCallers } from "../../albs/AlbsCallers.ts"
import * as AlbsFailure from "../../albs/AlbsFailure.ts"
import * as AlbsPermission from "../../albs/AlbsPermission.ts"
import { PackageBuildReads } from "../../packagebuilds/PackageBuildReads.ts"
import { Platforms } from "../../platforms/Platforms.ts"
import * as BuildRights from "../../products/BuildRights.ts"
import type { Products } from "../../products/Products.ts"
import * as BuildTestingLayer from "../BuildTestingLayer.ts"
import * as TestOrder from "../TestOrder.ts"
import { type KnownTest, Tests } from "../Tests.ts"
import * as TestStats from "../TestStats.ts"

/** What the routes need. */
export type Services = AlbsCallers | PackageBuildReads | PackageBuilds | Platforms | Products | TestRuns | Tests

type Handler = (call: AlbsCall.AlbsCall) => AlbsCall.Answer<Services>

/** Tests that are given to one who asks. */
const mostGiven = 10
/** Looked at for that: others may take some of them at the same moment. */
const mostTried = 40

const ok = AlbsCall.answer(TestWire.Ok, { ok: true })

const wire = (known: KnownTest): typeof TestWire.TestTaskWire.Type => ({
  id: known.number,
  package_name: known.package,
  package_version: known.version,
  package_release: known.release,
  status: AlbsStatus.ofTest[known.test.state],
  revision: known.revision,
  alts_response: known.test.response ?? null,
  performance_stats: TestStats.shown(known)
})

const findBuild = Effect.fnUntraced(function*(id: number) {
  const missing = AlbsFailure.notFound(`Build with build_id=${id} is not found`)
  const { state } = yield* (yield* PackageBuilds).get(id).pipe(
    Effect.catchTag("ProcessNotFound", () => Effect.fail(missing))
  )
  return state.state === "removed" ? yield* missing : state
})

/** The build and number of the task in the path. */
const findTask = Effect.fnUntraced(function*(call: AlbsCall.AlbsCall) {
  const task = yield* AlbsCall.id(call, "build_task_id")
  const build = yield* (yield* PackageBuildReads).ofTask(task)
  const missing = AlbsFailure.notFound(`Build task with build_task_id=${task} is not found`)
  if (build === undefined) return yield* missing
  const state = yield* findBuild(build)
  return task < state.plan.firstTask + state.plan.tasks.length ? { task, build: state } : yield* missing
})

/** Tests of a build are its owner's to run again, and those who test may, too. */
const requireOwner = Effect.fnUntraced(function*(call: AlbsCall.AlbsCall, build: PackageBuild) {
  const caller = yield* (yield* AlbsCallers).require(call.request, "packager")
  const team = yield* BuildRights.teamOf(build)
  if (!caller.roles.has("tester") && !AlbsPermission.may(caller, "change_build", { owner: build.plan.owner, team })) {
    return yield* AlbsFailure.forbidden("User has no permissions to change the tests of the build")
  }
  return caller
})

/** Takes single tests, so that of several who ask at the same moment each gets others. */
const take = Effect.fnUntraced(function*(by: string) {
  const runs = yield* TestRuns
  const taken: Array<{ readonly run: TestRun.TestRun; readonly name: string }> = []
  for (const { name, run } of yield* (yield* Tests).open(mostTried)) {
    if (taken.length === mostGiven) break
    const at = yield* Clock.currentTimeMillis
    const applied = yield* runs.apply(run, [{ key: undefined, event: { _tag: "TestsTaken", at, tests: [name], by } }])
      .pipe(Effect.catchTag(["IllegalTransition", "ProcessNotFound"], () => Effect.undefined))
    if (applied?.changed === true) taken.push({ run: applied.state, name })
  }
  return taken
})

const assignments: Handler = Effect.fnUntraced(function*(call) {
  const { name: by } = yield* (yield* AlbsCallers).require(call.request, "tester")
  const taken = yield* take(by)
  const platforms = yield* Platforms
  const builds = yield* PackageBuilds
  const orders: Array<typeof TestWire.TestAssignment.Type> = []
  for (const [id, ofBuild] of Map.groupBy(taken, ({ run }) => run.plan.build)) {
    const found = yield* Effect.result(builds.get(id))
    if (found._tag === "Failure") continue
    const build = found.success.state
    const named = yield* platforms.named(build.plan.platforms.map(({ name }) => name))
    for (const { name, run } of ofBuild) {
      const index = run.plan.subjects.findIndex((subject) => subject.name === name)
      const number = run.plan.firstTest + index
      const order = TestOrder.make(build, run.plan.subjects[index]!, number, named, call.origin)
      if (order !== undefined) orders.push({ id: number, ...order })
    }
  }
  return AlbsCall.answer(Schema.Array(TestWire.TestAssignment), orders)
})

const result: Handler = Effect.fnUntraced(function*(call) {
  yield* (yield* AlbsCallers).require(call.request, "tester")
  const number = yield* AlbsCall.id(call, "test_task_id")
  const report = yield* AlbsCall.body(call, TestWire.TestReport, "payload", "result")
  const found = yield* (yield* Tests).ofNumber(number)
  if (found === undefined) return yield* AlbsFailure.notFound(`Test task with test_task_id=${number} is not found`)
  const { failed, success } = TestResult.read(report.result)
  const response = JSON.parse(JSON.stringify(report)) as Schema.Json
  const at = yield* Clock.currentTimeMillis
  const { changed, state } = yield* (yield* TestRuns).apply(found.run, [{
    key: undefined,
    event: {
      _tag: "TestReported",
      at,
      test: found.name,
      success,
      failed,
      response,
      ...(report.stats === undefined || report.stats === null ? {} : { stats: report.stats })
    }
  }]).pipe(
    Effect.catchTag("ProcessNotFound", () => Effect.fail(AlbsFailure.notFound("The test is no longer there"))),
    Effect.catchTag("IllegalTransition", ({ message }) => Effect.fail(AlbsFailure.conflict(message)))
  )
  const test = state.tests.get(found.name)
  // A report that was sent twice because its answer got lost was heard.
  if (changed || isDeepStrictEqual(test?.response, response)) return ok
  return yield* AlbsFailure.conflict(`Test task with test_task_id=${number} has ended: ${test?.reason ?? ""}`)
})

/** A new revision of what has ended. */
const restart = Effect.fnUntraced(function*(build: PackageBuild, isWanted: (task: number) => boolean) {
  if (build.state !== "finished") return yield* AlbsFailure.conflict(`Build with build_id=${build.id} has not finished`)
  const run = yield* BuildTestingLayer.makeRun(
    build,
    ({ task }, newest) => isWanted(task) && (newest === undefined || TestRun.isEnded(newest.test))
  )
  if (run === undefined) return yield* AlbsFailure.conflict("There are no tests that have ended and could run again")
  return ok
})

const shown = (tests: ReadonlyArray<KnownTest>) => AlbsCall.answer(Schema.Array(TestWire.TestTaskWire), tests.map(wire))

/** What is answered, by group and endpoint of `AlbsApi`. */
export const routes: Readonly<Record<string, Handler>> = {
  "albsTests.assignments": assignments,
  "albsTests.result": result,
  "albsTests.restartBuild": Effect.fnUntraced(function*(call) {
    yield* (yield* AlbsCallers).require(call.request, "packager")
    const build = yield* findBuild(yield* AlbsCall.id(call, "build_id"))
    yield* requireOwner(call, build)
    return yield* restart(build, () => true)
  }),
  "albsTests.restartBuildTask": Effect.fnUntraced(function*(call) {
    yield* (yield* AlbsCallers).require(call.request, "packager")
    const { build, task } = yield* findTask(call)
    yield* requireOwner(call, build)
    return yield* restart(build, (one) => one === task)
  }),
  "albsTests.cancelBuild": Effect.fnUntraced(function*(call) {
    yield* (yield* AlbsCallers).require(call.request, "packager")
    const build = yield* findBuild(yield* AlbsCall.id(call, "build_id"))
    const { name: by } = yield* requireOwner(call, build)
    const at = yield* Clock.currentTimeMillis
    // First the build, so that it makes no more of them.
    yield* (yield* PackageBuilds).apply(build.id, [{ key: undefined, event: { _tag: "TestsCancelRequested", at, by } }])
      .pipe(Effect.catchTag(["IllegalTransition", "ProcessNotFound"], () => Effect.void))
    const runs = yield* TestRuns
    for (const run of yield* (yield* Tests).running(build.id)) {
      yield* runs.apply(run, [{ key: undefined, event: { _tag: "CancelRequested", at, by } }]).pipe(
        Effect.catchTag(["IllegalTransition", "ProcessNotFound"], () => Effect.void)
      )
    }
    return ok
  }),
  "albsTests.latest": Effect.fnUntraced(function*(call) {
    const { task } = yield* findTask(call)
    return shown(yield* (yield* Tests).ofTask(task))
  }),
  "albsTests.revision": Effect.fnUntraced(function*(call) {
    const { task } = yield* findTask(call)
    return shown(yield* (yield* Tests).ofTask(task, yield* AlbsCall.id(call, "revision")))
  }),
  "albsTests.logs": Effect.fnUntraced(function*(call) {
    const { task } = yield* findTask(call)
    const logs = yield* (yield* Tests).logsOfTask(task)
    return AlbsCall.answer(
      Schema.Array(TestWire.TestLogWire),
      logs.map(({ content, format, name, results, success, test }) => ({
        id: test,
        log: content,
        log_name: name,
        success,
        logs_format: format,
        tap_results: results.map(({ diagnostic, name: test_name, status }) => ({
          test_name,
          status: AlbsStatus.ofTap[status],
          diagnostic
        }))
      }))
    )
  })
}
