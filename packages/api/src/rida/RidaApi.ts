/**
 * The first orchestrator API: submit a module by the URL of its modulemd, query it, list all.
 *
 * Paths, bodies and codes are those of the document the service was asked for in; `limit`, `offset`, `state` and the
 * `Link` header of the list are additions that older clients do not notice.
 */
import { ModuleBuildState } from "@orch/core/modulebuild/ModuleBuild"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, Forbidden, NotFound, Unavailable, Unprocessable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"

/** `retired` builds have no state of their own here; the six others are the document's. */
export const RidaModuleBuild = Schema.Struct({
  id: Schema.Number,
  state: ModuleBuildState,
  /** `rpms/NVR`, or the component's name until its NVR is known, to `TASKID/state`; without a task yet: `0/free`. */
  tasks: Schema.Record(Schema.String, Schema.String)
}).annotate({ identifier: "RidaModuleBuild" })

/** An element of the list: no tasks. */
export const RidaSummary = Schema.Struct({ id: Schema.Number, state: ModuleBuildState })

/** `POST /rida/module-builds/` submits, `GET` lists, `GET /rida/module-builds/ID` shows one. */
export class RidaApi extends HttpApiGroup.make("rida")
  .add(
    HttpApiEndpoint.post("submit", "/", {
      payload: Schema.Struct({ scmurl: Schema.String }),
      success: Schema.Struct({ id: Schema.Number }).pipe(HttpApiSchema.status(201)),
      error: [BadRequest, Forbidden, Unprocessable, Unavailable]
    }).annotate(Right, "submit"),
    HttpApiEndpoint.get("get", "/:id", {
      params: { id: Schema.String },
      success: RidaModuleBuild,
      error: [NotFound, Unavailable]
    }).annotate(Right, "read"),
    HttpApiEndpoint.get("list", "/", {
      query: {
        limit: Schema.optionalKey(Schema.String),
        offset: Schema.optionalKey(Schema.String),
        state: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Schema.String)]))
      },
      success: Schema.Array(RidaSummary),
      error: [BadRequest, Unavailable]
    }).annotate(Right, "read")
  )
  .middleware(InvalidRequests)
  .prefix("/rida/module-builds")
  .annotateMerge(OpenApi.annotations({
    title: "Module builds, first form",
    description: "Submission and state of module builds as first described for the orchestrator."
  }))
{}
