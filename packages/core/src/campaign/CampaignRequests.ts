/** What people ask of a campaign: to begin, to hold, to go on, to end. What does not fit is refused in a sentence. */
import { again, type Campaign, type CampaignNode, type Hold, isClosed, isUnderWay, isWaiting } from "./Campaign.ts"
import { afresh, callOff, changed, type Decision, nothing, refused, unknown } from "./CampaignDecision.ts"
import type { CampaignEvent } from "./CampaignEvent.ts"

type Of<T extends CampaignEvent["_tag"]> = Extract<CampaignEvent, { readonly _tag: T }>

/** Lets a planned campaign begin. */
export const approved = (campaign: Campaign, event: Of<"Approved">): Decision =>
  campaign.state === "planned"
    ? changed(campaign, event.at, {
      campaign: { ...campaign, state: "running", reason: `Approved by ${event.by}`, approvedBy: event.by }
    })
    : refused(campaign, event, `a campaign that is ${campaign.state} cannot be approved`)

/** Holds a node with all that comes after it, or pauses the campaign. */
export const hold = (campaign: Campaign, event: Of<"HoldRequested">): Decision => {
  const { at, by, node, until, why } = event
  const said = why === "" ? "" : `: ${why}`
  if (node === undefined) {
    const { stopped: _, ...rest } = campaign
    return campaign.state === "running" || campaign.stopped !== undefined
      ? changed(campaign, at, { campaign: { ...rest, state: "paused", reason: `Paused by ${by}${said}` } })
      : refused(campaign, event, `a campaign that is ${campaign.state} cannot be paused`)
  }
  if (!campaign.nodes.has(node)) return unknown(campaign, event, node)
  if (campaign.state === "canceled" || campaign.state === "done") {
    return refused(campaign, event, `a campaign that is ${campaign.state} holds nothing`)
  }
  const made: Hold = { node, by, why, ...(until === undefined ? {} : { until }) }
  const holds = [...campaign.holds.filter((one) => one.node !== node), made]
  return changed(campaign, at, {
    campaign: { ...campaign, holds },
    commands: until === undefined ? [] : [{ _tag: "Strike", at: until }]
  })
}

/** Ends holds, and without a node the pause as well. */
export const release = (campaign: Campaign, event: Of<"ReleaseRequested">): Decision => {
  const { at, by, node } = event
  if (node !== undefined && !campaign.nodes.has(node)) return unknown(campaign, event, node)
  const holds = node === undefined ? [] : campaign.holds.filter((one) => one.node !== node)
  const resumes = node === undefined && campaign.state === "paused"
  if (!resumes && holds.length === campaign.holds.length) return nothing(campaign)
  const next: Campaign = { ...campaign, holds }
  return changed(campaign, at, {
    campaign: resumes ? { ...next, state: "running", reason: `Goes on, for ${by}` } : next
  })
}

/** Ends the holds whose time is over, at this time (milliseconds since the epoch). */
export const struck = (campaign: Campaign, at: number): Decision => {
  const holds = campaign.holds.filter(({ until }) => until === undefined || until > at)
  return holds.length === campaign.holds.length
    ? nothing(campaign)
    : changed(campaign, at, { campaign: { ...campaign, holds } })
}

/** Gives what failed another attempt, and ends a pause. */
export const resume = (campaign: Campaign, event: Of<"ResumeRequested">): Decision => {
  const { at, by } = event
  if (campaign.state !== "failed" && campaign.state !== "canceled" && campaign.state !== "paused") {
    return refused(campaign, event, `a campaign that is ${campaign.state} cannot be resumed`)
  }
  const reason = `Resumed by ${by}`
  const nodes = [...campaign.nodes.values()].filter(({ state }) => state === "failed").map((one) => again(one, reason))
  return changed(campaign, at, {
    campaign: {
      ...campaign,
      state: "running",
      reason,
      approvedBy: campaign.approvedBy ?? by,
      ...(nodes.length === 0 ? {} : { fixedAt: at })
    },
    nodes
  })
}

/** Whether these changes can become part of it: it has all that they reach, and none of that has begun, or it has failed. */
export const isJoinable = ({ nodes, state }: Campaign, reached: Iterable<string>): boolean =>
  (state === "running" || state === "paused" || state === "failed")
  && [...reached].every((name) => {
    const found = nodes.get(name)
    return found !== undefined && (isWaiting(found) || found.state === "failed")
  })

/** Makes further changes part of the campaign: what they are about is built from what they say, what failed is built again. */
export const joined = (campaign: Campaign, { at, by, causes, nodes }: Of<"Joined">): Decision => {
  if (isClosed(campaign)) return nothing(campaign)
  const known = nodes.filter(({ name }) => campaign.nodes.has(name))
  const begun = known.map(({ name }) => name).filter((name) => !isWaiting(campaign.nodes.get(name)!))
  const anew = afresh(campaign, begun, `Changed by ${by}`)
  const next = new Map(anew.nodes.map((node) => [node.name, node]))
  for (const { name, scmurl } of known) next.set(name, { ...(next.get(name) ?? campaign.nodes.get(name)!), scmurl })
  const isFix = begun.some((name) => campaign.nodes.get(name)!.state === "failed")
  return changed(campaign, at, {
    campaign: {
      ...campaign,
      joined: [...(campaign.joined ?? []), ...causes],
      ...(isFix ? { fixedAt: at } : {})
    },
    nodes: [...next.values()],
    commands: anew.commands
  })
}

/** Builds one node again, and what was built with it. */
export const restart = (campaign: Campaign, event: Of<"RestartRequested">): Decision => {
  const { at, by, node: name } = event
  const node = campaign.nodes.get(name)
  if (node === undefined) return unknown(campaign, event, name)
  if (isClosed(campaign)) return refused(campaign, event, `a campaign that is ${campaign.state} builds nothing`)
  const reason = `Begun again by ${by}`
  return changed(campaign, at, {
    campaign: {
      ...campaign,
      ...(campaign.state === "paused" ? {} : { state: "running", reason }),
      ...(node.state === "failed" ? { fixedAt: at } : {})
    },
    ...afresh(campaign, [name], reason)
  })
}

/** Ends the campaign and its builds. */
export const cancel = (campaign: Campaign, { at, by }: Of<"CancelRequested">): Decision => {
  if (campaign.state === "canceled") return nothing(campaign)
  const reason = `Canceled by ${by}`
  const underWay = [...campaign.nodes.values()].filter(isUnderWay)
  const waiting = [...campaign.nodes.values()].filter(({ state }) => state === "waits" || state === "held")
  return changed(campaign, at, {
    campaign: { ...campaign, state: "canceled", reason, holds: [], completedAt: at },
    nodes: [
      ...underWay.map((node): CampaignNode => ({ ...node, state: "failed", reason, finishedAt: at })),
      ...waiting.map((node): CampaignNode => ({ ...node, state: "blocked", reason }))
    ],
    commands: callOff(underWay)
  })
}
