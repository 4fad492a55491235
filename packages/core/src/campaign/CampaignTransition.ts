/**
 * How a campaign gets from one state to the next.
 *
 * Every event changes one node or the campaign itself; what follows for all others is `CampaignSettling.settle`, always.
 */
import * as Result from "effect/Result"
import * as Delays from "../farm/Delays.ts"
import { IllegalTransition } from "../life/IllegalTransition.ts"
import * as LifeChange from "../life/LifeChange.ts"
import { type Campaign, type CampaignNode, dependants, type Hold, isUnderWay, type NodeBuild } from "./Campaign.ts"
import type { CampaignCommand, CampaignEvent } from "./CampaignEvent.ts"
import { type Change, type Move, settle } from "./CampaignSettling.ts"

/** What an event comes to, or why it cannot happen now. */
export type Decision = Result.Result<Change, IllegalTransition>
type Of<T extends CampaignEvent["_tag"]> = Extract<CampaignEvent, { readonly _tag: T }>

const nothing = (campaign: Campaign): Decision => Result.succeed(LifeChange.none(campaign))

const changed = (before: Campaign, at: number, move: Move): Decision => Result.succeed(settle(before, at, move))

const refused = (campaign: Campaign, event: CampaignEvent, message: string): Decision =>
  Result.fail(new IllegalTransition({ state: campaign.state, event: event._tag, message }))

const unknown = (campaign: Campaign, event: CampaignEvent, node: string): Decision =>
  refused(campaign, event, `the campaign has no node ${node}`)

/** Ends of the campaign that its nodes' news do not change any more. */
const isClosed = ({ state }: Campaign): boolean => state === "canceled" || state === "planned"

/** A fresh attempt; what was built before is forgotten. */
const again = ({ attempt, name }: CampaignNode, reason: string): CampaignNode => ({
  name,
  state: "waits",
  reason,
  attempt: attempt + 1,
  builds: []
})

/** Module builds of these nodes that have not ended. */
const callOff = (nodes: ReadonlyArray<CampaignNode>): ReadonlyArray<CampaignCommand> => {
  const builds = nodes.filter(isUnderWay).flatMap((node) => node.builds.map(({ id }) => id))
  return builds.length === 0 ? [] : [{ _tag: "CallOff", builds }]
}

/** What a node's builds make of it; `say` is the reason of the one that moved. */
const following = (
  node: CampaignNode,
  builds: ReadonlyArray<NodeBuild>,
  say: string,
  at: number
): Move["nodes"] & {} => {
  const some = (...states: ReadonlyArray<string>) => builds.find(({ state }) => states.includes(state))
  const all = (...states: ReadonlyArray<string>) => builds.every(({ state }) => states.includes(state))
  const lost = some("failed", "garbage")
  const { finishedAt: _, ...rest } = node
  const open = { ...rest, builds }
  if (lost !== undefined) {
    return [{ ...open, state: "failed", reason: `Module build ${lost.id} ${lost.state}: ${say}`, finishedAt: at }]
  }
  if (all("ready")) return [{ ...open, state: "validates", reason: "Ready; its contents are compared" }]
  if (all("done", "ready")) return [{ ...open, state: "validates", reason: `Built; waits for its gate: ${say}` }]
  return [{ ...open, state: "builds", reason: say === "" ? "Module builds are under way" : say }]
}

const isAllReady = (builds: ReadonlyArray<NodeBuild>): boolean => builds.every(({ state }) => state === "ready")

/** A node with these builds, and what is to be compared once all are ready. */
const withBuilds = (
  campaign: Campaign,
  node: CampaignNode,
  builds: ReadonlyArray<NodeBuild>,
  say: string,
  at: number
): Decision =>
  changed(campaign, at, {
    campaign,
    nodes: following(node, builds, say, at),
    commands: isAllReady(builds) ? [{ _tag: "CompareNode", node: node.name, attempt: node.attempt }] : []
  })

