/** What operators look at: announcements of everything that happened, and commands that need a hand. */
import * as Sse from "effect/encoding/Sse"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, NotFound, Unauthorized, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"

/** A command that has spent its retries, and why its last attempt failed. `at` is RFC 3339 in UTC. */
export const DeadLetter = Schema.Struct({
  id: Schema.String,
  /** The kind of process it belongs to, such as `module-build`, and the process's number. */
  life: Schema.String,
  process: Schema.NullOr(Schema.Number),
  /** The number of the module build, where it is one. */
  module_build: Schema.NullOr(Schema.Number),
  /** The command's name; `unreadable` where another version of the server stored it. */
  command: Schema.String,
  attempts: Schema.Number,
  reason: Schema.String,
  at: Schema.String
}).annotate({ identifier: "DeadLetter" })
/** A command that was given up, as answers show it. */
export interface DeadLetter extends Schema.Schema.Type<typeof DeadLetter> {}

/** Who asks, and how the server knows; `none`: it asks nobody, and everybody is anonymous. */
export const Caller = Schema.Struct({
  name: Schema.String,
  groups: Schema.Array(Schema.String),
  authentication: Schema.Literals(["none", "token", "oidc", "jwks", "kerberos"])
}).annotate({ identifier: "Caller" })
/** Who is asking, as answers show it. */
export interface Caller extends Schema.Schema.Type<typeof Caller> {}

/** How one system is that the server depends on. Nulls where it can be used, or where nobody knows. */
export const SystemCondition = Schema.Struct({
  /** Such as `hub fedora`. */
  system: Schema.String,
  available: Schema.Boolean,
  /** RFC 3339 in UTC. */
  away_since: Schema.NullOr(Schema.String),
  reason: Schema.NullOr(Schema.String),
  /** What to do about it. */
  advice: Schema.NullOr(Schema.String),
  /** What is wrong with the settings of a system that can be used. */
  remarks: Schema.Array(Schema.String)
}).annotate({ identifier: "SystemCondition" })
/** Whether a system outside answers, since when, and why not. */
export interface SystemCondition extends Schema.Schema.Type<typeof SystemCondition> {}

/**
 * The stream of all announcements, and commands that wait for a person, below `/orch/v1`. Releasing a command tries it
 * again.
 */
export class OperationsApi extends HttpApiGroup.make("operations")
  .add(
    /** Server-sent events; the id is the announcement's number, the event its topic. */
    HttpApiEndpoint.get("events", "/events", {
      query: {
        /** Only of this subject and what lies below it, such as `module-build/42` or `release`; of several any, at most 50. */
        about: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Schema.String)])),
        /** Like `Last-Event-ID`, for browsers, whose event streams cannot say it when they begin anew. */
        after: Schema.optionalKey(Schema.String)
      },
      headers: { "last-event-id": Schema.optionalKey(Schema.String) },
      success: HttpApiSchema.StreamSse({ events: Sse.EventEncoded }),
      error: [BadRequest, Unavailable]
    }).annotate(Right, "read"),
    /** `degraded` while a system is away that builds wait for. Those that are away come first. */
    HttpApiEndpoint.get("health", "/health", {
      success: Schema.Struct({
        status: Schema.Literals(["ok", "degraded"]),
        systems: Schema.Array(SystemCondition)
      })
    }).annotate(Right, "read"),
    /** Tells callers who they are, for whoever wants to try a token. */
    HttpApiEndpoint.get("caller", "/caller", {
      headers: { authorization: Schema.optionalKey(Schema.String) },
      success: Caller,
      error: [Unauthorized, Unavailable]
    }).annotate(Right, "known"),
    HttpApiEndpoint.get("deadLetters", "/dead-letters", {
      success: Schema.Array(DeadLetter),
      error: Unavailable
    }).annotate(Right, "read"),
    HttpApiEndpoint.post("release", "/dead-letters/:id/release", {
      params: { id: Schema.String },
      success: HttpApiSchema.NoContent,
      error: [NotFound, Unavailable]
    }).annotate(Right, "administer")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1")
  .annotateMerge(OpenApi.annotations({ title: "Operations" }))
{}
