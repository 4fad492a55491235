/** `/campaigns/ID`: is everything green; what holds it up? */
import type { CampaignDetail } from "@orch/api/orch/CampaignsApi"
import type { VNode } from "preact"
import * as Actions from "../Actions.ts"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as States from "../States.ts"
import * as Times from "../Times.ts"
import type { Viewer } from "../Viewer.ts"
import * as CampaignActions from "./CampaignActions.ts"
import * as CampaignNodes from "./CampaignNodes.ts"
import * as CampaignStates from "./CampaignStates.ts"
import * as GreenChart from "./GreenChart.ts"
import * as ImpactTiers from "./ImpactTiers.ts"

/** What the page is made of. */
export interface Content {
  readonly campaign: CampaignDetail
  readonly filter: CampaignNodes.Filter
  /** Name of the node that is looked at; empty for none. */
  readonly node: string
  readonly viewer: Viewer
  readonly now: number
  readonly prefix: string
}

const count = ({ counts }: CampaignDetail, ...states: ReadonlyArray<string>): number =>
  states.reduce((sum, state) => sum + (counts[state] ?? 0), 0)

const causes = ({ causes }: Pick<CampaignDetail, "causes">): string =>
  causes.map(({ commit, ref, subject }) =>
    `${subject}${ref === undefined ? "" : ` ${ref}`}${commit === undefined ? "" : ` at ${commit.slice(0, 12)}`}`
  ).join(", ")

/** When it will be green, as far as that can be said. */
const until = ({ campaign: { expected }, now }: Content): ReadonlyArray<VNode | string> =>
  expected === null ? [] : [
    "All green about ",
    h("strong", null, Times.time(expected.at, now)),
    ", between ",
    Times.time(expected.earliest, now),
    " and ",
    Times.time(expected.latest, now),
    ". ",
    ...expected.late.slice(0, 1).map((sentence) => `${sentence} `)
  ]

const answer = (content: Content): Blocks.Content => {
  const { campaign } = content
  const total = campaign.nodes.length
  const green = count(campaign, "done", "cut")
  const { estimate, state } = campaign
  if (state === "planned") {
    return `It would rebuild at most ${Blocks.count(estimate.nodes, "module stream")} in ${
      Blocks.count(estimate.tiers, "tier")
    }: ${Times.duration(estimate.work)} of work, ${
      Times.duration(estimate.longest)
    } on the longest way. It waits for an approval.`
  }
  const wrong = count(campaign, "failed")
  const parts = [
    `${green.toLocaleString("en")} of ${total.toLocaleString("en")} are green`,
    wrong > 0 ? `${wrong} failed and ${wrong === 1 ? "holds" : "hold"} up ${count(campaign, "blocked")}` : undefined,
    count(campaign, "held") > 0 ? `${count(campaign, "held")} are held` : undefined,
    count(campaign, "builds", "validates") > 0 ? `${count(campaign, "builds", "validates")} are being built` : undefined
  ].filter((one) => one !== undefined)
  return [`${parts.join(", ")}. `, ...until(content), campaign.waits_for[0] ?? ""]
}

const bar = ({ campaign }: Content): VNode =>
  Blocks.bar(
    [
      [count(campaign, "done"), "good"],
      [count(campaign, "cut"), "good", true],
      [count(campaign, "builds"), "run"],
      [count(campaign, "validates", "held"), "attn", true],
      [count(campaign, "failed"), "bad"],
      [count(campaign, "blocked"), "bad", true]
    ],
    campaign.nodes.length,
    `${count(campaign, "done", "cut")} of ${campaign.nodes.length} are green`
  )

const figures = ({ campaign, filter, prefix }: Content, path = `/campaigns/${campaign.id}`): VNode =>
  h(
    "nav",
    { class: "figs", "aria-label": "Nodes by state" },
    ...CampaignStates.order.map(([state, shown]) =>
      h(
        "a",
        {
          key: state,
          href: `${Blocks.address(`${prefix}${path}`, { state: filter.state === state ? "" : state })}#nodes`,
          ...(filter.state === state ? { "aria-current": "true" } : {})
        },
        h("b", null, count(campaign, state).toLocaleString("en")),
        States.badge(shown, "quiet")
      )
    )
  )

const holdups = ({ campaign, prefix }: Content): VNode | null => {
  const found = campaign.nodes.filter((node) =>
    node.waiting.length > 0 || node.state === "failed" || node.regressed !== null
  )
    .toSorted((a, b) => b.waiting.length - a.waiting.length).slice(0, 20)
  return found.length === 0 ? null : Blocks.section(
    "holdups",
    "What holds it up",
    found.map((node) => {
      const shown = CampaignStates.ofNode(node)
      const build = node.builds.at(-1)
      return Blocks.note(
        shown.hue,
        shown.mark,
        [
          h("a", { href: CampaignNodes.addressOf(node.name, campaign.id, prefix) }, h("bdi", null, node.name)),
          `: ${shown.word.toLowerCase()}, holds up ${node.waiting.length.toLocaleString("en")}`
        ],
        node.regressed ?? node.state_reason,
        build === undefined ? undefined : h("a", { class: "btn", href: `${prefix}/builds/${build}` }, `Build ${build}`)
      )
    }),
    { hint: "by how much it holds" }
  )
}

