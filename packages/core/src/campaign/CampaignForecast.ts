/**
 * When a campaign is expected to be green, with a spread: what is left along its longest way, scaled by how long its own nodes took
 * compared with their builds before. Nothing is said before three nodes were built.
 */
import * as ExpectedTime from "../farm/ExpectedTime.ts"
import { type Campaign, type CampaignNode, isFinished, isOut, isUnderWay } from "./Campaign.ts"
import type { NodePlan } from "./CampaignPlan.ts"

/** The forecast. Times are milliseconds since the epoch. */
export interface CampaignForecast {
  readonly at: number
  readonly earliest: number
  readonly latest: number
  /** Nodes that were built, of which the spread is told. */
  readonly knownRuns: number
  /** The longest way that is left, first to last. */
  readonly critical: ReadonlyArray<string>
  /** What has to be fixed before it can become true. */
  readonly unfixed: ReadonlyArray<string>
}

/** How many times its expected time each node took that was built here, the newest first. */
const factors = ({ nodes, plan }: Campaign): ReadonlyArray<number> =>
  plan.nodes.flatMap(({ name, seconds }) => {
    const { finishedAt, startedAt, state } = nodes.get(name)!
    return state === "done" && startedAt !== undefined && finishedAt !== undefined && finishedAt > startedAt &&
        seconds > 0
      ? [{ finishedAt, factor: (finishedAt - startedAt) / 1000 / seconds }]
      : []
  }).toSorted((a, b) => b.finishedAt - a.finishedAt).map(({ factor }) => factor)

/** Seconds that a node still takes when everything takes so many times what is expected. */
const left = ({ seconds }: NodePlan, node: CampaignNode, factor: number, now: number): number => {
  if (isFinished(node)) return 0
  const gone = isUnderWay(node) && node.startedAt !== undefined ? (now - node.startedAt) / 1000 : 0
  return Math.max(0, seconds * factor - gone)
}

/** Seconds until all is green, at the least: the longest way, or the work over the nodes that may be under way at once. */
const remaining = ({ nodes, plan }: Campaign, factor: number, now: number) => {
  const ends = new Map<string, { readonly seconds: number; readonly before: string | undefined }>()
  let work = 0
  let last: string | undefined
  for (const planned of plan.nodes) {
    const own = left(planned, nodes.get(planned.name)!, factor, now)
    let before: string | undefined
    for (const name of planned.after) {
      if ((ends.get(name)?.seconds ?? 0) > (before === undefined ? 0 : ends.get(before)!.seconds)) before = name
    }
    const seconds = own + (before === undefined ? 0 : ends.get(before)!.seconds)
    ends.set(planned.name, { seconds, before })
    work += own
    if (seconds > (last === undefined ? 0 : ends.get(last)!.seconds)) last = planned.name
  }
  const way: Array<string> = []
  for (let at = last; at !== undefined; at = ends.get(at)!.before) way.unshift(at)
  return { seconds: Math.max(last === undefined ? 0 : ends.get(last)!.seconds, work / Math.max(1, plan.width)), way }
}

/** Of a way at most. */
const mostCritical = 10

/**
 * The forecast at this time (milliseconds since the epoch); `undefined` of campaigns that do not run, and where fewer than three nodes
 * were built. It counts what waits for a fix as if that came now, and nothing more as cut off. Linear.
 */
export const of = (campaign: Campaign, now: number): CampaignForecast | undefined => {
  if (campaign.state !== "running") return undefined
  const found = factors(campaign)
  const usual = ExpectedTime.usual(found)
  if (usual === undefined) return undefined
  const end = (factor: number) => now + 1000 * remaining(campaign, factor, now).seconds
  return {
    at: end(usual.seconds),
    earliest: end(usual.low),
    latest: end(usual.high),
    knownRuns: usual.runs,
    critical: remaining(campaign, usual.seconds, now).way.slice(0, mostCritical),
    unfixed: [...campaign.nodes.values()].filter(isOut).map(({ name }) => name)
  }
}
