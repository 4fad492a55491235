/** What decisions about campaigns are made of. */
import * as Result from "effect/Result"
import { IllegalTransition } from "../life/IllegalTransition.ts"
import * as LifeChange from "../life/LifeChange.ts"
import { again, type Campaign, type CampaignNode, dependants, isUnderWay, isWaiting } from "./Campaign.ts"
import type { CampaignCommand, CampaignEvent } from "./CampaignEvent.ts"
import { type Change, type Move, settle } from "./CampaignSettling.ts"

/** What an event comes to, or why it cannot happen now. */
export type Decision = Result.Result<Change, IllegalTransition>

/** The event changes nothing. */
export const nothing = (campaign: Campaign): Decision => Result.succeed(LifeChange.none(campaign))

/** The change that a move is, with everything that follows from it, at this time (milliseconds since the epoch). */
export const changed = (before: Campaign, at: number, move: Move): Decision => Result.succeed(settle(before, at, move))

/** The request is refused, in this sentence. */
export const refused = (campaign: Campaign, event: CampaignEvent, message: string): Decision =>
  Result.fail(new IllegalTransition({ state: campaign.state, event: event._tag, message }))

/** The request is refused because the campaign has no such node. */
export const unknown = (campaign: Campaign, event: CampaignEvent, node: string): Decision =>
  refused(campaign, event, `the campaign has no node ${node}`)

/** Module builds of these nodes that have not ended. */
export const callOff = (nodes: ReadonlyArray<CampaignNode>): ReadonlyArray<CampaignCommand> => {
  const builds = nodes.filter(isUnderWay).flatMap((node) => node.builds.map(({ id }) => id))
  return builds.length === 0 ? [] : [{ _tag: "CallOff", builds }]
}

/** These nodes from their beginning, with what was built with them: it may have to be built anew. */
export const afresh = (campaign: Campaign, names: ReadonlyArray<string>, reason: string) => {
  const reached = new Set(names.flatMap((name) => [name, ...dependants(campaign.plan, name)]))
  const all = [...reached].map((name) => campaign.nodes.get(name)!)
    .filter((node) => names.includes(node.name) || !isWaiting(node))
  return { nodes: all.map((one) => again(one, reason)), commands: callOff(all) }
}
