/** The feed: what goes on and how it ended, newest first, each build in one line with how far it is. */
import { ModuleBuildState } from "@orch/core/modulebuild/ModuleBuild"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"
import { ExpectedEnd } from "./ExpectedEnd.ts"

/** How many components of a build are in each state. */
export const ComponentCounts = Schema.Struct({
  total: Schema.Number,
  waiting: Schema.Number,
  submitting: Schema.Number,
  building: Schema.Number,
  built: Schema.Number,
  available: Schema.Number,
  failed: Schema.Number,
  canceled: Schema.Number,
  /** Taken from other builds; they are counted in their states as well. */
  reused: Schema.Number
}).annotate({ identifier: "ComponentCounts" })
/** How many components of a build are in each state. */
export interface ComponentCounts extends Schema.Schema.Type<typeof ComponentCounts> {}

/** Why a build failed: the component that failed first, and the line of its log where one is known. */
export const FirstFailure = Schema.Struct({
  component: Schema.String,
  /** From 1. */
  attempt: Schema.Number,
  reason: Schema.String,
  /** What was going on, such as `%check`; null where the log does not tell. */
  phase: Schema.NullOr(Schema.String),
  /** Number of the line in the log, from 1, and the line itself; nulls where none is known. */
  line: Schema.NullOr(Schema.Number),
  text: Schema.NullOr(Schema.String)
}).annotate({ identifier: "FirstFailure" })
/** Why a build failed. */
export interface FirstFailure extends Schema.Schema.Type<typeof FirstFailure> {}

/** A module build in the feed. Times are RFC 3339 in UTC. */
export const FeedEntry = Schema.Struct({
  kind: Schema.Literals(["module", "scratch"]),
  id: Schema.Number,
  name: Schema.String,
  stream: Schema.String,
  /** Decimal digits; versions may exceed 2^53. */
  version: Schema.String,
  context: Schema.String,
  state: ModuleBuildState,
  state_reason: Schema.String,
  owner: Schema.String,
  platform: Schema.String,
  arches: Schema.Array(Schema.String),
  created_at: Schema.String,
  modified_at: Schema.String,
  completed_at: Schema.NullOr(Schema.String),
  /** What it waits for now, or how it ended. */
  sentence: Schema.String,
  components: ComponentCounts,
  first_error: Schema.NullOr(FirstFailure),
  /** When it is expected to end; null once it has, and where too little is known. */
  expected: Schema.NullOr(ExpectedEnd),
  /** Commands of it that have spent their retries: somebody has to look. */
  dead_letters: Schema.Number
}).annotate({ identifier: "FeedEntry" })
/** A module build in the feed. */
export interface FeedEntry extends Schema.Schema.Type<typeof FeedEntry> {}

/** A page of the feed. */
export const FeedPage = Schema.Struct({
  /** Newest first. */
  items: Schema.Array(FeedEntry),
  /** How many fit in all, exact up to 10,000. */
  total: Schema.Number,
  /** Whether there are more than `total`. */
  more: Schema.Boolean,
  /** Give this as `before` for the next page; null where this is the last one. */
  next: Schema.NullOr(Schema.Number),
  /** The filter as it was understood. */
  q: Schema.String
}).annotate({ identifier: "FeedPage" })
/** A page of the feed. */
export interface FeedPage extends Schema.Schema.Type<typeof FeedPage> {}

/** How many builds fit each of several filters. */
export const FeedCounts = Schema.Array(
  Schema.Struct({ q: Schema.String, total: Schema.Number, more: Schema.Boolean })
).annotate({ identifier: "FeedCounts" })
/** How many builds fit each of several filters. */
export type FeedCounts = typeof FeedCounts.Type

/**
 * Builds below `/orch/v1/feed`. `q` is a filter such as `state:failed owner:me perl`; a filter that cannot be understood is a
 * `BadRequest` whose problems say where and what could stand there.
 */
export class FeedApi extends HttpApiGroup.make("feed")
  .add(
    HttpApiEndpoint.get("list", "/", {
      query: {
        q: Schema.optionalKey(Schema.String),
        /** Only builds of lower numbers. */
        before: Schema.optionalKey(Schema.String),
        /** 50 without it, at most 200. */
        limit: Schema.optionalKey(Schema.String)
      },
      success: FeedPage,
      error: [BadRequest, Unavailable]
    }).annotate(Right, "read"),
    /** For saved views: up to 20 filters at once. */
    HttpApiEndpoint.get("counts", "/counts", {
      query: { q: Schema.Union([Schema.String, Schema.Array(Schema.String)]) },
      success: FeedCounts,
      error: [BadRequest, Unavailable]
    }).annotate(Right, "read")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1/feed")
  .annotateMerge(OpenApi.annotations({ title: "Feed" }))
{}
