/** Traces in this server's own form: what components were built from, by which equal inputs take an earlier result, and how they are revoked. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, Conflict, Forbidden, NotFound, Unauthorized, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"
import { listed } from "./Listed.ts"

/** One result with what it was built from. */
export const BuildTrace = Schema.Struct({
  /** Hash of everything that it was built from: 64 hexadecimal digits, which are the trace's name. */
  input: Schema.String,
  /** Id of the module build that has the result. */
  build: Schema.Number,
  component: Schema.String,
  /** Hash of what came out. */
  output: Schema.String
}).annotate({ identifier: "BuildTrace" })
/** One result with what it was built from. */
export interface BuildTrace extends Schema.Schema.Type<typeof BuildTrace> {}

/** What became of a request to revoke a trace. */
export const TraceRevoked = Schema.Struct({
  /** Components whose results are taken no more: the one that was meant, and those that were built after it. Empty where that was done before. */
  components: Schema.Array(Schema.String),
  /** Module streams whose ready builds hold one of these results, as `name:stream`; a thousand at most. */
  modules: Schema.Array(Schema.String),
  /** Module streams that were built with one of those, at any distance, and whose results are taken no more either; a thousand at most. */
  derived: Schema.Array(Schema.String),
  /** The campaign that builds these and all that was built with them again; null where no ready build holds one. */
  campaign: Schema.NullOr(Schema.Number)
}).annotate({ identifier: "TraceRevoked" })
/** What became of a request to revoke a trace. */
export interface TraceRevoked extends Schema.Schema.Type<typeof TraceRevoked> {}

/** Traces below `/orch/v1/traces`. Everybody may read them; administrators revoke. */
export class TracesApi extends HttpApiGroup.make("traces")
  .add(
    /** The traces of one module build, by component. */
    HttpApiEndpoint.get("list", "/traces/", {
      query: {
        build: Schema.String,
        limit: Schema.optionalKey(Schema.String),
        offset: Schema.optionalKey(Schema.String)
      },
      success: listed(BuildTrace),
      error: [BadRequest, NotFound, Unavailable]
    }).annotate(Right, "read"),
    /**
     * Takes a result no more, nor those that were built after it in its module, nor what other modules made with either, and plans all of that again.
     * The campaign waits for an approval where it is larger than the installation's limit.
     */
    HttpApiEndpoint.post("revoke", "/traces/:input/revoke", {
      params: {
        input: Schema.String.check(
          Schema.isPattern(/^[0-9a-f]{64}$/, { message: "64 hexadecimal digits are expected" })
        )
      },
      payload: Schema.Struct({ why: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(1000))) }),
      success: TraceRevoked.pipe(HttpApiSchema.status(201)),
      error: [BadRequest, Unauthorized, Forbidden, NotFound, Conflict, Unavailable]
    }).annotate(Right, "administer")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1")
  .annotateMerge(OpenApi.annotations({ title: "Traces" }))
{}
