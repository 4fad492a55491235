/** What can happen to a campaign, and what it can ask for. Both are stored for ever: fields are only added, as optional ones. */
import * as Schema from "effect/Schema"
import { CommandDelayed } from "../farm/Delays.ts"
import { NodeBuild } from "./Campaign.ts"
import { Cause } from "./CampaignPlan.ts"

const at = { at: Schema.Number }
const by = { ...at, by: Schema.String }

/** What can happen, as it is stored; `at` in milliseconds since the epoch. */
export const CampaignEvent = Schema.Union([
  Schema.TaggedStruct("Submitted", at),
  Schema.TaggedStruct("Approved", by),
  /** The module builds of a node's attempt are there. */
  Schema.TaggedStruct("NodeBegun", {
    ...at,
    node: Schema.String,
    attempt: Schema.Number,
    builds: Schema.Array(NodeBuild)
  }),
  /** It could not be submitted. */
  Schema.TaggedStruct("NodeRefused", { ...at, node: Schema.String, attempt: Schema.Number, reason: Schema.String }),
  /** A module build of a node is in another state. */
  Schema.TaggedStruct("BuildMoved", {
    ...at,
    node: Schema.String,
    build: Schema.Number,
    /** How often the build had changed: what is older than what is known says nothing. */
    revision: Schema.Number,
    state: Schema.String,
    reason: Schema.String
  }),
  /** A required check of a build that waits for its gate failed; it may still pass, by a waiver or another run. */
  Schema.TaggedStruct("CheckFailed", { ...at, node: Schema.String, build: Schema.Number, reason: Schema.String }),
  /** What came out of a node was compared with what was there before. */
  Schema.TaggedStruct("NodeCompared", {
    ...at,
    node: Schema.String,
    attempt: Schema.Number,
    differs: Schema.Boolean,
    reason: Schema.String,
    /** Nodes that need something which is not there any more; absent where nobody asked. */
    lost: Schema.optionalKey(Schema.Array(Schema.String)),
    /** Nodes that merely link against it and to which it is what it was, each with the share of audits. */
    spared: Schema.optionalKey(Schema.Record(Schema.String, Schema.Number)),
    /** What came out, as a hash; absent where that cannot be read. */
    content: Schema.optionalKey(Schema.String)
  }),
  /** Builds are there that show whether it was right to cut a node off. */
  Schema.TaggedStruct("AuditBegun", {
    ...at,
    node: Schema.String,
    attempt: Schema.Number,
    builds: Schema.Array(NodeBuild)
  }),
  /** What they showed; `unknown` where nobody can say. */
  Schema.TaggedStruct("AuditJudged", {
    ...at,
    node: Schema.String,
    attempt: Schema.Number,
    verdict: Schema.Literals(["same", "differs", "unknown"]),
    reason: Schema.String
  }),
  /** A build that the campaign did not ask for does what a failed node was to do. */
  Schema.TaggedStruct("NodeFixed", { ...at, node: Schema.String, build: NodeBuild }),
  /** The gate decided again about a node that is done. */
  Schema.TaggedStruct("GateDecided", {
    ...at,
    node: Schema.String,
    satisfied: Schema.Boolean,
    reason: Schema.String
  }),
  /** Without a node all of the campaign. */
  Schema.TaggedStruct("HoldRequested", {
    ...by,
    node: Schema.optionalKey(Schema.String),
    why: Schema.String,
    until: Schema.optionalKey(Schema.Number)
  }),
  /** Lets go what is held: one node, or everything. */
  Schema.TaggedStruct("ReleaseRequested", { ...by, node: Schema.optionalKey(Schema.String) }),
  /** Holds may have expired. */
  Schema.TaggedStruct("ClockStruck", at),
  /** Changes that are part of it from now on: those of its nodes that they reach and that failed get another attempt. */
  Schema.TaggedStruct("Joined", {
    ...by,
    causes: Schema.Array(Cause),
    /** Nodes whose own sources changed, with what is submitted of them. */
    nodes: Schema.Array(Schema.Struct({ name: Schema.String, scmurl: Schema.String }))
  }),
  /** Gives failed nodes another attempt, and ends a pause. */
  Schema.TaggedStruct("ResumeRequested", by),
  /** Gives one node another attempt, whatever it does. */
  Schema.TaggedStruct("RestartRequested", { ...by, node: Schema.String }),
  Schema.TaggedStruct("CancelRequested", by),
  Schema.TaggedStruct("CommandRejected", {
    ...at,
    command: Schema.String,
    reason: Schema.String,
    /** Which node and which attempt of it the command was for; absent of commands for the whole campaign. */
    node: Schema.optionalKey(Schema.String),
    attempt: Schema.optionalKey(Schema.Number)
  }),
  CommandDelayed
])
/** What can happen. */
export type CampaignEvent = typeof CampaignEvent.Type

const node = { node: Schema.String, attempt: Schema.Number }

/** What a campaign can ask for, as it is stored; `attempt` is that of the node, from 1. */
export const CampaignCommand = Schema.Union([
  /** Submit the node. */
  Schema.TaggedStruct("BeginNode", node),
  /** See whether what came out of it differs from what was there before. */
  Schema.TaggedStruct("CompareNode", node),
  /** Build a node that was cut off, in scratch, to see whether that was right. */
  Schema.TaggedStruct("AuditNode", node),
  /** Compare what came out of that with what was taken for it. */
  Schema.TaggedStruct("JudgeAudit", node),
  /** Tell the forge how the trial of its pull request goes. */
  Schema.TaggedStruct("Report", {}),
  /** End module builds that are not wanted any more. */
  Schema.TaggedStruct("CallOff", { builds: Schema.Array(Schema.Number) }),
  /** Tell whom it concerns that the node failed or regressed. */
  Schema.TaggedStruct("Notify", node),
  /** Look whether holds have expired. */
  Schema.TaggedStruct("Strike", { at: Schema.Number })
])
/** What a campaign wants done. */
export type CampaignCommand = typeof CampaignCommand.Type
