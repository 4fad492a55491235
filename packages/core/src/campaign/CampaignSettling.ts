/**
 * What follows in a campaign once one node changed: which nodes begin, which are cut off, blocked or held, and whether it has ended.
 *
 * One pass in the order of the plan is enough, since nothing depends on what comes later, but in circles: those that go on have another
 * one. Whatever happened, this is what makes a node go on, so none waits for a parent that is finished.
 */
import * as LifeChange from "../life/LifeChange.ts"
import * as NameList from "../NameList.ts"
import * as DispatchOrder from "../rebuild/DispatchOrder.ts"
import {
  again,
  type Campaign,
  type CampaignNode,
  carries,
  dependants,
  isClosed,
  isFinished,
  isOpen,
  isOut,
  isUnderWay,
  isWaiting,
  sparing
} from "./Campaign.ts"
import * as CampaignCircles from "./CampaignCircles.ts"
import type { CampaignCommand } from "./CampaignEvent.ts"
import { downstream, type NodePlan } from "./CampaignPlan.ts"
import * as CampaignSample from "./CampaignSample.ts"

/** What an event changed, what is to be done, and what is to be told. */
export type Change = LifeChange.Change<Campaign, CampaignCommand>

/** A campaign as it is to be, before what follows. */
export interface Move {
  readonly campaign: Campaign
  readonly nodes?: ReadonlyArray<CampaignNode>
  readonly commands?: ReadonlyArray<CampaignCommand>
}

const stateTold = (campaign: Campaign) => ({
  topic: "campaign.state",
  subject: `campaign/${campaign.id}`,
  body: { id: campaign.id, state: campaign.state, state_reason: campaign.reason, owner: campaign.plan.by }
})

const nodeTold = ({ id }: Campaign, node: CampaignNode) => ({
  topic: "campaign.node",
  subject: `campaign/${id}/${node.name}`,
  body: {
    campaign: id,
    node: node.name,
    state: node.state,
    state_reason: node.reason,
    attempt: node.attempt,
    builds: node.builds.map((build) => build.id),
    regressed: node.regressed ?? null
  }
})

const isStuck = (node: CampaignNode): boolean => isOut(node) || node.state === "blocked"

/** Whether a node was already out for the same reason: nobody is told twice of one. */
const isSameCause = (was: CampaignNode, is: CampaignNode): boolean =>
  isOut(was) && was.attempt === is.attempt && was.regressed === is.regressed && was.reason === is.reason

const stuckReason = (node: CampaignNode): string =>
  node.regressed === undefined ? `${node.name} ${node.state}` : `${node.name} regressed: ${node.regressed}`

/** Why a node that has not begun is where it is; `ready` means that it may begin. */
const standing = (
  campaign: Campaign,
  nodes: ReadonlyMap<string, CampaignNode>,
  held: ReadonlyMap<string, string>,
  leftOut: ReadonlySet<string>,
  plan: NodePlan,
  circles: CampaignCircles.Circles
): { readonly state: CampaignNode["state"] | "ready"; readonly reason: string } => {
  const all = plan.after.flatMap((name) => nodes.get(name) ?? [])
  const parents = all.filter(({ name }) => !leftOut.has(name))
  const restless = parents.flatMap(({ name }) => circles.restless(plan, name, nodes))
  const stuck = [...new Set([...parents, ...restless])].filter(isStuck)
  if (stuck.length > 0) return { state: "blocked", reason: NameList.shorten(stuck.map(stuckReason)) }
  const hold = held.get(plan.name)
  if (hold !== undefined) return { state: "held", reason: hold }
  const open = [...new Set([...parents, ...restless])].filter((node) => !isFinished(node))
  if (open.length > 0) {
    return { state: "waits", reason: `Waits for ${NameList.shorten(open.map(({ name }) => name))}` }
  }
  const { falseCut, round } = nodes.get(plan.name)!
  const isBuiltAnyway = plan.changed || falseCut !== undefined || round !== undefined
  const isReachedByOthers = all.length > 0 || plan.circle !== undefined
  if (!isBuiltAnyway && isReachedByOthers && !parents.some((one) => carries(one, plan))) {
    const missing = all.filter(({ name }) => leftOut.has(name))
    if (missing.length > 0) return { state: "blocked", reason: NameList.shorten(missing.map(stuckReason)) }
    const spared = sparing(parents, plan.name).map(([name]) => name)
    return {
      state: "cut",
      reason: plan.trigger === "vanished"
        ? "Nothing is gone that it needs"
        : spared.length > 0
        ? `It merely links against ${NameList.shorten(spared)}, which has the interface that it had`
        : "Nothing that it is built with changed"
    }
  }
  return campaign.state === "running"
    ? { state: "ready", reason: falseCut ?? plan.why }
    : { state: "waits", reason: `The campaign is ${campaign.state}` }
}

