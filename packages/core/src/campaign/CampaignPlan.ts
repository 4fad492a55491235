/**
 * What a campaign is about: which modules are rebuilt because something changed, after what, and why each.
 *
 * The plan is data: whoever made it knew the graph. Nodes stand in an order in which none comes before what it waits for.
 */
import * as Schema from "effect/Schema"
import * as DownstreamWork from "../rebuild/DownstreamWork.ts"

/** What changed. */
export const Cause = Schema.Struct({
  /** A repository such as `rpms/zlib`, or a module such as `zlib:1`. */
  subject: Schema.String,
  ref: Schema.optionalKey(Schema.String),
  commit: Schema.optionalKey(Schema.String)
})
/** What changed, decoded: a repository or module, with the ref and the commit where they are known. */
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
  by: Schema.optionalKey(Schema.Array(Schema.String)),
  /** The same for nodes that were built with each other, at any distance: the name of one. Absent of a node that is in no circle. */
  circle: Schema.optionalKey(Schema.String),
  /** Those of its circle that it is built with and that come after it in the plan. */
  back: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Commits of its components that are built instead of what its document names, by component; of trials alone. */
  refs: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
})
/** One module stream of a plan, decoded; `seconds` is what its build is expected to take. */
export interface NodePlan extends Schema.Schema.Type<typeof NodePlan> {}

/**
 * What becomes of a campaign when a node whose own sources changed fails, beside what is built with it, which waits.
 *
 * - `continue`: everything else goes on. `stop`: the campaign is paused.
 * - `leave-out`: it is as if it had not been part of it. What others reach is built with what it was before, and once more when it is fixed.
 */
export const onFailures = ["continue", "stop", "leave-out"] as const
/** The schema of `onFailures`. */
export const OnFailure = Schema.Literals(onFailures)
/** What becomes of a campaign when a node whose own sources changed fails. */
export type OnFailure = typeof OnFailure.Type

/** A pull request that a campaign tries out: everything is built in scratch, and the forge is told how it went. */
export const Trial = Schema.Struct({
  forge: Schema.Literals(["gitea", "github", "gitlab", "pagure"]),
  /** Namespace and name of the repository that it is for, such as `rpms/zlib`. */
  repository: Schema.String,
  number: Schema.Number,
  /** What is proposed. */
  commit: Schema.String
})
/** The pull request that a campaign tries out, decoded. */
export interface Trial extends Schema.Schema.Type<typeof Trial> {}

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
  onFailure: Schema.optionalKey(OnFailure),
  /** Of nodes that are cut off, the share that is built all the same to see whether that was right; none where it is absent. */
  audit: Schema.optionalKey(Schema.Number),
  /** The pull request that it tries out: nothing of it is published. Absent of others. */
  trial: Schema.optionalKey(Trial)
})
/** What a campaign is about, decoded; it never changes once the campaign is there. */
export interface CampaignPlan extends Schema.Schema.Type<typeof CampaignPlan> {}

/** What a plan would cost at most, and how long it would take at least; times in seconds. */
export interface Estimate {
  readonly nodes: number
  readonly tiers: number
  readonly work: number
  /** The longest chain: no number of workers makes it faster. */
  readonly longest: number
}

/** For each node, in the order of the plan, the seconds from its start to the end of the longest chain that begins with it. */
const lengthsOf = (nodes: ReadonlyArray<NodePlan>, positions: ReadonlyMap<string, number>): Float64Array => {
  const lengths = new Float64Array(nodes.length)
  // Everything that waits for a node stands behind it: backwards, all of that is known.
  for (let own = nodes.length - 1; own >= 0; own--) {
    const { after, seconds } = nodes[own]!
    lengths[own]! += DownstreamWork.secondsOf(seconds)
    for (const name of after) {
      // A node that is named and not there is waited for by nobody.
      const parent = positions.get(name)
      if (parent !== undefined && lengths[parent]! < lengths[own]!) lengths[parent] = lengths[own]!
    }
  }
  return lengths
}

const positionsOf = (nodes: ReadonlyArray<NodePlan>): ReadonlyMap<string, number> =>
  new Map(nodes.map(({ name }, position) => [name, position]))

/** For each node the seconds from its start to the end of the longest chain that begins with it, as `rebuild/DownstreamWork` has it. */
export const downstream = ({ nodes }: CampaignPlan): ReadonlyMap<string, number> => {
  const lengths = lengthsOf(nodes, positionsOf(nodes))
  return new Map(nodes.map(({ name }, position) => [name, lengths[position]!]))
}

/** What the plan comes to if nothing is cut off. */
export const estimate = (plan: CampaignPlan): Estimate => ({
  nodes: plan.nodes.length,
  tiers: plan.nodes.reduce((most, { tier }) => Math.max(most, tier), 0),
  work: plan.nodes.reduce((sum, { seconds }) => sum + seconds, 0),
  longest: lengthsOf(plan.nodes, positionsOf(plan.nodes)).reduce((most, length) => Math.max(most, length), 0)
})
