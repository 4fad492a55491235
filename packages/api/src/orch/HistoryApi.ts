/** What branches and tags pointed to at any instant, and what was built from a commit they no longer point to. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, Forbidden, NotFound, Unauthorized, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"

const text = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(2048))
const commit = Schema.String.check(Schema.isPattern(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/))

/** A ref and what it points to now. `number` is where a list goes on. */
export const Ref = Schema.Struct({
  number: Schema.Number,
  repository: Schema.String,
  ref: Schema.String,
  /** Null while it does not exist. */
  commit: Schema.NullOr(Schema.String),
  since: Schema.NullOr(Schema.String)
})
/** A ref and what it points to now. */
export interface Ref extends Schema.Schema.Type<typeof Ref> {}

/** A time in which a ref pointed to one commit. Times are RFC 3339 in UTC with microseconds. */
export const RefInterval = Schema.Struct({
  repository: Schema.String,
  ref: Schema.String,
  /** Null while it did not exist. */
  commit: Schema.NullOr(Schema.String),
  from: Schema.String,
  /** Null for what it points to now. */
  to: Schema.NullOr(Schema.String),
  /** How it became known; `backfill` is from the dates of commits, and so less certain. */
  source: Schema.Literals(["webhook", "poll", "backfill", "manual"]),
  actor: Schema.NullOr(Schema.String),
  /** Whether commits were taken away by it; null where nobody said. */
  forced: Schema.NullOr(Schema.Boolean),
  /** Whether pushes between this commit and the one before it were missed. */
  gap: Schema.Boolean
}).annotate({ identifier: "RefInterval" })
/** A time in which a ref pointed to one commit. */
export interface RefInterval extends Schema.Schema.Type<typeof RefInterval> {}

/** A component that was built from a commit its ref no longer points to. */
export const StaleComponent = Schema.Struct({
  build: Schema.Number,
  module: Schema.String,
  component: Schema.String,
  repository: Schema.String,
  ref: Schema.String,
  built: Schema.String,
  /** Null where the ref was deleted. */
  tip: Schema.NullOr(Schema.String),
  /** Since when the ref points there. */
  moved: Schema.String
}).annotate({ identifier: "StaleComponent" })
/** A component that was built from an outdated commit. */
export interface StaleComponent extends Schema.Schema.Type<typeof StaleComponent> {}

const page = { limit: Schema.optionalKey(Schema.String), before: Schema.optionalKey(Schema.String) }
const read = [BadRequest, NotFound, Unavailable] as const

/** The history of branches below `/orch/v1/history`. A repository is its address, or namespace and name. */
export class HistoryApi extends HttpApiGroup.make("history")
  .add(
    /** Refs and what they point to now; go on with `after`, the last number. */
    HttpApiEndpoint.get("refs", "/refs", {
      query: {
        repository: Schema.optionalKey(text),
        after: Schema.optionalKey(Schema.String),
        limit: Schema.optionalKey(Schema.String)
      },
      success: Schema.Array(Ref),
      error: read
    }).annotate(Right, "read"),
    /** The interval in which a time lies: that of now without it. */
    HttpApiEndpoint.get("at", "/at", {
      query: { repository: text, ref: text, at: Schema.optionalKey(Schema.String) },
      success: RefInterval,
      error: read
    }).annotate(Right, "read"),
    /** The newest first, that begin before the time `before`. */
    HttpApiEndpoint.get("intervals", "/intervals", {
      query: { repository: text, ref: text, ...page },
      success: Schema.Array(RefInterval),
      error: read
    }).annotate(Right, "read"),
    /** Which refs ever pointed to a commit, and when. */
    HttpApiEndpoint.get("commits", "/commits", {
      query: { repository: text, commit, limit: Schema.optionalKey(Schema.String) },
      success: Schema.Array(RefInterval),
      error: read
    }).annotate(Right, "read"),
    /** Of the newest finished build of each module stream, the newest build first; go on below the build `before`. */
    HttpApiEndpoint.get("stale", "/stale", {
      query: { repository: Schema.optionalKey(text), ref: Schema.optionalKey(text), ...page },
      success: Schema.Array(StaleComponent),
      error: read
    }).annotate(Right, "read"),
    /** Told by people and programs: all of one ref, oldest first. What is known already changes nothing. */
    HttpApiEndpoint.post("observe", "/observations", {
      payload: Schema.Struct({
        repository: text,
        ref: text,
        source: Schema.Literals(["backfill", "manual"]),
        changes: Schema.Array(Schema.Struct({
          before: Schema.optionalKey(Schema.NullOr(commit)),
          after: Schema.NullOr(commit),
          /** RFC 3339; now without it. */
          at: Schema.optionalKey(Schema.String)
        })).check(Schema.isMinLength(1), Schema.isMaxLength(1000))
      }),
      success: Schema.Struct({ recorded: Schema.Number }),
      error: [BadRequest, Unauthorized, Forbidden, Unavailable]
    }).annotate(Right, "administer")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1/history")
  .annotateMerge(OpenApi.annotations({ title: "History of branches" }))
{}
