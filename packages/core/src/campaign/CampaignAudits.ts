/**
 * Whether it was right to cut nodes off: some are built all the same, in scratch, and what comes out is compared with what was taken for them.
 *
 * That goes on beside the campaign and holds up nothing. A node that comes out otherwise is built as it should have been, with
 * everything that comes after it.
 */
import { type Campaign, type CampaignNode, isClosed, type NodeAudit, type NodeBuild } from "./Campaign.ts"
import { afresh, changed, type Decision, nothing } from "./CampaignDecision.ts"
import type { CampaignEvent } from "./CampaignEvent.ts"

type Of<T extends CampaignEvent["_tag"]> = Extract<CampaignEvent, { readonly _tag: T }>

const isOver = ({ state }: NodeBuild): boolean => ["done", "ready", "failed", "garbage"].includes(state)

const noted = (campaign: Campaign, node: CampaignNode, at: number, audit: NodeAudit): Decision =>
  changed(campaign, at, {
    campaign,
    nodes: [{ ...node, audit }],
    commands: audit.state === "builds" && audit.builds.every(isOver)
      ? [{ _tag: "JudgeAudit", node: node.name, attempt: node.attempt }]
      : []
  })

/** The audit of this node, while it is cut off and the event is about this attempt. */
const current = (campaign: Campaign, node: CampaignNode, attempt: number): NodeAudit | undefined =>
  node.state === "cut" && node.attempt === attempt && !isClosed(campaign) ? node.audit : undefined

/** Its builds are there. */
export const begun = (campaign: Campaign, node: CampaignNode, { at, attempt, builds }: Of<"AuditBegun">): Decision =>
  current(campaign, node, attempt)?.state !== "asked"
    ? nothing(campaign)
    : noted(campaign, node, at, { state: "builds", reason: "Is built all the same", builds })

/** One of its builds is in another state; undefined where the build is none of an audit that goes on. */
export const moved = (campaign: Campaign, node: CampaignNode, event: Of<"BuildMoved">): Decision | undefined => {
  const audit = current(campaign, node, node.attempt)
  const known = audit?.builds.find(({ id }) => id === event.build)
  if (audit?.state !== "builds" || known === undefined) return undefined
  if (known.revision >= event.revision || known.state === event.state) return nothing(campaign)
  const next = { id: known.id, revision: event.revision, state: event.state }
  return noted(campaign, node, event.at, {
    ...audit,
    builds: audit.builds.map((one) => one === known ? next : one)
  })
}

/** What it came to: where something differs, the node is begun afresh with all that comes after it. */
export const judged = (campaign: Campaign, node: CampaignNode, event: Of<"AuditJudged">): Decision => {
  const audit = current(campaign, node, event.attempt)
  if (audit === undefined || audit.state === "same" || audit.state === "unknown") return nothing(campaign)
  if (event.verdict !== "differs") {
    return noted(campaign, node, event.at, { ...audit, state: event.verdict, reason: event.reason })
  }
  const reason = `An audit found that it should have been built: ${event.reason}`
  const { commands, nodes } = afresh(campaign, [node.name], reason)
  return changed(campaign, event.at, {
    campaign,
    commands,
    nodes: nodes.map((one) =>
      one.name === node.name
        ? { ...one, falseCut: reason, ...(node.sparedBy === undefined ? {} : { sparedBy: node.sparedBy }) }
        : one
    )
  })
}
