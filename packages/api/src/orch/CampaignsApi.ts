/** Campaigns in this server's own form: what a change reaches, the rebuild of it, and how far each node is. */
import { CampaignState, NodeState } from "@orch/core/campaign/Campaign"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, Conflict, Forbidden, NotFound, Unauthorized, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"
import { ExpectedEnd } from "./ExpectedEnd.ts"
import { listed } from "./Listed.ts"

const name = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(300))

/** What changed: a repository such as `rpms/zlib`, or a module stream such as `zlib:1`. */
export const CampaignCause = Schema.Struct({
  subject: name,
  ref: Schema.optionalKey(name),
  commit: Schema.optionalKey(name)
}).annotate({ identifier: "CampaignCause" })

/** What a plan comes to if nothing is cut off; times in seconds. */
export const CampaignEstimate = Schema.Struct({
  nodes: Schema.Number,
  tiers: Schema.Number,
  work: Schema.Number,
  longest: Schema.Number
})

/** A module stream that may have to be rebuilt. */
export const ImpactNode = Schema.Struct({
  name: Schema.String,
  tier: Schema.Number,
  seconds: Schema.Number,
  after: Schema.Array(Schema.String),
  changed: Schema.Boolean,
  why: Schema.String
})

/** What a change reaches at most. */
export const Impact = Schema.Struct({ estimate: CampaignEstimate, nodes: Schema.Array(ImpactNode) }).annotate({
  identifier: "Impact"
})
/** What a change reaches at most. */
export interface Impact extends Schema.Schema.Type<typeof Impact> {}

const summary = {
  id: Schema.Number,
  state: CampaignState,
  state_reason: Schema.String,
  causes: Schema.Array(CampaignCause),
  created_by: Schema.String,
  /** The rule by which a push began it; null where somebody did. */
  rule: Schema.NullOr(Schema.String),
  approved_by: Schema.NullOr(Schema.String),
  /** The pull request that it tries out in scratch; null of others. */
  trial: Schema.NullOr(Schema.Struct({
    forge: Schema.Literals(["gitea", "github", "gitlab", "pagure"]),
    repository: Schema.String,
    number: Schema.Number,
    commit: Schema.String
  })),
  /** How many nodes are in each state. */
  counts: Schema.Record(Schema.String, Schema.Number),
  /** RFC 3339 in UTC, as all times here. */
  created_at: Schema.String,
  modified_at: Schema.String
}

/** A campaign in a list. */
export const CampaignSummary = Schema.Struct(summary).annotate({ identifier: "CampaignSummary" })
/** A campaign in a list. */
export interface CampaignSummary extends Schema.Schema.Type<typeof CampaignSummary> {}

/** How far one node of a campaign is, and why. */
export const CampaignNodeView = Schema.Struct({
  ...ImpactNode.fields,
  state: NodeState,
  state_reason: Schema.String,
  attempt: Schema.Number,
  builds: Schema.Array(Schema.Number),
  /** When it was built, failed, or turned out to need no build; null before. */
  finished_at: Schema.NullOr(Schema.String),
  /** Whether it came out otherwise than it was; null until that is known. */
  differs: Schema.NullOr(Schema.Boolean),
  /** Why a check failed after it was done. */
  regressed: Schema.NullOr(Schema.String),
  /** What an audit found otherwise after it had been cut off, for which it was built. */
  false_cut: Schema.NullOr(Schema.String),
  /** Whether it was right to cut it off, where somebody looked: by these module builds, in scratch. */
  audit: Schema.NullOr(Schema.Struct({
    state: Schema.Literals(["asked", "builds", "same", "unknown"]),
    reason: Schema.String,
    builds: Schema.Array(Schema.Number)
  })),
  /** How often it was built among modules that were built with each other; 1 for all others. */
  round: Schema.Number,
  /** Where it failed or is held: nodes behind it that are not finished. */
  waiting: Schema.Array(Schema.String)
})

/** What a campaign came to. Times in seconds, shares from 0 to 1; null where nothing says them yet. */
export const CampaignNumbers = Schema.Struct({
  /** Nodes that were built, and that were cut off because nothing that they are built with changed. */
  built: Schema.Number,
  cut: Schema.Number,
  /** Work that was expected and avoided. */
  avoided: Schema.Number,
  /** Nodes that were cut off, of those that are decided. */
  cut_off_rate: Schema.NullOr(Schema.Number),
  /** Nodes that were cut off and built all the same, and those of them that came out otherwise. */
  audited: Schema.Number,
  false_cuts: Schema.Number,
  false_cut_rate: Schema.NullOr(Schema.Number),
  /** Above this share the truth lies with 5 % likelihood at most; 1 where nothing was audited. */
  false_cut_bound: Schema.Number,
  /** Since its first node began, until its end. */
  makespan: Schema.NullOr(Schema.Number),
  /** No schedule of what was built is shorter: the longest chain, or the work over the nodes that may be under way at once. */
  bound: Schema.NullOr(Schema.Number),
  /** Makespan over bound, of campaigns that are done and that no failure stopped. */
  over_bound: Schema.NullOr(Schema.Number),
  /** From the last fix of what had failed until everything was done. */
  fix_to_green: Schema.NullOr(Schema.Number)
}).annotate({ identifier: "CampaignNumbers" })

