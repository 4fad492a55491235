/** `/farm`: what needs a person, and why things wait. */
import type { FarmOverview, QueuePage } from "@orch/api/orch/FarmApi"
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as States from "../States.ts"
import * as Times from "../Times.ts"
import type { Viewer } from "../Viewer.ts"
import * as FinishedChart from "./FinishedChart.ts"
import * as NodeTables from "./NodeTables.ts"
import * as QueueChart from "./QueueChart.ts"
import * as QueueTable from "./QueueTable.ts"

/** What the page is made of: the farm, and the beginning of its queue. */
export interface Content {
  readonly farm: FarmOverview
  readonly queue: QueuePage
  /** Whether it hangs on a wall: no actions, and larger. */
  readonly isWall?: boolean
  readonly viewer: Viewer
  readonly now: number
  readonly prefix: string
}

type Node = FarmOverview["nodes"][number]
type Arch = FarmOverview["arches"][number]

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((all, one) => all + one, 0)

/** The architecture that is empty last, where it is foreseen for all that wait. */
const bottleneck = (arches: ReadonlyArray<Arch>): Arch | undefined => {
  const waiting = arches.filter(({ waiting }) => waiting > 0)
  if (waiting.length === 0 || waiting.some(({ empty_at }) => empty_at === null)) return undefined
  return waiting.toSorted((a, b) => (a.empty_at! < b.empty_at! ? 1 : -1))[0]
}

const answer = ({ farm, now, queue }: Content): ReadonlyArray<VNode | string> => {
  const running = sum(farm.shares.map((share) => share.running))
  const slots = sum(
    farm.nodes.filter(({ condition }) => condition === "ready" || condition === "busy").map((node) => node.slots)
  )
  const limit = farm.nodes.length > 0 ? slots : farm.limits.total
  const busy = limit === null
    ? Blocks.count(running, "task is running", "tasks are running")
    : `${running.toLocaleString("en")} of ${Blocks.count(limit, "slot is busy", "slots are busy")}`
  const waits = queue.total === 0 ? "nothing waits" : `${Blocks.count(queue.total, "task waits", "tasks wait")}`
  const slow = bottleneck(farm.arches)
  const longest = farm.arches.filter(({ longest_wait }) => longest_wait !== null)
    .toSorted((a, b) => b.longest_wait! - a.longest_wait!)[0]
  return [
    `${busy} and ${waits}.`,
    ...(slow !== undefined
      ? [` ${slow.arch} is the bottleneck: it is empty about `, Times.time(slow.empty_at!, now), "."]
      : longest === undefined
      ? []
      : [` The longest wait is ${Times.duration(longest.longest_wait!)}, on ${longest.arch}.`])
  ]
}

const needs = ({ farm, now, prefix, viewer }: Content): ReadonlyArray<VNode> => {
  const held = (node: Node) => farm.leases.filter((lease) => lease.node === node.name).length
  return [
    ...(farm.dead_letters === 0 ? [] : [
      Blocks.note(
        "bad",
        "fail",
        `${Blocks.count(farm.dead_letters, "command has", "commands have")} spent all attempts.`,
        "Each waits as a dead letter until a person releases it; nothing of the builds is lost.",
        viewer.isAdministrator
          ? h("a", { class: "btn", href: `${prefix}/admin` }, "See them")
          : h("span", { class: "dim small" }, "Administrators may release them")
      )
    ]),
    ...farm.systems.filter(({ available }) => !available).map(({ advice, away_since, reason, system }) =>
      Blocks.note(
        "bad",
        "fail",
        [
          `${system} does not answer`,
          ...(away_since === null ? ["."] : [" since ", Times.time(away_since, now), "."])
        ],
        [reason, advice].filter((one) => one !== null).join(" ")
      )
    ),
    ...farm.nodes.filter(({ condition }) => condition === "away").map((node) =>
      Blocks.note(
        "bad",
        "fail",
        [
          h("bdi", null, node.name),
          ...(node.last_seen === null
            ? [" was never seen."]
            : [" has not been seen since ", Times.time(node.last_seen, now), "."])
        ],
        `${Blocks.count(node.slots, "slot", "slots")} on ${node.arches.join(", ")} ${
          node.slots === 1 ? "is" : "are"
        } missing${
          held(node) === 0
            ? ""
            : `; ${
              Blocks.count(held(node), "task that it has goes", "tasks that it has go")
            } to others when the lease ends`
        }.`,
        h("a", { class: "btn", href: `${prefix}/farm/nodes/${encodeURIComponent(node.name)}` }, "Open the node")
      )
    ),
    ...farm.systems.filter(({ available, remarks }) => available && remarks.length > 0).map(({ remarks, system }) =>
      Blocks.note("attn", "attn", `${system}: look at its settings.`, remarks.join(" "))
    )
  ]
}

const busyBar = ({ arch, running, slots }: Arch): Blocks.Content =>
  slots === null
    ? Blocks.count(running, "is running", "are running")
    : h(
      "div",
      { class: "barline" },
      Blocks.bar([[Math.min(running, slots), "run"]], slots, `${running} of ${slots} slots on ${arch} are busy`),
      h("span", null, `${running} of ${slots} busy`)
    )

