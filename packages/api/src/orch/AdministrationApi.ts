/** What those look at who run the place: settings in force, who is signed in, own tokens, and who changed what. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, NotFound, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"

/** One setting as it is in force. */
export const ShownSetting = Schema.Struct({
  /** Such as `ORCH_HOST`. */
  variable: Schema.String,
  /** As it could be written into a file for the environment, without passwords; null where it is not set, and for secrets. */
  value: Schema.NullOr(Schema.String),
  secret: Schema.Boolean,
  /** Whether it was given, or is what holds without. */
  given: Schema.Boolean,
  about: Schema.String
}).annotate({ identifier: "ShownSetting" })
/** One setting as it is in force. */
export interface ShownSetting extends Schema.Schema.Type<typeof ShownSetting> {}

/** Somebody who is signed in with a browser. Times are RFC 3339 in UTC. */
export const BrowserSession = Schema.Struct({
  /** Names the session until its cookie is exchanged, within an hour. */
  id: Schema.String,
  name: Schema.String,
  /** By what they signed in. */
  way: Schema.Literals(["token", "provider", "kerberos", "forge"]),
  created_at: Schema.String,
  seen_at: Schema.String,
  ends_at: Schema.String
}).annotate({ identifier: "BrowserSession" })
/** Somebody who is signed in with a browser. */
export interface BrowserSession extends Schema.Schema.Type<typeof BrowserSession> {}

/** An own API token, as far as it is told. */
export const KnownToken = Schema.Struct({ name: Schema.String, groups: Schema.Array(Schema.String) })
  .annotate({ identifier: "KnownToken" })
/** An own API token, as far as it is told. */
export interface KnownToken extends Schema.Schema.Type<typeof KnownToken> {}

/** A change that somebody asked for. */
export const AuditEntry = Schema.Struct({
  /** Counts up. */
  id: Schema.Number,
  at: Schema.String,
  name: Schema.String,
  method: Schema.String,
  path: Schema.String,
  /** What it was answered with; 4xx is a change that was refused. */
  status: Schema.Number,
  /** As in the server's log. */
  request: Schema.NullOr(Schema.String)
}).annotate({ identifier: "AuditEntry" })
/** A change that somebody asked for. */
export interface AuditEntry extends Schema.Schema.Type<typeof AuditEntry> {}

/** A page of the audit, the newest first. */
export const AuditPage = Schema.Struct({
  items: Schema.Array(AuditEntry),
  /** Give this as `before` for the next page; null where this is the last one. */
  next: Schema.NullOr(Schema.Number)
}).annotate({ identifier: "AuditPage" })
/** A page of the audit, the newest first. */
export interface AuditPage extends Schema.Schema.Type<typeof AuditPage> {}

/** `/orch/v1/administration`, for administrators. */
export class AdministrationApi extends HttpApiGroup.make("administration")
  .add(
    HttpApiEndpoint.get("settings", "/settings", { success: Schema.Array(ShownSetting) }),
    HttpApiEndpoint.get("tokens", "/tokens", { success: Schema.Array(KnownToken) }),
    /** The 500 that were seen last. */
    HttpApiEndpoint.get("sessions", "/sessions", { success: Schema.Array(BrowserSession), error: Unavailable }),
    HttpApiEndpoint.delete("endSession", "/sessions/:id", {
      params: { id: Schema.String },
      success: HttpApiSchema.NoContent,
      error: [NotFound, Unavailable]
    }),
    /** Changes below `/orch/v1` and `/rida` to what is there already; submissions are in the feed. */
    HttpApiEndpoint.get("audit", "/audit", {
      query: {
        /** Only what this person asked for. */
        name: Schema.optionalKey(Schema.String),
        /** Only those of lower numbers. */
        before: Schema.optionalKey(Schema.String)
      },
      success: AuditPage,
      error: [BadRequest, Unavailable]
    })
  )
  .annotateEndpoints(Right, "administer")
  .middleware(InvalidRequests)
  .prefix("/orch/v1/administration")
  .annotateMerge(OpenApi.annotations({ title: "Administration" }))
{}