/** A campaign with its nodes, what it waits for, and what it came to. */
export const CampaignDetail = Schema.Struct({
  ...summary,
  estimate: CampaignEstimate,
  /**
   * When all is expected to be green, told from how long its nodes took compared with their builds before; null of campaigns that do not
   * run, and before three nodes were built. `late` says what has to be fixed before.
   */
  expected: Schema.NullOr(ExpectedEnd),
  numbers: CampaignNumbers,
  /** What has to happen next, one sentence each. */
  waits_for: Schema.Array(Schema.String),
  holds: Schema.Array(Schema.Struct({
    node: Schema.String,
    by: Schema.String,
    why: Schema.String,
    until: Schema.NullOr(Schema.String)
  })),
  /** Modules that were built with each other and did not come to rest: each with the one that came out otherwise since. */
  oscillating: Schema.Array(Schema.Tuple([Schema.String, Schema.String])),
  nodes: Schema.Array(CampaignNodeView)
}).annotate({ identifier: "CampaignDetail" })
/** A campaign with its nodes, what it waits for, and what it came to. */
export interface CampaignDetail extends Schema.Schema.Type<typeof CampaignDetail> {}

const id = { id: Schema.String }
const read = [NotFound, Unavailable] as const
const change = {
  params: id,
  success: CampaignSummary,
  error: [BadRequest, Unauthorized, Forbidden, NotFound, Conflict, Unavailable] as const
}
const node = { node: Schema.optionalKey(name) }

/**
 * Campaigns below `/orch/v1/campaigns`. A change that the campaign's state does not allow is a `Conflict`. Who may submit may begin one;
 * steering is its own beginner's and the administrators'.
 */
export class CampaignsApi extends HttpApiGroup.make("campaigns")
  .add(
    /** Begins one; it waits for an approval where it is larger than the installation's limit. */
    HttpApiEndpoint.post("plan", "/campaigns/", {
      payload: CampaignCause,
      success: CampaignSummary.pipe(HttpApiSchema.status(201)),
      error: change.error
    }).annotate(Right, "submit"),
    /** Newest first. */
    HttpApiEndpoint.get("list", "/campaigns/", {
      query: {
        limit: Schema.optionalKey(Schema.String),
        offset: Schema.optionalKey(Schema.String),
        state: Schema.optionalKey(CampaignState)
      },
      success: listed(CampaignSummary),
      error: [BadRequest, Unavailable]
    }).annotate(Right, "read"),
    HttpApiEndpoint.get("get", "/campaigns/:id", { params: id, success: CampaignDetail, error: read })
      .annotate(Right, "read"),
    HttpApiEndpoint.post("approve", "/campaigns/:id/approve", change).annotate(Right, "own"),
    /** Holds a node with all that comes after it, or, without one, the campaign. */
    HttpApiEndpoint.post("hold", "/campaigns/:id/hold", {
      ...change,
      payload: Schema.Struct({
        ...node,
        why: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(1000))),
        /** Seconds after which the hold of a node ends by itself. */
        seconds: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 31_536_000 })))
      })
    }).annotate(Right, "own"),
    /** Lets go what is held: a node, or everything. */
    HttpApiEndpoint.post("letGo", "/campaigns/:id/let-go", { ...change, payload: Schema.Struct(node) })
      .annotate(Right, "own"),
    /** Gives what failed another attempt, or one node whatever it does. */
    HttpApiEndpoint.post("resume", "/campaigns/:id/resume", { ...change, payload: Schema.Struct(node) })
      .annotate(Right, "own"),
    HttpApiEndpoint.post("cancel", "/campaigns/:id/cancel", change).annotate(Right, "own"),
    /** What would have to be rebuilt at most if this changed: 10,000 nodes at once, those of lower tiers first. The estimate counts all. */
    HttpApiEndpoint.get("impact", "/impact", {
      query: {
        ...CampaignCause.fields,
        limit: Schema.optionalKey(Schema.String),
        offset: Schema.optionalKey(Schema.String)
      },
      success: Impact,
      error: [BadRequest, Unavailable]
    }).annotate(Right, "read")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1")
  .annotateMerge(OpenApi.annotations({ title: "Campaigns" }))
{}
