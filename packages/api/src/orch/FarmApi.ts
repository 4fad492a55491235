/** The farm as operators look at it: slots, shares, what waits and why, nodes, leases, health, what was finished. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"
import { SystemCondition } from "./OperationsApi.ts"
import { BuildNode } from "./PackageBuildsApi.ts"
import { QueueEntry } from "./QueueEntry.ts"

/** The farm at a glance. Times are RFC 3339 in UTC. */
export const FarmOverview = Schema.Struct({
  at: Schema.String,
  /** What this server allows at the same time; null where it sets no limit. */
  limits: Schema.Struct({
    total: Schema.NullOr(Schema.Number),
    per_owner: Schema.NullOr(Schema.Number),
    per_arch: Schema.NullOr(Schema.Number)
  }),
  /** By architecture, by name. */
  arches: Schema.Array(Schema.Struct({
    arch: Schema.String,
    /** Of nodes that are there and not drained; null where only a build system knows. */
    slots: Schema.NullOr(Schema.Number),
    running: Schema.Number,
    waiting: Schema.Number,
    /** Seconds that the one has waited that waits longest; null where none does, or nobody knows. */
    longest_wait: Schema.NullOr(Schema.Number),
    /** Of nodes: when all that waits will have been handed out, as far as that is foreseen. */
    empty_at: Schema.NullOr(Schema.String),
    /** What waited and ran, counted every five minutes of the last six hours, the oldest first; times with nothing are left out. */
    history: Schema.Array(Schema.Struct({ at: Schema.String, running: Schema.Number, waiting: Schema.Number }))
  })),
  /** Who uses it, whoever has most first. */
  shares: Schema.Array(
    Schema.Struct({ owner: Schema.String, running: Schema.Number, waiting: Schema.Number })
  ),
  nodes: Schema.Array(Schema.Struct({
    ...BuildNode.fields,
    /** `away`: not heard of for two minutes. */
    condition: Schema.Literals(["ready", "busy", "draining", "away"])
  })),
  /** What nodes have; at most 500, the oldest first. */
  leases: Schema.Array(Schema.Struct({
    node: Schema.String,
    life: Schema.String,
    build: Schema.Number,
    part: Schema.String,
    arch: Schema.String,
    since: Schema.NullOr(Schema.String),
    until: Schema.NullOr(Schema.String)
  })),
  /** Systems that the server depends on, those that are away first. */
  systems: Schema.Array(SystemCondition),
  dead_letters: Schema.Number,
  /** The last 24 hours, the oldest first: packages that were built and that failed in each half hour. */
  finished: Schema.Array(Schema.Struct({ from: Schema.String, built: Schema.Number, failed: Schema.Number }))
}).annotate({ identifier: "FarmOverview" })
/** The farm at a glance. */
export interface FarmOverview extends Schema.Schema.Type<typeof FarmOverview> {}

/** A page of the queue. */
export const QueuePage = Schema.Struct({
  /** In the order of hand-outs, kind by kind: nodes, slots, builders. */
  items: Schema.Array(QueueEntry),
  total: Schema.Number,
  /** More wait than are looked at: what is shown is the beginning. */
  more: Schema.Boolean
}).annotate({ identifier: "QueuePage" })
/** A page of the queue. */
export interface QueuePage extends Schema.Schema.Type<typeof QueuePage> {}

/** The farm below `/orch/v1/farm`. */
export class FarmApi extends HttpApiGroup.make("farm")
  .add(
    HttpApiEndpoint.get("overview", "/", { success: FarmOverview, error: Unavailable }).annotate(Right, "read"),
    HttpApiEndpoint.get("queue", "/queue", {
      query: {
        arch: Schema.optionalKey(Schema.String),
        owner: Schema.optionalKey(Schema.String),
        kind: Schema.optionalKey(Schema.Literals(["slot", "builder", "node"])),
        limit: Schema.optionalKey(Schema.String),
        offset: Schema.optionalKey(Schema.String)
      },
      success: QueuePage,
      error: [BadRequest, Unavailable]
    }).annotate(Right, "read")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1/farm")
  .annotateMerge(OpenApi.annotations({ title: "Farm" }))
{}