const begun = (campaign: Campaign, node: CampaignNode, { at, attempt, builds }: Of<"NodeBegun">): Decision => {
  if (isClosed(campaign) || attempt !== node.attempt || node.state !== "builds") {
    // Canceled meanwhile, or given another attempt: nobody wants these.
    const own = new Set(node.builds.map(({ id }) => id))
    const stray = builds.flatMap(({ id }) => own.has(id) ? [] : [id])
    return stray.length === 0 || !isClosed(campaign)
      ? nothing(campaign)
      : changed(campaign, at, { campaign, commands: [{ _tag: "CallOff", builds: stray }] })
  }
  if (node.builds.length > 0) return nothing(campaign)
  if (builds.length === 0) return failed(campaign, node, at, "Nothing was submitted")
  return withBuilds(campaign, node, builds, "", at)
}

const failed = (campaign: Campaign, node: CampaignNode, at: number, reason: string): Decision =>
  changed(campaign, at, { campaign, nodes: [{ ...node, state: "failed", reason, finishedAt: at }] })

const moved = (campaign: Campaign, node: CampaignNode, event: Of<"BuildMoved">): Decision => {
  const known = node.builds.find(({ id }) => id === event.build)
  if (known === undefined || known.revision >= event.revision || isClosed(campaign)) return nothing(campaign)
  const builds = node.builds.map((build) =>
    build === known ? { id: build.id, revision: event.revision, state: event.state } : build
  )
  // A failed build that people resumed takes its node along; one that is done stays done.
  if (!isUnderWay(node) && node.state !== "failed") return nothing(campaign)
  if (known.state === event.state) return nothing(campaign)
  return withBuilds(campaign, node, builds, event.reason, event.at)
}

const compared = (campaign: Campaign, node: CampaignNode, event: Of<"NodeCompared">): Decision =>
  node.state !== "validates" || node.attempt !== event.attempt || isClosed(campaign)
    ? nothing(campaign)
    : changed(campaign, event.at, {
      campaign,
      nodes: [{ ...node, state: "done", reason: event.reason, differs: event.differs, finishedAt: event.at }]
    })

const gateDecided = (campaign: Campaign, node: CampaignNode, event: Of<"GateDecided">): Decision => {
  if (node.state !== "done" || isClosed(campaign)) return nothing(campaign)
  const { regressed, ...rest } = node
  if (event.satisfied) {
    return regressed === undefined ? nothing(campaign) : changed(campaign, event.at, { campaign, nodes: [rest] })
  }
  return regressed === event.reason
    ? nothing(campaign)
    : changed(campaign, event.at, { campaign, nodes: [{ ...rest, regressed: event.reason }] })
}

