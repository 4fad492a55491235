/** How the states of campaigns and of their nodes look, and which of them come first where a person looks. */
import type { CampaignDetail, CampaignSummary } from "@orch/api/orch/CampaignsApi"
import * as States from "../States.ts"

/** One node of a campaign. */
export type Node = CampaignDetail["nodes"][number]

const campaigns: Readonly<Record<CampaignSummary["state"], States.Shown>> = {
  planned: States.shown("attn", "attn", "To approve"),
  running: States.shown("run", "run", "Running"),
  paused: States.shown("attn", "hold", "Held"),
  done: States.shown("good", "good", "Green"),
  failed: States.shown("bad", "fail", "Failed"),
  canceled: States.shown("idle", "cancel", "Canceled")
}

/** The state of a campaign. */
export const of = ({ state }: Pick<CampaignSummary, "state">): States.Shown => campaigns[state]

const nodes: Readonly<Record<Node["state"], States.Shown>> = {
  failed: States.shown("bad", "fail", "Failed"),
  blocked: States.shown("bad", "block", "Blocked"),
  held: States.shown("attn", "hold", "Held"),
  builds: States.shown("run", "run", "Building"),
  validates: States.shown("attn", "gate", "At the gate"),
  waits: States.shown("idle", "plan", "Not started"),
  done: States.shown("good", "good", "Built"),
  cut: States.shown("good", "same", "Unchanged")
}

const regressed = States.shown("bad", "fail", "Regressed")

/** The state of a node. */
export const ofNode = ({ regressed: why, state }: Pick<Node, "regressed" | "state">): States.Shown =>
  why === null ? nodes[state] : regressed

/** The states of nodes with their looks, worst first. */
export const order: ReadonlyArray<readonly [state: Node["state"], shown: States.Shown]> = Object.entries(nodes) as never

const rank = new Map(order.map(([state], index) => [state, index]))

/** Worst first, then by name. */
export const worstFirst = (a: Node, b: Node): number =>
  (a.regressed === null ? 1 : 0) - (b.regressed === null ? 1 : 0) ||
  rank.get(a.state)! - rank.get(b.state)! || (a.name < b.name ? -1 : 1)

const settled = new Set(["done", "cut"])

/** Whether it needs nobody's eye: neither wrong nor under way. */
export const isQuiet = ({ regressed: why, state }: Node): boolean =>
  why === null && (settled.has(state) || state === "waits")
