/** The campaign as a life: its parts are nodes. */
import * as Schema from "effect/Schema"
import * as Delays from "../farm/Delays.ts"
import type { Life } from "../life/Life.ts"
import { assemble, type Campaign, CampaignNode, Progress, unborn } from "./Campaign.ts"
import { CampaignCommand, CampaignEvent } from "./CampaignEvent.ts"
import { CampaignPlan } from "./CampaignPlan.ts"
import { decide } from "./CampaignTransition.ts"

/** The type of `campaignLife`. */
export type CampaignLife = Life<
  "campaign",
  CampaignPlan,
  Progress,
  CampaignNode,
  Campaign,
  CampaignEvent,
  CampaignCommand
>

/** Campaigns; several may be under way, since what they build is told apart by the builds themselves. */
export const campaignLife: CampaignLife = {
  name: "campaign",
  codecs: {
    plan: Schema.toCodecJson(CampaignPlan),
    progress: Schema.toCodecJson(Progress),
    part: Schema.toCodecJson(CampaignNode),
    event: Schema.toCodecJson(CampaignEvent),
    command: Schema.toCodecJson(CampaignCommand)
  },
  unborn,
  assemble,
  take: ({ id: _, nodes, plan, ...progress }) => ({ plan, progress, part: (name) => nodes.get(name) }),
  idOf: ({ id }) => id,
  stateOf: ({ state }) => state,
  modifiedAt: ({ modifiedAt }) => modifiedAt,
  place: () => undefined,
  decide,
  delays: { event: Delays.event, of: Delays.of },
  rejected: (command, reason, at, whole) => ({
    _tag: "CommandRejected",
    at,
    command,
    reason,
    ...(whole !== undefined && "node" in whole ? { node: whole.node, attempt: whole.attempt } : {})
  })
}