const hold = (campaign: Campaign, event: Of<"HoldRequested">): Decision => {
  const { at, by, node, until, why } = event
  const said = why === "" ? "" : `: ${why}`
  if (node === undefined) {
    return campaign.state === "running"
      ? changed(campaign, at, { campaign: { ...campaign, state: "paused", reason: `Paused by ${by}${said}` } })
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

const release = (campaign: Campaign, event: Of<"ReleaseRequested">): Decision => {
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

const struck = (campaign: Campaign, at: number): Decision => {
  const holds = campaign.holds.filter(({ until }) => until === undefined || until > at)
  return holds.length === campaign.holds.length
    ? nothing(campaign)
    : changed(campaign, at, { campaign: { ...campaign, holds } })
}

const resume = (campaign: Campaign, event: Of<"ResumeRequested">): Decision => {
  const { at, by } = event
  if (campaign.state !== "failed" && campaign.state !== "canceled") {
    return refused(campaign, event, `a campaign that is ${campaign.state} cannot be resumed`)
  }
  const reason = `Resumed by ${by}`
  const nodes = [...campaign.nodes.values()].filter(({ state }) => state === "failed").map((one) => again(one, reason))
  return changed(campaign, at, {
    campaign: { ...campaign, state: "running", reason, approvedBy: campaign.approvedBy ?? by },
    nodes
  })
}

const restart = (campaign: Campaign, event: Of<"RestartRequested">): Decision => {
  const { at, by, node: name } = event
  const node = campaign.nodes.get(name)
  if (node === undefined) return unknown(campaign, event, name)
  if (isClosed(campaign)) return refused(campaign, event, `a campaign that is ${campaign.state} builds nothing`)
  const reason = `Begun again by ${by}`
  // What was built with the former attempt may have to be built anew.
  const behind = dependants(campaign.plan, name).flatMap((one) => {
    const found = campaign.nodes.get(one)!
    return found.state === "waits" || found.state === "blocked" || found.state === "held" ? [] : [found]
  })
  const all = [node, ...behind]
  return changed(campaign, at, {
    campaign: campaign.state === "paused" ? campaign : { ...campaign, state: "running", reason },
    nodes: all.map((one) => again(one, reason)),
    commands: callOff(all)
  })
}

const cancel = (campaign: Campaign, { at, by }: Of<"CancelRequested">): Decision => {
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

/** The node that the command was for is given up, or taken as different where its contents cannot be compared. */
const rejected = (campaign: Campaign, { at, command, reason }: Of<"CommandRejected">): Decision => {
  if (isClosed(campaign)) return nothing(campaign)
  const nodes = [...campaign.nodes.values()]
  if (command === "BeginNode") {
    const stuck = nodes.find(({ builds, state }) => state === "builds" && builds.length === 0)
    return stuck === undefined ? nothing(campaign) : failed(campaign, stuck, at, reason)
  }
  const stuck = command === "CompareNode"
    ? nodes.find(({ builds, state }) => state === "validates" && isAllReady(builds))
    : undefined
  return stuck === undefined ? nothing(campaign) : compared(campaign, stuck, {
    _tag: "NodeCompared",
    at,
    node: stuck.name,
    attempt: stuck.attempt,
    differs: true,
    reason: `Taken as different: ${reason}`
  })
}

const submitted = (campaign: Campaign, at: number): Decision => {
  if (campaign.createdAt !== 0) return nothing(campaign)
  const { automatic, by } = campaign.plan
  return changed(campaign, at, {
    campaign: automatic
      ? { ...campaign, state: "running", reason: "Small enough to need no approval", approvedBy: by }
      : { ...campaign, reason: "Waits to be approved" }
  })
}

const approved = (campaign: Campaign, event: Of<"Approved">): Decision =>
  campaign.state === "planned"
    ? changed(campaign, event.at, {
      campaign: { ...campaign, state: "running", reason: `Approved by ${event.by}`, approvedBy: event.by }
    })
    : refused(campaign, event, `a campaign that is ${campaign.state} cannot be approved`)

const fixed = (campaign: Campaign, node: CampaignNode, { at, build }: Of<"NodeFixed">): Decision => {
  const isHere = node.builds.some(({ id }) => id === build.id)
  if (node.state !== "failed" || isHere || isClosed(campaign)) return nothing(campaign)
  const next = { ...again(node, ""), startedAt: node.startedAt ?? at }
  return withBuilds(campaign, next, [build], `Module build ${build.id} does what failed`, at)
}

/** News of one node; about a node that the campaign does not have they say nothing. */
const ofNode = (campaign: Campaign, event: CampaignEvent & { readonly node: string }): Decision => {
  const node = campaign.nodes.get(event.node)
  if (node === undefined) return nothing(campaign)
  switch (event._tag) {
    case "NodeBegun":
      return begun(campaign, node, event)
    case "NodeRefused":
      return node.state !== "builds" || node.attempt !== event.attempt || node.builds.length > 0
        ? nothing(campaign)
        : failed(campaign, node, event.at, event.reason)
    case "BuildMoved":
      return moved(campaign, node, event)
    case "NodeCompared":
      return compared(campaign, node, event)
    case "NodeFixed":
      return fixed(campaign, node, event)
    case "GateDecided":
      return gateDecided(campaign, node, event)
    default:
      return nothing(campaign)
  }
}

/** What follows from an event. News that do not fit change nothing; requests that do not fit are refused, as failures. */
export const decide = (campaign: Campaign, event: CampaignEvent): Decision => {
  switch (event._tag) {
    case "Submitted":
      return submitted(campaign, event.at)
    case "Approved":
      return approved(campaign, event)
    case "HoldRequested":
      return hold(campaign, event)
    case "ReleaseRequested":
      return release(campaign, event)
    case "ClockStruck":
      return struck(campaign, event.at)
    case "ResumeRequested":
      return resume(campaign, event)
    case "RestartRequested":
      return restart(campaign, event)
    case "CancelRequested":
      return cancel(campaign, event)
    case "CommandRejected":
      return rejected(campaign, event)
    case "CommandDelayed": {
      const next = Delays.tell(campaign, event, campaign.state !== "running" && campaign.state !== "paused")
      return next === undefined ? nothing(campaign) : changed(campaign, event.at, { campaign: next.state })
    }
    default:
      return ofNode(campaign, event)
  }
}
