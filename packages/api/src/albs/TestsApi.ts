/** Tests of built packages, and the test systems that run them. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as AlbsError from "./AlbsError.ts"
import { AlbsRight } from "./AlbsRight.ts"
import * as TestWire from "./TestWire.ts"

const changed = [...AlbsError.forCallers, AlbsError.AlbsNotFound] as const
const task = { build_task_id: Schema.String }
const build = { build_id: Schema.String }

/** Tests: taking them, reporting them, looking at them, running them again. */
export class TestsApi extends HttpApiGroup.make("albsTests")
  .add(
    /** Up to ten tests for a test system that asks; they are its from then on. */
    HttpApiEndpoint.get("assignments", "/get_test_tasks/", {
      success: Schema.Array(TestWire.TestAssignment),
      error: AlbsError.forCallers
    }).annotate(AlbsRight, "tester"),
    HttpApiEndpoint.post("result", "/:test_task_id/result/", {
      params: { test_task_id: Schema.String },
      payload: TestWire.TestReport,
      success: TestWire.Ok,
      error: changed
    }).annotate(AlbsRight, "tester"),
    HttpApiEndpoint.put("restartBuild", "/build/:build_id/restart", {
      params: build,
      success: TestWire.Ok,
      error: changed
    }).annotate(AlbsRight, "team"),
    HttpApiEndpoint.put("cancelBuild", "/build/:build_id/cancel", {
      params: build,
      success: TestWire.Ok,
      error: changed
    }).annotate(AlbsRight, "team"),
    HttpApiEndpoint.put("restartBuildTask", "/build_task/:build_task_id/restart", {
      params: task,
      success: TestWire.Ok,
      error: changed
    }).annotate(AlbsRight, "team"),
    HttpApiEndpoint.get("latest", "/:build_task_id/latest", {
      params: task,
      success: Schema.Array(TestWire.TestTaskWire),
      error: [...AlbsError.forEverybody, AlbsError.AlbsNotFound]
    }).annotate(AlbsRight, "read"),
    HttpApiEndpoint.get("logs", "/:build_task_id/logs", {
      params: task,
      success: Schema.Array(TestWire.TestLogWire),
      error: [...AlbsError.forEverybody, AlbsError.AlbsNotFound]
    }).annotate(AlbsRight, "read"),
    HttpApiEndpoint.get("revision", "/:build_task_id/:revision", {
      params: { ...task, revision: Schema.String },
      success: Schema.Array(TestWire.TestTaskWire),
      error: [...AlbsError.forEverybody, AlbsError.AlbsNotFound]
    }).annotate(AlbsRight, "read")
  )
  .prefix("/api/v1/tests")
  .annotateMerge(OpenApi.annotations({ title: "Build system: tests" }))
{}