/** Why nodes are held, by name; those behind a held one are held with it. */
const heldNodes = ({ holds, plan }: Campaign): ReadonlyMap<string, string> => {
  const held = new Map(holds.map(({ by, node, why }) => [node, `Held by ${by}${why === "" ? "" : `: ${why}`}`]))
  if (held.size === 0) return held
  for (const { after, name } of plan.nodes) {
    const parent = held.has(name) ? undefined : after.find((one) => held.has(one))
    if (parent !== undefined) held.set(name, `Behind ${parent}, which is held`)
  }
  return held
}

const isEnded = ({ state }: Campaign): boolean => state === "failed" || state === "done"

const ended = (campaign: Campaign): Pick<Campaign, "reason" | "state"> => {
  const all = [...campaign.nodes.values()]
  const failed = all.filter(isOut)
  const blocked = all.filter(({ state }) => state === "blocked").length
  if (failed.length > 0) {
    const names = NameList.shorten(failed.map(({ name }) => name))
    const waiting = blocked === 1 ? "1 node waits" : `${blocked} nodes wait`
    return { state: "failed", reason: `${names} failed; ${waiting} for that` }
  }
  const cut = all.filter(({ state }) => state === "cut").length
  const restless = CampaignCircles.oscillating(campaign).map(([one, other]) => `${one} with ${other}`)
  const said = restless.length === 0 ? "" : `; these did not come to rest: ${NameList.shorten(restless)}`
  const done = all.length - cut
  const counted = `${done} ${done === 1 ? "node is" : "nodes are"} done, ${cut} ${cut === 1 ? "was" : "were"} cut off`
  return { state: "done", reason: `${counted}${said}` }
}

/** Whether the campaign goes on without it: its own sources changed, it failed, and the plan says so. */
const isLeftOut = ({ plan: { onFailure } }: Campaign, plan: NodePlan, node: CampaignNode): boolean =>
  onFailure === "leave-out" && plan.changed && node.state === "failed"

/** What was built without a node that is no longer left out, to be built with it. */
const comeBack = (before: Campaign, nodes: ReadonlyMap<string, CampaignNode>): ReadonlyArray<CampaignNode> => {
  const { plan } = before
  const back = plan.nodes.filter((one) =>
    isLeftOut(before, one, before.nodes.get(one.name)!) && nodes.get(one.name)!.state !== "failed"
  )
  const behind = new Set(back.flatMap(({ name }) => dependants(plan, name)))
  return [...behind].flatMap((name) => {
    const { state } = nodes.get(name)!
    return state === "done" || state === "cut" ? [again(nodes.get(name)!, "Built without what is fixed now")] : []
  })
}

/** The campaign, paused by a failure or let go by the end of one, where the plan says `stop`. */
const halted = (before: Campaign, campaign: Campaign, nodes: ReadonlyMap<string, CampaignNode>): Campaign => {
  const { onFailure, nodes: plans } = campaign.plan
  if (onFailure !== "stop") return campaign
  const out = plans.filter(({ changed, name }) => changed && nodes.get(name)!.state === "failed")
  const fresh = out.find(({ name }) => before.nodes.get(name)!.state !== "failed")
  if (fresh !== undefined && campaign.state === "running") {
    return { ...campaign, state: "paused", stopped: fresh.name, reason: `Paused because ${fresh.name} failed` }
  }
  if (campaign.stopped === undefined || out.length > 0 || campaign.state !== "paused") return campaign
  const { stopped, ...rest } = campaign
  return { ...rest, state: "running", reason: `${stopped} goes on` }
}

