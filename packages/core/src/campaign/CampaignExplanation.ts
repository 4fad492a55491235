/** Why a campaign is where it is, and what it has spared so far. */
import * as Delays from "../farm/Delays.ts"
import { type Campaign, type CampaignNode, isOut, isUnderWay, waitingFor } from "./Campaign.ts"
import * as CampaignCircles from "./CampaignCircles.ts"
import * as CampaignNumbers from "./CampaignNumbers.ts"
import { type Estimate, estimate, type NodePlan } from "./CampaignPlan.ts"

/** One node with what it waits for and what waits for it. */
export interface NodeExplanation {
  readonly plan: NodePlan
  readonly node: CampaignNode
  /** Of a node that holds others up, those behind it at any distance that are not finished; of others none. */
  readonly waiting: ReadonlyArray<string>
}

/** Why a campaign is where it is. */
export interface CampaignExplanation {
  readonly estimate: Estimate
  readonly numbers: CampaignNumbers.CampaignNumbers
  /** What has to happen next, one sentence each. */
  readonly waitsFor: ReadonlyArray<string>
  /** Nodes that did not come to rest, each with the one that came out otherwise since it was built. */
  readonly oscillating: ReadonlyArray<readonly [string, string]>
  readonly nodes: ReadonlyArray<NodeExplanation>
}

/** Whether this very node is what others wait for: it is out, or held. */
const holdsUp = ({ holds, nodes }: Campaign, name: string): boolean =>
  isOut(nodes.get(name)!) || holds.some(({ node }) => node === name)

const sentences = (campaign: Campaign): ReadonlyArray<string> => {
  if (campaign.state === "planned") return ["Somebody has to approve it."]
  if (campaign.state === "paused") return ["Somebody has to let it go on."]
  const nodes = [...campaign.nodes.values()]
  return nodes.flatMap((node) =>
    isOut(node)
      ? [`${node.name} has to be fixed: ${node.regressed ?? node.reason}.`]
      : isUnderWay(node)
      ? [`${node.name}: ${node.reason}.`]
      : []
  )
}

/** The explanation; `now` in milliseconds since the epoch. */
export const explain = (campaign: Campaign, now: number): CampaignExplanation => {
  const nodes = campaign.plan.nodes.map((plan): NodeExplanation => ({
    plan,
    node: campaign.nodes.get(plan.name)!,
    waiting: holdsUp(campaign, plan.name) ? waitingFor(campaign, plan.name) : []
  }))
  return {
    estimate: estimate(campaign.plan),
    numbers: CampaignNumbers.of(campaign, now),
    waitsFor: [...Delays.sentences(campaign), ...sentences(campaign)],
    oscillating: CampaignCircles.oscillating(campaign),
    nodes
  }
}
