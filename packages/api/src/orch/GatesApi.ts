/** Gates of the `/orch/v1` face: what is decided about a subject and why, and waivers that end by themselves. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, Forbidden, NotFound, Unauthorized, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"

const textOrNull = Schema.NullOr(Schema.String)
const name = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(1024))

/** What one decision is made of, as Greenwave's decisions have it. */
export const GateRequirement = Schema.Record(Schema.String, Schema.Json).annotate({ identifier: "GateRequirement" })
/** What one decision is made of. */
export interface GateRequirement extends Schema.Schema.Type<typeof GateRequirement> {}

/** What is decided at one point for one product version, as things are now. */
export const GateAnswer = Schema.Struct({
  product_version: Schema.String,
  decision_context: Schema.String,
  satisfied: Schema.Boolean,
  summary: Schema.String,
  policies: Schema.Array(textOrNull),
  /** What stands in the way. */
  unsatisfied: Schema.Array(GateRequirement),
  satisfied_requirements: Schema.Array(GateRequirement)
}).annotate({ identifier: "GateAnswer" })
/** What is decided at one point for one product version. */
export interface GateAnswer extends Schema.Schema.Type<typeof GateAnswer> {}

/** A waiver that is bound to one result, or expires, or both. Times are RFC 3339 in UTC. */
export const BoundWaiver = Schema.Struct({
  id: Schema.Number,
  subject_type: Schema.String,
  subject: Schema.String,
  test: Schema.String,
  /** Null: all scenarios. */
  scenario: textOrNull,
  /** Null: every product version. */
  product_version: textOrNull,
  /** The number of the one result that it is about; later results are not waived. */
  result: Schema.NullOr(Schema.Number),
  expires: textOrNull,
  comment: Schema.String,
  by: Schema.String,
  made: Schema.String,
  revoked: textOrNull,
  revoked_by: textOrNull,
  /** Whether it counts now. */
  counts: Schema.Boolean
}).annotate({ identifier: "BoundWaiver" })
/** A waiver. */
export interface BoundWaiver extends Schema.Schema.Type<typeof BoundWaiver> {}

/** A waiver as it is asked for: it needs a `result`, or a time at which it `expires`. */
export const BoundWaiverPost = Schema.Struct({
  subject_type: name,
  subject: name,
  test: name,
  scenario: Schema.optionalKey(name),
  product_version: Schema.optionalKey(name),
  result: Schema.optionalKey(Schema.Int),
  expires: Schema.optionalKey(Schema.String),
  comment: name
}).annotate({ identifier: "BoundWaiverPost" })
/** A waiver as it is asked for. */
export interface BoundWaiverPost extends Schema.Schema.Type<typeof BoundWaiverPost> {}

const optional = Schema.optionalKey(name)

/** Gates below `/orch/v1/gates`. */
export class GatesApi extends HttpApiGroup.make("gates")
  .add(
    /** Every point and product version that policies name for the subject, or those that are asked for. */
    HttpApiEndpoint.get("decide", "/decisions", {
      query: { subject_type: name, subject: name, decision_context: optional, product_version: optional },
      success: Schema.Array(GateAnswer),
      error: [BadRequest, Unavailable]
    }).annotate(Right, "read"),
    /** The newest first, also those that count no more. */
    HttpApiEndpoint.get("waivers", "/waivers", {
      query: { subject: optional, test: optional, limit: Schema.optionalKey(Schema.String) },
      success: Schema.Array(BoundWaiver),
      error: [BadRequest, Unavailable]
    }).annotate(Right, "read"),
    HttpApiEndpoint.post("waive", "/waivers", {
      payload: BoundWaiverPost,
      success: BoundWaiver,
      error: [BadRequest, Unauthorized, Forbidden, Unavailable]
    }).annotate(Right, "known"),
    /** Takes a waiver back. */
    HttpApiEndpoint.post("revoke", "/waivers/:number/revoke", {
      params: { number: Schema.String },
      success: BoundWaiver,
      error: [Unauthorized, Forbidden, NotFound, Unavailable]
    }).annotate(Right, "known")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1/gates")
  .annotateMerge(OpenApi.annotations({ title: "Gates" }))
{}
