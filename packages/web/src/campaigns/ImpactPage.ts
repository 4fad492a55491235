/** `/impact`: what a change would reach at most, why, and how long it would take, before anything is rebuilt. */
import type { Impact } from "@orch/api/orch/CampaignsApi"
import * as Actions from "../Actions.ts"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as ShellLines from "../ShellLines.ts"
import * as States from "../States.ts"
import * as Times from "../Times.ts"
import type { Viewer } from "../Viewer.ts"
import * as ImpactTiers from "./ImpactTiers.ts"

/** What the page is made of; texts are empty where nothing was asked. */
export interface Content {
  readonly subject: string
  readonly ref: string
  readonly commit: string
  /** `undefined` where nothing was asked, or it could not be answered. */
  readonly impact: Impact | undefined
  readonly problem: string | undefined
  readonly offset: number
  readonly tier: string
  readonly viewer: Viewer
  readonly prefix: string
}

type Node = Impact["nodes"][number]

/** Nodes of one page. */
const size = 100

const answer = ({ impact, problem, subject }: Content): string => {
  if (problem !== undefined) return problem
  if (impact === undefined) {
    return "Name what changes: a repository such as rpms/zlib, or a module stream such as zlib:1."
  }
  const { longest, nodes, tiers, work } = impact.estimate
  return nodes === 0
    ? `Nothing depends on ${subject}.`
    : `At most ${Blocks.count(nodes, "module stream")} would be rebuilt, in ${Blocks.count(tiers, "tier")}: ${
      Times.duration(work)
    } of work, at least ${Times.duration(longest)}. Less, where something comes out as it was.`
}

/** How many are listed; of more nodes than the server answers at once, the first. */
const listed = ({ estimate, nodes }: Impact, found: number): string =>
  nodes.length < estimate.nodes
    ? `${found.toLocaleString("en")} among the first ${nodes.length.toLocaleString("en")}`
    : found.toLocaleString("en")

const planned = States.shown("idle", "plan", "Would be rebuilt")
const changed = States.shown("run", "run", "Changes")

/** The page. */
export const page = (content: Content): Page => {
  const { commit, impact, offset, prefix, problem, ref, subject, tier, viewer } = content
  const cause = { subject, ref, commit }
  const at = (more: Readonly<Record<string, string | number>>) =>
    `${Blocks.address(`${prefix}/impact`, { ...cause, tier, ...more })}#nodes`
  const found = (impact?.nodes ?? []).filter((node) => tier === "" || String(node.tier) === tier)
  const shown = found.slice(offset, offset + size)
  const anchor = (name: string) => Blocks.address(`${prefix}/impact`, { ...cause, subject: name, ref: "", commit: "" })
  return {
    title: subject === "" ? "What a change reaches" : `What ${subject} reaches`,
    section: "/campaigns",
    json: Blocks.address("/orch/v1/impact", cause),
    command: ShellLines.line("orch", "impact", subject === "" ? "SUBJECT" : subject),
    body: [
      Blocks.head({
        title: "What a change reaches",
        crumbs: [["Campaigns", `${prefix}/campaigns`]],
        answer: answer(content),
        warn: problem !== undefined,
        actions: impact === undefined || impact.estimate.nodes === 0 || !viewer.mayAct ? null : Actions.row(
          [{
            id: "begin",
            label: `Rebuild ${impact.estimate.nodes.toLocaleString("en")}`,
            to: "/orch/v1/campaigns/",
            body: { subject, ...(ref === "" ? {} : { ref }), ...(commit === "" ? {} : { commit }) },
            question: `A campaign begins that rebuilds at most ${
              Blocks.count(impact.estimate.nodes, "module stream")
            }. It can be held and canceled.`,
            main: true
          }],
          viewer,
          prefix,
          "/campaigns"
        )
      }),
      Blocks.ask(`${prefix}/impact`, "What changes", [
        Blocks.field("subject", "rpms/zlib or zlib:1", subject, { id: "filter" }),
        Blocks.field("ref", "Branch", ref),
        Blocks.field("commit", "Commit", commit)
      ], "See what it reaches"),
      ...(impact === undefined ? [] : [
        ImpactTiers.section(
          impact.nodes.map((node) => ({
            name: node.name,
            tier: node.tier,
            state: node.changed ? changed : planned,
            isQuiet: !node.changed,
            href: anchor(node.name)
          })),
          (one) => `${Blocks.address(`${prefix}/impact`, { ...cause, tier: one })}#nodes`
        ),
        shown.length === 0 ? null : Blocks.section("nodes", "Each of them, and why", [
          Blocks.table<Node>("Nodes in order", [
            {
              head: "Module stream",
              kind: "row",
              cell: ({ name }) => h("a", { href: anchor(name) }, h("bdi", null, name))
            },
            { head: "Tier", kind: "num", label: "tier", cell: (node) => String(node.tier) },
            { head: "Why", kind: "wide", cell: ({ why }) => why },
            {
              head: "After",
              kind: "wide",
              cell: ({ after }) => after.slice(0, 6).join(", ") + (after.length > 6 ? `, … ${after.length}` : "")
            },
            { head: "Usually takes", kind: "num", label: "usually", cell: ({ seconds }) => Times.duration(seconds) }
          ], shown),
          Blocks.listPager({ offset, size, shown: shown.length, total: found.length }, at)
        ], { hint: listed(impact, found.length) })
      ]).filter((one) => one !== null)
    ]
  }
}
