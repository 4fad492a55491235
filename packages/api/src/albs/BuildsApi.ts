/** Builds and the nodes that make them. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as AlbsError from "./AlbsError.ts"
import { AlbsRight } from "./AlbsRight.ts"
import * as BuildWire from "./BuildWire.ts"
import { Ok } from "./TestWire.ts"

const text = Schema.optionalKey(Schema.String)
const id = { build_id: Schema.String }
const changed = [...AlbsError.forCallers, AlbsError.AlbsNotFound, AlbsError.AlbsConflict] as const

/** What build nodes call. */
export class BuildNodeApi extends HttpApiGroup.make("albsBuildNode")
  .add(
    /** A node is alive and works on these tasks. */
    HttpApiEndpoint.post("ping", "/ping", {
      payload: BuildWire.Ping,
      success: Schema.Struct({}),
      error: AlbsError.forCallers
    }).annotate(AlbsRight, "node"),
    /** A task for the node; null when there is none. */
    HttpApiEndpoint.post("getTask", "/get_task", {
      payload: BuildWire.GetTask,
      success: Schema.NullOr(BuildWire.NodeTaskWire),
      error: AlbsError.forCallers
    }).annotate(AlbsRight, "node"),
    /** The same as nodes of 2021 ask: GET, with the body of the POST. */
    HttpApiEndpoint.get("getTaskOfOld", "/get_task", {
      success: Schema.NullOr(BuildWire.NodeTaskWire),
      error: AlbsError.forCallers
    }).annotate(AlbsRight, "node"),
    /** How a task ended. 409 with `ok: false` when it is no longer the node's, which changes nothing. */
    HttpApiEndpoint.post("buildDone", "/build_done", {
      payload: BuildWire.BuildDone,
      success: [Ok, Ok.pipe(HttpApiSchema.status(409))],
      error: [...AlbsError.forCallers, AlbsError.AlbsNotFound]
    }).annotate(AlbsRight, "node")
  )
  .prefix("/api/v1/build_node")
  .annotateMerge(OpenApi.annotations({ title: "Build system: nodes" }))
{}

/** Builds: asking for them, looking at them, changing them. */
export class BuildsApi extends HttpApiGroup.make("albsBuilds")
  .add(
    HttpApiEndpoint.post("create", "/", {
      payload: BuildWire.BuildCreate,
      success: BuildWire.BuildWire,
      error: [...AlbsError.forCallers, AlbsError.AlbsBadRequest, AlbsError.AlbsNotFound]
    }).annotate(AlbsRight, "packager"),
    /** `pageNumber` from 1, ten builds a page, newest first; 0 for a bare list of the newest. */
    HttpApiEndpoint.get("list", "/", {
      query: {
        pageNumber: text,
        created_by: text,
        project: text,
        ref: text,
        rpm_name: text,
        rpm_epoch: text,
        rpm_version: text,
        rpm_release: text,
        rpm_arch: text,
        platform_id: text,
        build_task_arch: text,
        released: text,
        signed: text,
        is_running: text
      },
      success: BuildWire.BuildPage,
      error: AlbsError.forEverybody
    }).annotate(AlbsRight, "read"),
    HttpApiEndpoint.get("get", "/:build_id/", {
      params: id,
      success: BuildWire.BuildWire,
      error: [...AlbsError.forEverybody, AlbsError.AlbsNotFound]
    }).annotate(AlbsRight, "read"),
    HttpApiEndpoint.patch("restartFailed", "/:build_id/restart-failed", {
      params: id,
      success: BuildWire.BuildWire,
      error: changed
    }).annotate(AlbsRight, "team"),
    /** None of the restarted packages waits for another one. */
    HttpApiEndpoint.patch("parallelRestartFailed", "/:build_id/parallel-restart-failed", {
      params: id,
      success: BuildWire.BuildWire,
      error: changed
    }).annotate(AlbsRight, "team"),
    /** Ends all its tasks, those that nodes have as well. */
    HttpApiEndpoint.patch("cancel", "/:build_id/cancel", { params: id, success: BuildWire.BuildWire, error: changed })
      .annotate(AlbsRight, "team"),
    HttpApiEndpoint.delete("remove", "/:build_id/remove", {
      params: id,
      success: HttpApiSchema.NoContent,
      error: changed
    }).annotate(AlbsRight, "team"),
    /** What a module would be built from, to be edited and sent to `create`. */
    HttpApiEndpoint.post("modulePreview", "/get_module_preview/", {
      payload: BuildWire.ModulePreviewRequest,
      success: BuildWire.ModulePreview,
      error: [...AlbsError.forCallers, AlbsError.AlbsBadRequest, AlbsError.AlbsNotFound]
    }).annotate(AlbsRight, "packager")
  )
  .prefix("/api/v1/builds")
  .annotateMerge(OpenApi.annotations({ title: "Build system: builds" }))
{}
