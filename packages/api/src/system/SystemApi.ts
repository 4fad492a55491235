/** Whether the process lives, and whether it can take requests. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Unavailable } from "../ErrorBody.ts"
import { Right } from "../Right.ts"

const Status = Schema.Struct({ status: Schema.Literal("ok") })
/** `degraded`: the server takes everything, and some of it waits; `GET /orch/v1/health` says for which system. */
const Readiness = Schema.Struct({ status: Schema.Literals(["ok", "degraded"]) })

/**
 * `/health/live` answers as long as the process lives, `/health/ready` only while the database answers and the server
 * is not stopping; 503 otherwise. A system outside that is away does not make a server unready.
 */
export class SystemApi extends HttpApiGroup.make("system")
  .add(
    HttpApiEndpoint.get("live", "/health/live", { success: Status }).annotate(Right, "public"),
    HttpApiEndpoint.get("ready", "/health/ready", { success: Readiness, error: Unavailable }).annotate(Right, "public")
  )
  .annotateMerge(OpenApi.annotations({ title: "Health" }))
{}
