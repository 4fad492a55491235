/**
 * What a campaign is about: which modules are rebuilt because something changed, after what, and why each.
 *
 * The plan is data: whoever made it knew the graph. Nodes stand in an order in which none comes before what it waits for.
 */
import * as Schema from "effect/Schema"

/** What changed. */
export const Cause = Schema.Struct({
  /** A repository such as `rpms/zlib`, or a module such as `zlib:1`. */
  subject: Schema.String,
  ref: Schema.optionalKey(Schema.String),
  commit: Schema.optionalKey(Schema.String)
})
export interface Cause extends Schema.Schema.Type<typeof Cause> {}

/** One module stream that may have to be rebuilt. */
export const NodePlan = Schema.Struct({
  /** `name:stream`. */
  name: Schema.String,
  /** From 1: the longest way from a change. Shown; what counts is `after`. */
  tier: Schema.Number,
  /** How long it is expected to take, in seconds. */
  seconds: Schema.Number,
  /** Nodes that have to be finished first. */
  after: Schema.Array(Schema.String),
  /** Whether its own sources changed: it is then built whatever becomes of the others. */
  changed: Schema.Boolean,
  /** Why it is in the plan, for people. */
  why: Schema.String,
  /** What is submitted. */
  scmurl: Schema.String,
  /** Module builds that are what it is now, whose contents the new ones are compared with. */
  previous: Schema.Array(Schema.Number),
  /** For which changes it is rebuilt; `transitive` where it is absent. */
  trigger: Schema.optionalKey(Schema.Literals(["source", "direct", "transitive", "vanished"])),
  /** Those of `after` for whose changes it is rebuilt; all where it is absent. */
  by: Schema.optionalKey(Schema.Array(Schema.String))
})
export interface NodePlan extends Schema.Schema.Type<typeof NodePlan> {}

/**
 * What becomes of a campaign when a node whose own sources changed fails, beside what is built with it, which waits.
 *
 * - `continue`: everything else goes on. `stop`: the campaign is paused.
 * - `leave-out`: it is as if it had not been part of it. What others reach is built with what it was before, and once more when it is fixed.
 */
export const onFailures = ["continue", "stop", "leave-out"] as const
export const OnFailure = Schema.Literals(onFailures)
/** What becomes of a campaign when a node whose own sources changed fails. */
export type OnFailure = typeof OnFailure.Type

/** What a campaign is about; known when it begins. */
export const CampaignPlan = Schema.Struct({
  causes: Schema.Array(Cause),
  by: Schema.String,
  nodes: Schema.Array(NodePlan),
  /** Whether nobody has to approve it. */
  automatic: Schema.Boolean,
  /** How many nodes may be under way at the same time. */
  width: Schema.Number,
  /** The rule by which a push began it; absent where somebody did. */
  rule: Schema.optionalKey(Schema.String),
  /** `continue` where it is absent. */
  onFailure: Schema.optionalKey(OnFailure)
})
export interface CampaignPlan extends Schema.Schema.Type<typeof CampaignPlan> {}

/** What a plan would cost at most, and how long it would take at least; times in seconds. */
export interface Estimate {
  readonly nodes: number
  readonly tiers: number
  readonly work: number
  /** The longest chain: no number of workers makes it faster. */
  readonly longest: number
}

/** For each node the seconds from its start to the end of the longest chain that begins with it. */
export const downstream = ({ nodes }: CampaignPlan): ReadonlyMap<string, number> => {
  const lengths = new Map<string, number>()
  for (const node of nodes.toReversed()) {
    const length = node.seconds + (lengths.get(node.name) ?? 0)
    lengths.set(node.name, length)
    for (const parent of node.after) lengths.set(parent, Math.max(lengths.get(parent) ?? 0, length))
  }
  return lengths
}

/** What the plan comes to if nothing is cut off. */
export const estimate = (plan: CampaignPlan): Estimate => ({
  nodes: plan.nodes.length,
  tiers: plan.nodes.reduce((most, { tier }) => Math.max(most, tier), 0),
  work: plan.nodes.reduce((sum, { seconds }) => sum + seconds, 0),
  longest: [...downstream(plan).values()].reduce((most, length) => Math.max(most, length), 0)
})
