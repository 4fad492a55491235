/** What whoever asks may do to one thing, why not, and what would follow. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { NotFound, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"

/** One action. */
export const PossibleAction = Schema.Struct({
  /** Such as `cancel`; the path that does it is called the same. */
  action: Schema.String,
  /** Of what it is about one part of: a component. */
  part: Schema.NullOr(Schema.String),
  allowed: Schema.Boolean,
  /** Why not: whose it is, or in which state it is; null where it is allowed. */
  why_not: Schema.NullOr(Schema.String),
  /** Whether it is the right that is missing, and not the state. */
  forbidden: Schema.Boolean,
  /** What would follow, one sentence; null where that cannot be said. */
  consequence: Schema.NullOr(Schema.String),
  /** The same in numbers, such as `ended`, `kept` and `built` of a module build. */
  counts: Schema.Record(Schema.String, Schema.Number)
}).annotate({ identifier: "PossibleAction" })
/** One action. */
export interface PossibleAction extends Schema.Schema.Type<typeof PossibleAction> {}

const one = {
  params: { id: Schema.String },
  success: Schema.Array(PossibleAction),
  error: [NotFound, Unavailable] as const
}

/** `GET /orch/v1/module-builds/ID/actions`, and the same of package builds and releases. Asking changes nothing. */
export class ActionsApi extends HttpApiGroup.make("actions")
  .add(
    HttpApiEndpoint.get("moduleBuild", "/module-builds/:id/actions", one).annotate(Right, "read"),
    HttpApiEndpoint.get("packageBuild", "/package-builds/:id/actions", one).annotate(Right, "read"),
    HttpApiEndpoint.get("release", "/releases/:id/actions", one).annotate(Right, "read")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1")
  .annotateMerge(OpenApi.annotations({ title: "Actions" }))
{}
