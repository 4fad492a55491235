/**
 * How a campaign gets from one state to the next.
 *
 * Every event changes one node or the campaign itself; what follows for all others is `CampaignSettling.settle`, always.
 */
import * as Delays from "../farm/Delays.ts"
import { again, type Campaign, type CampaignNode, isClosed, isUnderWay, type NodeBuild } from "./Campaign.ts"
import * as Audits from "./CampaignAudits.ts"
import { changed, type Decision, nothing } from "./CampaignDecision.ts"
import type { CampaignEvent } from "./CampaignEvent.ts"
import * as Requests from "./CampaignRequests.ts"
import type { Move } from "./CampaignSettling.ts"

type Of<T extends CampaignEvent["_tag"]> = Extract<CampaignEvent, { readonly _tag: T }>

/** What a node's builds make of it; `say` is the reason of the one that moved. */
const following = (
  isScratch: boolean,
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
  if (isAllReady(isScratch, builds)) {
    return [{ ...open, state: "validates", reason: "Ready; its contents are compared" }]
  }
  if (all("done", "ready")) return [{ ...open, state: "validates", reason: `Built; waits for its gate: ${say}` }]
  return [{ ...open, state: "builds", reason: say === "" ? "Module builds are under way" : say }]
}

/** Whether nothing more becomes of these builds: those in scratch pass no gate. */
const isAllReady = (isScratch: boolean, builds: ReadonlyArray<NodeBuild>): boolean =>
  builds.every(({ state }) => state === "ready" || (isScratch && state === "done"))

/** A node with these builds, and what is to be compared once all are ready. */
const withBuilds = (
  campaign: Campaign,
  node: CampaignNode,
  builds: ReadonlyArray<NodeBuild>,
  say: string,
  at: number
): Decision =>
  changed(campaign, at, {
    // A failed build that goes on is what somebody did about it.
    campaign: campaign.nodes.get(node.name)?.state === "failed" ? { ...campaign, fixedAt: at } : campaign,
    nodes: following(campaign.plan.trial !== undefined, node, builds, say, at),
    commands: isAllReady(campaign.plan.trial !== undefined, builds)
      ? [{ _tag: "CompareNode", node: node.name, attempt: node.attempt }]
      : []
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
  const audited = Audits.moved(campaign, node, event)
  if (audited !== undefined) return audited
  const known = node.builds.find(({ id }) => id === event.build)
  if (known === undefined || known.revision >= event.revision || isClosed(campaign)) return nothing(campaign)
  const builds = node.builds.map((build) =>
    build === known ? { id: build.id, revision: event.revision, state: event.state } : build
  )
  // A failed build that people resumed takes its node along; one that is done stays done.
  if (!isUnderWay(node) && node.state !== "failed") return nothing(campaign)
  // What a build says when it is heard of for the first time is news, such as who builds it.
  const isNews = node.state === "builds" && event.reason !== "" && event.reason !== node.reason
  if (known.state === event.state && !isNews) return nothing(campaign)
  return withBuilds(campaign, node, builds, event.reason, event.at)
}

const checkFailed = (campaign: Campaign, node: CampaignNode, event: Of<"CheckFailed">): Decision => {
  const build = node.builds.find(({ id }) => id === event.build)
  return node.state !== "validates" || build?.state !== "done" || isClosed(campaign)
    ? nothing(campaign)
    : failed(campaign, node, event.at, `A check of module build ${event.build} failed: ${event.reason}`)
}

const compared = (campaign: Campaign, node: CampaignNode, event: Of<"NodeCompared">): Decision =>
  node.state !== "validates" || node.attempt !== event.attempt || isClosed(campaign)
    ? nothing(campaign)
    : changed(campaign, event.at, {
      campaign,
      nodes: [{
        ...node,
        state: "done",
        reason: event.reason,
        differs: event.differs,
        ...(event.lost === undefined ? {} : { lost: event.lost }),
        ...(event.spared === undefined ? {} : { spared: event.spared }),
        ...(event.content === undefined ? {} : { content: event.content }),
        finishedAt: event.at
      }]
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

/** The node that the command was for is given up, or taken as different where its contents cannot be compared. */
const rejected = (campaign: Campaign, event: Of<"CommandRejected">): Decision => {
  const node = event.node === undefined ? undefined : campaign.nodes.get(event.node)
  if (isClosed(campaign) || node === undefined || node.attempt !== event.attempt) return nothing(campaign)
  const { at, attempt, command, reason } = event
  if (command === "BeginNode" && node.state === "builds" && node.builds.length === 0) {
    return failed(campaign, node, at, reason)
  }
  if (command === "AuditNode" || command === "JudgeAudit") {
    return Audits.judged(campaign, node, {
      _tag: "AuditJudged",
      at,
      node: node.name,
      attempt,
      verdict: "unknown",
      reason
    })
  }
  return command === "CompareNode"
    ? compared(campaign, node, {
      _tag: "NodeCompared",
      at,
      node: node.name,
      attempt,
      differs: true,
      reason: `Taken as different: ${reason}`
    })
    : nothing(campaign)
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

const fixed = (campaign: Campaign, node: CampaignNode, { at, build }: Of<"NodeFixed">): Decision => {
  const isHere = node.builds.some(({ id }) => id === build.id)
  // What is there for everybody does nothing for what is tried out.
  if (campaign.plan.trial !== undefined) return nothing(campaign)
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
    case "CheckFailed":
      return checkFailed(campaign, node, event)
    case "NodeCompared":
      return compared(campaign, node, event)
    case "AuditBegun":
      return Audits.begun(campaign, node, event)
    case "AuditJudged":
      return Audits.judged(campaign, node, event)
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
      return Requests.approved(campaign, event)
    case "HoldRequested":
      return Requests.hold(campaign, event)
    case "ReleaseRequested":
      return Requests.release(campaign, event)
    case "ClockStruck":
      return Requests.struck(campaign, event.at)
    case "ResumeRequested":
      return Requests.resume(campaign, event)
    case "RestartRequested":
      return Requests.restart(campaign, event)
    case "CancelRequested":
      return Requests.cancel(campaign, event)
    case "Joined":
      return Requests.joined(campaign, event)
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