/** Everything that follows from the move, at this time (milliseconds since the epoch). */
export const settle = (before: Campaign, at: number, move: Move): Change => {
  const nodes = new Map(move.campaign.nodes)
  for (const node of move.nodes ?? []) nodes.set(node.name, node)
  for (const node of comeBack(before, nodes)) nodes.set(node.name, node)
  let circles = CampaignCircles.make(before.plan)
  if (!isClosed(move.campaign)) { for (const node of circles.due(nodes)) nodes.set(node.name, node) }
  const commands = [...(move.commands ?? [])]
  let campaign = halted(before, move.campaign, nodes)
  const isLive = !isClosed(campaign)
  // A node of an ended campaign that goes on takes the campaign with it.
  if (isEnded(campaign) && [...nodes.values()].some(isUnderWay)) {
    campaign = { ...campaign, state: "running", reason: "Goes on" }
  }
  const held = heldNodes(campaign)
  let ready: Array<NodePlan> = []
  const pass = () => {
    const leftOut = new Set<string>()
    ready = []
    for (const plan of campaign.plan.nodes) {
      const node = nodes.get(plan.name)!
      if (isLeftOut(campaign, plan, node)) leftOut.add(plan.name)
      if (!isWaiting(node)) continue
      // What a failed campaign does not wait for any more goes on.
      const { reason, state } = standing(
        { ...campaign, state: isEnded(campaign) ? "running" : campaign.state },
        nodes,
        held,
        leftOut,
        plan,
        circles
      )
      // Only what was left out reaches it: to those behind it, it is what it was.
      if (state === "blocked" && plan.after.every((name) => leftOut.has(name) || !isStuck(nodes.get(name)!))) {
        leftOut.add(plan.name)
      }
      if (state === "ready") ready.push(plan)
      const next = state === "ready" ? "waits" : state
      if (node.state !== next || node.reason !== reason) {
        const spared = next === "cut" ? sparing(plan.after.map((name) => nodes.get(name)!), plan.name) : []
        const audited = next === "cut"
          ? CampaignSample.asked(campaign, node, Math.max(0, ...spared.map(([, share]) => share)))
          : undefined
        if (audited !== undefined) commands.push(audited.command)
        nodes.set(plan.name, {
          ...node,
          state: next,
          reason,
          ...(next === "cut" ? { finishedAt: at, ...circles.noteCut(plan, nodes), ...audited?.node } : {}),
          ...(spared.length > 0 ? { sparedBy: spared.map(([name]) => name) } : {})
        })
      }
    }
  }
  if (isLive) {
    pass()
    // What was cut off can be the last that its circle waited for. Rounds are bounded, so this ends.
    for (let due = circles.due(nodes); due.length > 0; due = circles.due(nodes)) {
      for (const node of due) nodes.set(node.name, node)
      circles = CampaignCircles.make(before.plan)
      pass()
    }
    const lengths = downstream(campaign.plan)
    const free = campaign.plan.width - [...nodes.values()].filter(isUnderWay).length
    // The longest chain first: a short one can be built beside it later.
    const order = DispatchOrder.sort(
      ready.map(({ name }) => ({
        name,
        class: "mass",
        owner: campaign.plan.by,
        downstream: lengths.get(name)!,
        since: 0
      })),
      () => 0
    )
    const plans = new Map(ready.map((plan) => [plan.name, plan]))
    for (const [place, { name }] of order.entries()) {
      const node = nodes.get(name)!
      if (place >= free) {
        nodes.set(name, { ...node, reason: `Waits for its turn: ${campaign.plan.width} may be under way` })
        continue
      }
      const noted = circles.note(plans.get(name)!, nodes)
      nodes.set(name, { ...node, state: "builds", reason: "Being submitted", builds: [], ...noted, startedAt: at })
      commands.push({ _tag: "BeginNode", node: name, attempt: node.attempt })
    }
    const isOver = ![...nodes.values()].some(isOpen)
    if (isOver) campaign = { ...campaign, ...ended({ ...campaign, nodes }), completedAt: campaign.completedAt ?? at }
    else if (isEnded(campaign)) campaign = { ...campaign, state: "running", reason: "Goes on" }
    if (!isOver && campaign.completedAt !== undefined) {
      const { completedAt: _, ...open } = campaign
      campaign = open
    }
  }
  const touched = [...nodes.values()].filter((node) => before.nodes.get(node.name) !== node)
  if (campaign.state !== "canceled") {
    for (const node of touched) {
      if (isOut(node) && !isSameCause(before.nodes.get(node.name)!, node)) {
        commands.push({ _tag: "Notify", node: node.name, attempt: node.attempt })
      }
    }
  }
  if (campaign.plan.trial !== undefined && (before.state !== campaign.state || before.createdAt === 0)) {
    commands.push({ _tag: "Report" })
  }
  const state: Campaign = {
    ...campaign,
    nodes,
    modifiedAt: at,
    createdAt: campaign.createdAt === 0 ? at : campaign.createdAt
  }
  return {
    state,
    touched: new Set(touched.map(({ name }) => name)),
    commands: commands.map((command) => ({
      command,
      delay: command._tag === "Strike" ? Math.max(0, Math.ceil((command.at - at) / 1000)) : 0
    })),
    announcements: [
      ...touched.filter((node) => {
        const was = before.nodes.get(node.name)!
        return was.state !== node.state || was.regressed !== node.regressed || was.attempt !== node.attempt
      }).map((node) => nodeTold(state, node)),
      ...(before.state !== state.state || before.createdAt === 0 ? [stateTold(state)] : [])
    ],
    changed: true
  }
}
