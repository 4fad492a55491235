/** A campaign: the rebuild of what depends on a change, and how far each node of it is. */
import * as Schema from "effect/Schema"
import { Delays } from "../farm/Delays.ts"
import * as LifeParts from "../life/LifeParts.ts"
import { type CampaignPlan, Cause, type NodePlan } from "./CampaignPlan.ts"

/**
 * - `planned`: waits for somebody to approve it. `running`: nodes are built. `paused`: no new ones begin.
 * - `done`: every node is done or was cut off. `failed`: what could be built was, the rest waits for a fix.
 * - `canceled`: people do not want it any more.
 */
export const states = ["planned", "running", "paused", "done", "failed", "canceled"] as const
/** The states as a schema: another text is refused. */
export const CampaignState = Schema.Literals(states)
/** The state a campaign is in. */
export type CampaignState = typeof CampaignState.Type

/**
 * - `waits`: for nodes before it, or for its turn. `builds`: module builds are under way.
 * - `validates`: built; gates decide, or contents are compared. `done`: ready.
 * - `cut`: nothing it is built with changed, so it was not built.
 * - `failed`: its build or its check failed. `blocked`: a node before it failed or is not in order any more.
 * - `held`: people hold it, or a node before it.
 */
export const nodeStates = ["waits", "builds", "validates", "done", "cut", "failed", "blocked", "held"] as const
/** The states of nodes as a schema: another text is refused. */
export const NodeState = Schema.Literals(nodeStates)
/** The state a node is in. */
export type NodeState = typeof NodeState.Type

/** A module build of a node, and how far it was when it was last heard of. */
export const NodeBuild = Schema.Struct({
  id: Schema.Number,
  /** How often the build had changed then. */
  revision: Schema.Number,
  state: Schema.String
})
/** A module build of a node; `state` is that of the build. */
export interface NodeBuild extends Schema.Schema.Type<typeof NodeBuild> {}

/**
 * - `asked`: it is to be built all the same. `builds`: it is being built. `same`: it came out as what was taken for it.
 * - `unknown`: nobody can say, for its reason. One that came out otherwise is a node's `falseCut`.
 */
export const NodeAudit = Schema.Struct({
  state: Schema.Literals(["asked", "builds", "same", "unknown"]),
  reason: Schema.String,
  builds: Schema.Array(NodeBuild)
})
/** What became of an audit of a node that was cut off. */
export interface NodeAudit extends Schema.Schema.Type<typeof NodeAudit> {}

/** One node: the part of it that changes. */
export const CampaignNode = Schema.Struct({
  name: Schema.String,
  state: NodeState,
  /** Why it is in this state, for people. */
  reason: Schema.String,
  /** From 1; a fix or a person gives it another one. */
  attempt: Schema.Number,
  builds: Schema.Array(NodeBuild),
  /** Whether what came out differs from what was there before; absent until that is known. */
  differs: Schema.optionalKey(Schema.Boolean),
  /** Nodes that need something which is not there any more since it was built; absent where nobody asked. */
  lost: Schema.optionalKey(Schema.Array(Schema.String)),
  /**
   * Nodes that merely link against it, for which nothing changed: its interface is what it was. Each with the share of these, from 0 to 1, that
   * is built all the same where it is cut off for that. Absent where no rule names any.
   */
  spared: Schema.optionalKey(Schema.Record(Schema.String, Schema.Number)),
  /** Nodes that came out otherwise and for which it was not built, since it merely links against them. */
  sparedBy: Schema.optionalKey(Schema.Array(Schema.String)),
  /** A check that failed after the node was done: nothing further is built with it. */
  regressed: Schema.optionalKey(Schema.String),
  /** What is submitted instead of what the plan says: a later change of its document. */
  scmurl: Schema.optionalKey(Schema.String),
  /** Whether it was right to cut it off, where somebody looks. */
  audit: Schema.optionalKey(NodeAudit),
  /** What an audit found otherwise after it had been cut off: it is built whatever becomes of the others. */
  falseCut: Schema.optionalKey(Schema.String),
  /** What came out of it, as a hash; absent where that cannot be read. */
  content: Schema.optionalKey(Schema.String),
  /** How often it was built, or left, in its circle; 1 where it is absent. */
  round: Schema.optionalKey(Schema.Number),
  /** What it was built with of its circle, as `contentOf` says it. */
  with: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  /** Milliseconds since the epoch. */
  startedAt: Schema.optionalKey(Schema.Number),
  finishedAt: Schema.optionalKey(Schema.Number)
})
/** A node and how far it is; times in milliseconds since the epoch. */
export interface CampaignNode extends Schema.Schema.Type<typeof CampaignNode> {}

/** What people hold: a node with all that comes after it. */
export const Hold = Schema.Struct({
  node: Schema.String,
  by: Schema.String,
  why: Schema.String,
  /** Milliseconds since the epoch; absent: until somebody lets it go. */
  until: Schema.optionalKey(Schema.Number)
})
/** What people hold; `until` in milliseconds since the epoch. */
export interface Hold extends Schema.Schema.Type<typeof Hold> {}

