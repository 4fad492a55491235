/** `/campaigns`: which rebuilds go on, and which need a person. */
import type { CampaignSummary } from "@orch/api/orch/CampaignsApi"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as States from "../States.ts"
import * as Times from "../Times.ts"
import * as CampaignStates from "./CampaignStates.ts"

/** What the page is made of. */
export interface Content {
  readonly items: ReadonlyArray<CampaignSummary>
  readonly total: number
  readonly state: string
  readonly offset: number
  readonly now: number
  readonly prefix: string
}

/** Campaigns of one page. */
export const size = 50

const sum = ({ counts }: CampaignSummary, ...states: ReadonlyArray<string>): number =>
  states.reduce((all, state) => all + (counts[state] ?? 0), 0)

const needs = (one: CampaignSummary): boolean =>
  one.state === "planned" || one.state === "failed" || sum(one, "failed") > 0

const progress = (one: CampaignSummary): Blocks.Content => {
  const total = Object.values(one.counts).reduce((all, count) => all + count, 0)
  const words = `${sum(one, "done", "cut").toLocaleString("en")} of ${total.toLocaleString("en")} green${
    sum(one, "failed") > 0 ? `, ${sum(one, "failed")} failed` : ""
  }`
  return h(
    "div",
    { class: "barline" },
    Blocks.bar(
      [[sum(one, "done"), "good"], [sum(one, "cut"), "good", true], [sum(one, "builds", "validates"), "run"], [
        sum(one, "failed"),
        "bad"
      ], [sum(one, "blocked"), "bad", true]],
      total,
      words
    ),
    h("span", null, words)
  )
}

/** The page. */
export const page = ({ items, now, offset, prefix, state, total }: Content): Page => {
  const at = (more: Readonly<Record<string, string | number>>) =>
    Blocks.address(`${prefix}/campaigns`, { state, ...more })
  const open = items.filter(needs).length
  const going = items.filter((one) => one.state === "running").length
  return {
    title: "Campaigns",
    mark: open > 0 ? "gate" : "plan",
    section: "/campaigns",
    json: Blocks.address("/orch/v1/campaigns/", { state }),
    command: "orch campaign list",
    body: [
      Blocks.head({
        title: "Campaigns",
        answer: items.length === 0
          ? state === ""
            ? "Nothing was rebuilt yet for a change. See first what a change reaches."
            : "No campaign is in this state."
          : `${going === 1 ? "1 campaign goes" : `${going} campaigns go`} on, and ${
            open === 0 ? "none needs" : open === 1 ? "1 needs" : `${open} need`
          } a person.`
      }),
      Blocks.views("State", [
        ["All", at({ state: "" }), state === ""],
        ...(["planned", "running", "paused", "failed", "done"] as const).map((one) =>
          [CampaignStates.of({ state: one }).word, at({ state: one }), state === one] as const
        )
      ]),
      Blocks.ask(`${prefix}/impact`, "See what a change reaches", [
        Blocks.field("subject", "What changes: rpms/zlib or zlib:1", "", { id: "filter" }),
        Blocks.field("ref", "Branch", "")
      ], "See what it reaches"),
      ...(items.length === 0 ? [] : [
        Blocks.table<CampaignSummary>("Campaigns, newest first", [
          { head: "State", kind: "state", cell: (one) => States.badge(CampaignStates.of(one)) },
          {
            head: "Change",
            kind: "row",
            cell: ({ causes, id }) =>
              h(
                "a",
                { href: `${prefix}/campaigns/${id}` },
                h("bdi", null, causes.map(({ subject }) => subject).join(", ")),
                ` (${id})`
              )
          },
          { head: "Nodes", kind: "wide", cell: progress },
          { head: "Why", kind: "wide", cell: ({ state_reason }) => state_reason },
          { head: "By", label: "by", cell: ({ created_by, rule }) => rule ?? h("bdi", null, created_by) },
          { head: "Since", kind: "num", label: "since", cell: ({ created_at }) => Times.time(created_at, now) }
        ], items)
      ]),
      ...[
        Blocks.listPager({ offset, size, shown: items.length, total }, at)
      ].filter((one) => one !== null)
    ]
  }
}