const spared = ({ campaign }: Content): VNode => {
  const { estimate, numbers } = campaign
  const said = (seconds: number | null) => seconds === null ? "not known yet" : Times.duration(seconds)
  return Blocks.section("numbers", "What it comes to", [
    Blocks.facts([
      [
        "Expected at most",
        `${Blocks.count(estimate.nodes, "node")} in ${Blocks.count(estimate.tiers, "tier")}, ${
          Times.duration(estimate.work)
        } of work`
      ],
      ["Longest way", Times.duration(estimate.longest)],
      ...(campaign.expected === null || campaign.expected.critical.length === 0
        ? []
        : [["Longest way that is left", campaign.expected.critical.join(" → ")] as const]),
      ["Built", numbers.built.toLocaleString("en")],
      [
        "Not built, since nothing changed",
        `${numbers.cut.toLocaleString("en")}${
          numbers.cut_off_rate === null ? "" : `, ${Math.round(100 * numbers.cut_off_rate)} % of those decided`
        }; ${Times.duration(numbers.avoided)} avoided`
      ],
      [
        "Cut-offs looked at by building",
        numbers.false_cut_rate === null
          ? "none yet"
          : `${numbers.audited.toLocaleString("en")}, of which ${numbers.false_cuts.toLocaleString("en")} were wrong (${
            Math.round(1000 * numbers.false_cut_rate) / 10
          } %)`
      ],
      ["Took until now", said(numbers.makespan)],
      ["No schedule is shorter than", said(numbers.bound)],
      ["From the last fix to green", said(numbers.fix_to_green)]
    ])
  ])
}

const holds = ({ campaign, now }: Content): VNode | null =>
  campaign.holds.length === 0 ? null : Blocks.section("holds", "Held by people", [
    Blocks.table<CampaignDetail["holds"][number]>("What is held", [
      { head: "Node", kind: "row", cell: ({ node }) => h("bdi", null, node) },
      { head: "By", label: "by", cell: ({ by }) => h("bdi", null, by) },
      { head: "Why", kind: "wide", cell: ({ why }) => why },
      {
        head: "Until",
        label: "until",
        cell: ({ until }) => until === null ? "somebody lets it go" : Times.time(until, now)
      }
    ], campaign.holds)
  ])

const isFiltered = ({ offset, q, state, tier }: CampaignNodes.Filter): boolean =>
  state !== "" || tier !== "" || q !== "" || offset > 0

/** The page. */
export const page = (content: Content): Page => {
  const { campaign, now, prefix, viewer } = content
  const state = CampaignStates.of(campaign)
  const green = count(campaign, "done", "cut")
  const at = `${prefix}/campaigns/${campaign.id}`
  return {
    title: `(${green}/${campaign.nodes.length}) campaign ${campaign.id} ${state.word.toLowerCase()}`,
    mark: state.hue === "attn" ? "gate" : state.mark,
    section: "/campaigns",
    json: `/orch/v1/campaigns/${campaign.id}`,
    command: `orch campaign show ${campaign.id}`,
    body: [
      Blocks.head({
        title: `Campaign ${campaign.id}`,
        note: causes(campaign),
        crumbs: [["Campaigns", `${prefix}/campaigns`]],
        state,
        answer: answer(content),
        actions: Actions.row(CampaignActions.ofWhole(campaign, viewer), viewer, prefix, `/campaigns/${campaign.id}`),
        below: [bar(content), figures(content)]
      }),
      ...[
        CampaignNodes.one(content),
        h(
          "div",
          { class: "cols side" },
          // What needs a person comes first, also where there is one column.
          h("div", { class: "parts aside" }, holdups(content), holds(content)),
          h(
            "div",
            { class: "parts" },
            ImpactTiers.section(
              campaign.nodes.toSorted(CampaignStates.worstFirst).map((node) => ({
                name: node.name,
                tier: node.tier,
                state: CampaignStates.ofNode(node),
                isQuiet: CampaignStates.isQuiet(node),
                href: CampaignNodes.addressOf(node.name, campaign.id, prefix)
              })),
              (tier) => `${Blocks.address(at, { tier })}#nodes`,
              h("a", { href: `${at}/table` }, "As a table")
            ),
            isFiltered(content.filter) ? CampaignNodes.table(content) : null,
            GreenChart.section(campaign, now)
          ),
          h("div", { class: "parts aside" }, spared(content))
        ),
        Blocks.section("made-from", "Why it began", [
          Blocks.facts([
            ["Change", causes(campaign)],
            [
              "Begun by",
              campaign.rule === null ? h("bdi", null, campaign.created_by) : `a push, by the rule ${campaign.rule}`
            ],
            ...(campaign.trial === null
              ? []
              : [
                [
                  "Tries out",
                  `pull request ${campaign.trial.number} of ${campaign.trial.repository}, in scratch`
                ] as const
              ]),
            ["Approved by", campaign.approved_by ?? "nobody had to"],
            ["Since", Times.time(campaign.created_at, now)]
          ])
        ])
      ].filter((one) => one !== null)
    ]
  }
}

/** `/campaigns/ID/table`: all nodes as rows instead of marks. */
export const asTable = (content: Content): Page => {
  const { campaign, prefix } = content
  const path = `/campaigns/${campaign.id}/table`
  return {
    title: `Campaign ${campaign.id} as a table`,
    section: "/campaigns",
    json: `/orch/v1/campaigns/${campaign.id}`,
    command: `orch campaign show ${campaign.id}`,
    body: [
      Blocks.head({
        title: "As a table",
        note: causes(campaign),
        crumbs: [["Campaigns", `${prefix}/campaigns`], [String(campaign.id), `${prefix}/campaigns/${campaign.id}`]],
        state: CampaignStates.of(campaign),
        answer: answer(content),
        below: [figures(content, path)]
      }),
      CampaignNodes.table(content, path)
    ]
  }
}