const arches = (content: Content): VNode => {
  const { farm, now, prefix, queue } = content
  const most = Math.max(1, ...farm.arches.flatMap(({ history }) => history.map(({ waiting }) => waiting)))
  const front = (arch: string) => queue.items.find((entry) => entry.arches.includes(arch))
  return Blocks.section(
    "waits",
    "Why things wait",
    [
      farm.arches.length === 0
        ? Blocks.empty("Nothing is running and nothing waits.", [
          "Ask for a build: ",
          h("a", { href: `${prefix}/submit` }, "plan a module"),
          "."
        ])
        : Blocks.table<Arch>("Queue by architecture", [
          { head: "Arch", kind: "row", cell: ({ arch }) => arch },
          { head: "Slots", kind: "wide", cell: busyBar },
          {
            head: "Waiting",
            kind: "num",
            label: "waiting",
            cell: ({ arch, waiting }) =>
              waiting === 0
                ? "0"
                : h("a", { href: Blocks.address(`${prefix}/farm/queue`, { arch }) }, waiting.toLocaleString("en"))
          },
          {
            head: "Six hours",
            kind: "hide",
            cell: ({ history }) => QueueChart.chart(history, most, now)
          },
          {
            head: "Longest wait",
            kind: "num",
            label: "longest wait",
            cell: ({ longest_wait }) => longest_wait === null ? "none" : Times.duration(longest_wait)
          },
          {
            head: "In front",
            kind: "wide",
            cell: ({ arch }) => {
              const first = front(arch)
              return first === undefined
                ? ""
                : [QueueTable.name(first, prefix), h("span", { class: "sub" }, first.sentence)]
            }
          },
          {
            head: "Empty",
            kind: "num",
            label: "empty",
            cell: ({ empty_at, waiting }) =>
              waiting === 0 ? "now" : empty_at === null ? "not known" : ["about ", Times.time(empty_at, now)]
          }
        ], farm.arches)
    ],
    queue.total === 0
      ? {}
      : { end: h("a", { href: `${prefix}/farm/queue` }, `All ${queue.total.toLocaleString("en")} in their order`) }
  )
}

const shares = ({ farm, prefix }: Content): VNode | null => {
  const all = sum(farm.shares.map(({ running }) => running))
  return farm.shares.length === 0 ? null : Blocks.section("shares", "Who uses it", [
    Blocks.table<FarmOverview["shares"][number]>("Slots by owner", [
      { head: "Owner", kind: "row", cell: ({ owner }) => h("bdi", null, owner) },
      {
        head: "Share of what is running",
        kind: "wide",
        cell: ({ running }) => Blocks.bar([[running, "run"]], all, `${running} of ${all}`)
      },
      { head: "Running", kind: "num", label: "running", cell: ({ running }) => String(running) },
      {
        head: "Waiting",
        kind: "num",
        label: "waiting",
        cell: ({ owner, waiting }) =>
          waiting === 0 ? "0" : h("a", { href: Blocks.address(`${prefix}/farm/queue`, { owner }) }, String(waiting))
      }
    ], farm.shares)
  ])
}

const limits = ({ farm }: Content): VNode => {
  const said = (limit: number | null) => limit === null ? "no limit" : String(limit)
  return Blocks.section("limits", "Limits of this server", [
    Blocks.facts([
      ["Components at the same time", said(farm.limits.total)],
      ["Of one owner", said(farm.limits.per_owner)],
      ["On one architecture", said(farm.limits.per_arch)]
    ])
  ])
}

const health = ({ farm, now }: Content): VNode | null =>
  farm.systems.length === 0 ? null : Blocks.section("health", "Health", [
    Blocks.table<FarmOverview["systems"][number]>("Health of the parts", [
      {
        head: "State",
        kind: "state",
        cell: ({ available, remarks }) =>
          States.badge(
            !available
              ? States.shown("bad", "fail", "Away")
              : remarks.length > 0
              ? States.shown("attn", "attn", "Look at it")
              : States.shown("good", "good", "Good")
          )
      },
      { head: "Part", kind: "row", cell: ({ system }) => system },
      {
        head: "Says",
        kind: "wide",
        cell: ({ away_since, reason, remarks }) => [
          reason ?? remarks.join(" "),
          away_since === null ? "" : [" Since ", Times.time(away_since, now), "."]
        ]
      }
    ], farm.systems)
  ])

/** The page. */
export const page = (content: Content): Page => {
  const open = needs(content)
  const state = open.length > 0
    ? States.shown("attn", "attn", Blocks.count(open.length, "thing needs a person", "things need a person"))
    : States.shown("good", "good", "All is well")
  return {
    title: open.length > 0 ? `(${open.length}) Farm` : "Farm",
    mark: open.length > 0 ? "gate" : "good",
    section: "/farm",
    json: "/orch/v1/farm/",
    command: "orch farm show",
    again: 10,
    ...(content.isWall === true ? { kind: "wall" as const } : {}),
    body: [
      Blocks.head({
        title: "Farm",
        state,
        answer: answer(content),
        actions: content.isWall === true
          ? undefined
          : h("div", { class: "acts" }, h("a", { class: "btn", href: `${content.prefix}/farm?wall=1` }, "For a wall"))
      }),
      ...[
        open.length === 0 ? null : Blocks.section("needs", "Need a person", open),
        arches(content),
        h("div", { class: "cols half" }, shares(content), health(content), limits(content)),
        FinishedChart.section(content.farm.finished, content.now),
        NodeTables.nodes(content),
        NodeTables.leases(content)
      ].filter((one) => one !== null)
    ]
  }
}
