/**
 * Modules that were built with each other: built one after the other, and once more as long as one was built with something that came out
 * otherwise since. After some rounds that ends, whatever came out, and those that would have to go on are named.
 */
import { again, type Campaign, type CampaignNode, isFinished, isOut } from "./Campaign.ts"
import type { CampaignPlan, NodePlan } from "./CampaignPlan.ts"

/** How far each node of a campaign is, by name. */
export type Nodes = ReadonlyMap<string, CampaignNode>

/** How often a node of a circle is built at most for one change; as `RebuildRun` has it, two rounds beyond the first. */
export const mostRounds = 3

/** What a node holds: empty where that is what was there before, else a text that differs whenever it does. */
export const contentOf = ({ attempt, content, differs, state }: CampaignNode): string =>
  state === "done"
    ? differs === false ? "" : content ?? `attempt ${attempt}`
    // One that goes on has its last result until it has another.
    : state === "cut"
    ? ""
    : content ?? ""

/** Those of its own circle that a node is built with, of the plan's nodes by name. */
const usesOf = ({ after, back = [], circle }: NodePlan, plans: ReadonlyMap<string, NodePlan>) =>
  circle === undefined ? [] : [...after.filter((name) => plans.get(name)?.circle === circle), ...back]

/** What a campaign's circles come to, as one pass through its plan needs it. */
export interface Circles {
  /** What a node is built with of its circle, noted when it begins; nothing for a node in none. */
  readonly note: (plan: NodePlan, nodes: Nodes) => Pick<CampaignNode, "with">
  /** The same of one that is cut off: that was decided by what comes before it, and it was built with what the others were before. */
  readonly noteCut: (plan: NodePlan, nodes: Nodes) => Pick<CampaignNode, "with">
  /** Members of a parent's circle for which nodes outside of it have to wait, or that are stuck. */
  readonly restless: (plan: NodePlan, parent: string, nodes: Nodes) => ReadonlyArray<CampaignNode>
  /** Nodes that are built once more, because of what came out otherwise since. */
  readonly due: (nodes: Nodes) => ReadonlyArray<CampaignNode>
}

const membersOf = ({ nodes }: CampaignPlan): ReadonlyMap<string, ReadonlyArray<NodePlan>> => {
  const members = new Map<string, Array<NodePlan>>()
  for (const node of nodes) {
    if (node.circle === undefined) continue
    const some = members.get(node.circle)
    if (some === undefined) members.set(node.circle, [node])
    else some.push(node)
  }
  return members
}

/** Those that a node was built with and that came out otherwise since. */
const changedSince = (
  node: CampaignNode,
  plan: NodePlan,
  plans: ReadonlyMap<string, NodePlan>,
  nodes: Nodes
): ReadonlyArray<string> =>
  node.with === undefined
    ? []
    : usesOf(plan, plans).filter((name) => contentOf(nodes.get(name)!) !== (node.with![name] ?? ""))

const none: Circles = { note: () => ({}), noteCut: () => ({}), restless: () => [], due: () => [] }

/** The circles of a plan. Linear in the plan. */
export const make = (plan: CampaignPlan): Circles => {
  const members = membersOf(plan)
  if (members.size === 0) return none
  const plans = new Map(plan.nodes.map((node) => [node.name, node]))
  /** Within one pass nothing of a circle changes once somebody outside of it has asked: members come first. */
  const asked = new Map<string, ReadonlyArray<CampaignNode>>()
  const withOf = (node: NodePlan, content: (name: string) => string) =>
    node.circle === undefined
      ? {}
      : { with: Object.fromEntries(usesOf(node, plans).map((name) => [name, content(name)])) }
  const dueOf = (some: ReadonlyArray<NodePlan>, nodes: Nodes): ReadonlyArray<CampaignNode> => {
    const all = some.map((one) => [one, nodes.get(one.name)!] as const)
    if (!all.every(([, node]) => isFinished(node))) return []
    return all.flatMap(([one, node]) => {
      const round = node.round ?? 1
      const changed = round < mostRounds ? changedSince(node, one, plans, nodes) : []
      return changed.length === 0 ? [] : [{
        ...again(node, `Built with ${changed.join(", ")} as that was before`),
        content: contentOf(node),
        round: round + 1
      }]
    })
  }
  return {
    note: (node, nodes) => withOf(node, (name) => contentOf(nodes.get(name)!)),
    noteCut: (node, nodes) =>
      withOf(node, (name) => node.back?.includes(name) === true ? "" : contentOf(nodes.get(name)!)),
    restless: ({ circle: own }, parent, nodes) => {
      const circle = plans.get(parent)?.circle
      if (circle === undefined || circle === own) return []
      let found = asked.get(circle)
      if (found === undefined) {
        const some = members.get(circle)!
        const open = some.map(({ name }) => nodes.get(name)!).filter((node) => !isFinished(node))
        // That the last of them was cut off a moment ago can be why others go on.
        found = open.length > 0 ? open : dueOf(some, nodes)
        asked.set(circle, found)
      }
      return found
    },
    due: (nodes) => [...members.values()].flatMap((some) => dueOf(some, nodes))
  }
}

/**
 * Pairs of nodes that did not come to rest: the first was built with the second, which came out otherwise since, and all rounds are spent. By name.
 */
export const oscillating = ({ nodes, plan }: Campaign): ReadonlyArray<readonly [string, string]> => {
  const members = membersOf(plan)
  if (members.size === 0) return []
  const plans = new Map(plan.nodes.map((node) => [node.name, node]))
  return [...members.values()].flatMap((some) => {
    const all = some.map((one) => [one, nodes.get(one.name)!] as const)
    if (!all.every(([, node]) => isFinished(node) || isOut(node))) return []
    return all.flatMap(([one, node]) =>
      (node.round ?? 1) < mostRounds
        ? []
        : changedSince(node, one, plans, nodes).map((name) => [node.name, name] as const)
    )
  })
}
