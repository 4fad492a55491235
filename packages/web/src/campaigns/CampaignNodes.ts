/** The nodes of a campaign: all that fit a filter, by page, and one with its neighbours. */
import type { CampaignDetail } from "@orch/api/orch/CampaignsApi"
import type { VNode } from "preact"
import * as Actions from "../Actions.ts"
import * as Blocks from "../Blocks.ts"
import { h } from "../Markup.ts"
import * as OrderDrawing from "../order/OrderDrawing.ts"
import * as States from "../States.ts"
import * as Times from "../Times.ts"
import type { Viewer } from "../Viewer.ts"
import * as CampaignActions from "./CampaignActions.ts"
import * as CampaignStates from "./CampaignStates.ts"
import * as Neighbourhood from "./Neighbourhood.ts"

/** Which nodes are wanted; empty texts want all. */
export interface Filter {
  readonly state: string
  readonly tier: string
  /** A part of the name. */
  readonly q: string
  readonly offset: number
}

interface Content {
  readonly campaign: CampaignDetail
  readonly filter: Filter
  readonly node: string
  readonly viewer: Viewer
  readonly prefix: string
}

/** Nodes of one page. */
const size = 100

/** The address of a node. */
export const addressOf = (name: string, id: number, prefix: string): string =>
  `${Blocks.address(`${prefix}/campaigns/${id}`, { node: name })}#node`

/** Those that fit, worst first. */
export const fitting = (
  nodes: ReadonlyArray<CampaignStates.Node>,
  { q, state, tier }: Filter
): ReadonlyArray<CampaignStates.Node> =>
  nodes.filter((node) =>
    (state === "" || node.state === state) && (tier === "" || String(node.tier) === tier) &&
    (q === "" || node.name.toLowerCase().includes(q.toLowerCase()))
  ).toSorted(CampaignStates.worstFirst)

/** The table, below `path`: the board, or the page that is the table alone. */
export const table = ({ campaign, filter, prefix }: Content, path = `/campaigns/${campaign.id}`): VNode => {
  const found = fitting(campaign.nodes, filter)
  const shown = found.slice(filter.offset, filter.offset + size)
  const at = (more: Readonly<Record<string, string | number>>) =>
    `${
      Blocks.address(`${prefix}${path}`, {
        state: filter.state,
        tier: filter.tier,
        q: filter.q,
        ...more
      })
    }#nodes`
  return Blocks.section("nodes", "Nodes", [
    Blocks.ask(`${prefix}${path}`, "Filter nodes", [
      Blocks.field("q", "Name", filter.q, { id: "filter" }),
      Blocks.field("tier", "Tier", filter.tier),
      filter.state === "" ? null : h("input", { type: "hidden", name: "state", value: filter.state })
    ], "Filter"),
    shown.length === 0 ?
      Blocks.empty("No node fits.", h("a", { href: `${prefix}${path}#nodes` }, "Show all")) :
      Blocks.table<CampaignStates.Node>("Nodes, worst first", [
        { head: "State", kind: "state", cell: (node) => States.badge(CampaignStates.ofNode(node)) },
        {
          head: "Module stream",
          kind: "row",
          cell: ({ name }) => h("a", { href: addressOf(name, campaign.id, prefix) }, h("bdi", null, name))
        },
        { head: "Tier", kind: "num", label: "tier", cell: ({ tier }) => String(tier) },
        {
          head: "Why",
          kind: "wide",
          cell: ({ regressed, state_reason, why }) => [regressed ?? state_reason, h("span", { class: "sub" }, why)]
        },
        {
          head: "Holds up",
          kind: "num",
          label: "holds up",
          cell: ({ waiting }) => waiting.length === 0 ? "" : waiting.length.toLocaleString("en")
        },
        {
          head: "Builds",
          label: "builds",
          cell: ({ builds }) => Blocks.numbers(builds, (id) => `${prefix}/builds/${id}`)
        }
      ], shown),
    Blocks.listPager({ offset: filter.offset, size, shown: shown.length, total: found.length }, at)
  ], { hint: `${found.length.toLocaleString("en")} of ${campaign.nodes.length.toLocaleString("en")}` })
}

/** The node that is looked at, with its neighbours as a drawing; nothing where none is. */
export const one = ({ campaign, node: name, prefix, viewer }: Content): VNode | null => {
  const node = campaign.nodes.find((one) => one.name === name)
  if (node === undefined) return name === "" ? null : Blocks.empty(`This campaign has no node ${name}.`)
  const near = Neighbourhood.around(campaign.nodes, name)
  const there = new Set(near.map((one) => one.name))
  const drawing = OrderDrawing.drawing(
    near.map((one) => ({
      name: one.name,
      batch: one.tier,
      after: one.after.filter((before) => there.has(before)),
      seconds: one.seconds,
      state: CampaignStates.ofNode(one),
      line: `${CampaignStates.ofNode(one).word}, ${Times.duration(one.seconds)}`,
      href: addressOf(one.name, campaign.id, prefix)
    })),
    { critical: [name], heading: (tier) => `Tier ${tier}`, barriers: false, name: `What is near ${name}` }
  )
  return Blocks.section("node", name, [
    Blocks.facts([
      ["State", [States.badge(CampaignStates.ofNode(node)), ` ${node.regressed ?? node.state_reason}`]],
      ["Why it is here", node.why],
      ["Usually takes", Times.duration(node.seconds)],
      ["Attempt", String(node.attempt)],
      ["Comes out otherwise", node.differs === null ? "not known yet" : node.differs ? "yes" : "no"],
      [
        "Holds up",
        node.waiting.length === 0
          ? "nothing"
          : `${node.waiting.slice(0, 10).join(", ")}${
            node.waiting.length > 10 ? ` and ${node.waiting.length - 10} more` : ""
          }`
      ],
      [
        "Builds",
        node.builds.length === 0
          ? "none yet"
          : Blocks.numbers(node.builds, (id) => `${prefix}/builds/${id}`)
      ]
    ]),
    Actions.row(
      CampaignActions.ofNode(campaign, node, viewer),
      viewer,
      prefix,
      `/campaigns/${campaign.id}?node=${encodeURIComponent(name)}`
    ),
    drawing
  ], { hint: `two steps around it, at most ${Neighbourhood.most} nodes` })
}
