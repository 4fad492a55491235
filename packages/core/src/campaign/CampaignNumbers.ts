/** What a campaign came to in numbers: what was avoided, how right that was, and how close to the shortest time it came. */
import * as CutOffAudit from "../rebuild/CutOffAudit.ts"
import { type Campaign, type CampaignNode } from "./Campaign.ts"
import * as CampaignSample from "./CampaignSample.ts"

/** The numbers; times in seconds, shares from 0 to 1, absent where nothing says them yet. */
export interface CampaignNumbers {
  readonly built: number
  readonly cut: number
  /** Seconds of work that were expected and avoided. */
  readonly avoided: number
  /** Of the nodes that are decided, those that were cut off. */
  readonly cutRate?: number
  /** Cut-offs that were looked at by building what was cut off, and those of them that were wrong. */
  readonly audited: number
  readonly falseCuts: number
  /** False ones of those that were looked at. */
  readonly falseCutRate?: number
  /** Above this share the truth lies with 5 % likelihood at most; 1 where none was looked at. */
  readonly falseCutBound: number
  /** From its first build to now or its end. */
  readonly makespan?: number
  /** No schedule is shorter: the longest chain of what was built, or its work over the nodes that may be under way at once. */
  readonly bound?: number
  /** Makespan over bound; only of campaigns that are done, and were never stopped by a failure. */
  readonly overBound?: number
  /** From the last fix of what had failed until everything was done. */
  readonly fixToGreen?: number
}

/** Seconds that a node took, as far as it has come; 0 of one that did not begin. */
const took = ({ finishedAt, startedAt }: CampaignNode, now: number): number =>
  startedAt === undefined ? 0 : Math.max(0, (finishedAt ?? now) - startedAt) / 1000

const bound = ({ nodes, plan }: Campaign, now: number): number => {
  const ends = new Map<string, number>()
  let work = 0
  let longest = 0
  for (const { after, name } of plan.nodes) {
    const node = nodes.get(name)!
    const own = node.state === "cut" ? 0 : took(node, now)
    const end = own + after.reduce((latest, parent) => Math.max(latest, ends.get(parent) ?? 0), 0)
    ends.set(name, end)
    work += own
    longest = Math.max(longest, end)
  }
  return Math.max(longest, work / plan.width)
}

/** The numbers of a campaign; `now` in milliseconds since the epoch. Linear. */
export const of = (campaign: Campaign, now: number): CampaignNumbers => {
  const nodes = [...campaign.nodes.values()]
  const built = nodes.filter(({ state }) => state === "done").length
  const cut = nodes.filter(({ state }) => state === "cut").length
  const avoided = campaign.plan.nodes.reduce(
    (sum, { name, seconds }) => campaign.nodes.get(name)!.state === "cut" ? sum + seconds : sum,
    0
  )
  const end = campaign.completedAt ?? now
  const first = nodes.reduce((least, { startedAt }) => Math.min(least, startedAt ?? Infinity), Infinity)
  const least = first === Infinity ? 0 : bound(campaign, end)
  const makespan = (end - first) / 1000
  const { fixedAt } = campaign
  const { audited, falseCuts } = CampaignSample.found(campaign)
  return {
    built,
    cut,
    avoided,
    audited,
    falseCuts,
    ...(audited === 0 ? {} : { falseCutRate: falseCuts / audited }),
    falseCutBound: CutOffAudit.upperBound(falseCuts, audited),
    ...(built + cut === 0 ? {} : { cutRate: cut / (built + cut) }),
    ...(first === Infinity ? {} : { makespan, bound: least }),
    ...(campaign.state === "done" && fixedAt === undefined && least > 0 ? { overBound: makespan / least } : {}),
    ...(campaign.state === "done" && fixedAt !== undefined ? { fixToGreen: Math.max(0, end - fixedAt) / 1000 } : {})
  }
}