/** The part of a campaign that changes and does not grow with the number of nodes; times in milliseconds since the epoch. */
export const Progress = Schema.Struct({
  state: CampaignState,
  /** Why it is in this state, for people. */
  reason: Schema.String,
  /** What its commands wait for outside; absent while none does. */
  delays: Schema.optionalKey(Delays),
  approvedBy: Schema.optionalKey(Schema.String),
  /** Changes that came while it was there, beside those of the plan. */
  joined: Schema.optionalKey(Schema.Array(Cause)),
  /** The node for whose failure it was paused, where the plan says `stop`. */
  stopped: Schema.optionalKey(Schema.String),
  /** When something that had failed was last given another chance; milliseconds since the epoch. */
  fixedAt: Schema.optionalKey(Schema.Number),
  holds: Schema.Array(Hold),
  /** 0 before the first event; milliseconds since the epoch. */
  createdAt: Schema.Number,
  modifiedAt: Schema.Number,
  completedAt: Schema.optionalKey(Schema.Number)
})
/** What changes about a campaign and does not grow with its nodes. */
export interface Progress extends Schema.Schema.Type<typeof Progress> {}

/** A campaign with its nodes, by name, in the order of the plan. */
export interface Campaign extends Progress {
  readonly id: number
  readonly plan: CampaignPlan
  readonly nodes: ReadonlyMap<string, CampaignNode>
}

const initial = ({ name, why }: NodePlan): CampaignNode => ({
  name,
  state: "waits",
  reason: why,
  attempt: 1,
  builds: []
})

/** A campaign from its stored pieces. */
export const assemble = (
  id: number,
  plan: CampaignPlan,
  progress: Progress,
  nodes: ReadonlyArray<CampaignNode>
): Campaign => ({ id, plan, ...progress, nodes: LifeParts.byName(plan.nodes.map(initial), nodes) })

/** A campaign before its first event. */
export const unborn = (id: number, plan: CampaignPlan): Campaign =>
  assemble(id, plan, { state: "planned", reason: "", holds: [], createdAt: 0, modifiedAt: 0 }, [])

/** Whether nodes of it may still change by themselves. */
export const isOpen = ({ state }: CampaignNode): boolean =>
  state === "waits" || state === "builds" || state === "validates" || state === "held"

/** Whether it has not begun. */
export const isWaiting = ({ state }: CampaignNode): boolean =>
  state === "waits" || state === "blocked" || state === "held"

/** Whether people have to do something about it: it failed, or a check failed after it was done. */
export const isOut = ({ regressed, state }: CampaignNode): boolean => state === "failed" || regressed !== undefined

/** Whether module builds of it are under way. */
export const isUnderWay = ({ state }: CampaignNode): boolean => state === "builds" || state === "validates"

/** Whether those that come after it may go on. */
export const isFinished = ({ regressed, state }: CampaignNode): boolean =>
  state === "cut" || (state === "done" && regressed === undefined)

const isSpared = (spared: CampaignNode["spared"], name: string): boolean =>
  spared !== undefined && Object.hasOwn(spared, name)

/** Of these nodes those that came out otherwise, and for which this one need not be built, since it merely links against them; with their shares. */
export const sparing = (parents: ReadonlyArray<CampaignNode>, name: string): ReadonlyArray<readonly [string, number]> =>
  parents.flatMap(({ differs, name: parent, spared, state }) =>
    state === "done" && differs !== false && isSpared(spared, name) ? [[parent, spared![name]!] as const] : []
  )

/** Whether a node that comes after this one has to be built for its sake. */
export const carries = (
  { differs, lost, name, spared, state }: CampaignNode,
  { by, name: other, trigger }: NodePlan
): boolean =>
  state === "done" && differs !== false && (by === undefined || by.includes(name)) && !isSpared(spared, other)
  // Where nobody knows what is gone, something may be.
  && (trigger !== "vanished" || lost === undefined || lost.includes(other))

/** Whether what becomes of nodes does not change the campaign: it is canceled, or nobody has approved it. */
export const isClosed = ({ state }: Campaign): boolean => state === "canceled" || state === "planned"

/** All nodes that come after this one, at any distance, in the order of the plan. */
export const dependants = ({ nodes }: CampaignPlan, name: string): ReadonlyArray<string> => {
  const reached = new Set([name])
  // Whoever is in a circle with one that is reached is built with it.
  const circles = new Set(nodes.flatMap((node) => node.name === name ? node.circle ?? [] : []))
  for (const node of nodes) {
    const isReached = circles.has(node.circle ?? "") || node.after.some((parent) => reached.has(parent))
    if (!isReached) continue
    reached.add(node.name)
    if (node.circle !== undefined) circles.add(node.circle)
  }
  reached.delete(name)
  return [...reached]
}

/** Nodes behind this one, at any distance, that are neither done nor cut off, in the order of the plan. */
export const waitingFor = ({ nodes, plan }: Campaign, name: string): ReadonlyArray<string> =>
  dependants(plan, name).filter((one) => {
    const node = nodes.get(one)!
    return isOpen(node) || node.state === "blocked"
  })

/** A fresh attempt; what was built before is forgotten. */
export const again = (
  { attempt, falseCut, name, scmurl, sparedBy }: CampaignNode,
  reason: string
): CampaignNode => ({
  name,
  state: "waits",
  reason,
  attempt: attempt + 1,
  builds: [],
  ...(falseCut === undefined ? {} : { falseCut }),
  ...(falseCut === undefined || sparedBy === undefined ? {} : { sparedBy }),
  ...(scmurl === undefined ? {} : { scmurl })
})
