/** `/farm/nodes/NAME`: whether a node is there, what it works on, and what comes to it next. */
import type { FarmOverview, QueuePage } from "@orch/api/orch/FarmApi"
import type { VNode } from "preact"
import * as Actions from "../Actions.ts"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as ShellLines from "../ShellLines.ts"
import * as Times from "../Times.ts"
import type { Viewer } from "../Viewer.ts"
import * as NodeTables from "./NodeTables.ts"
import * as QueueTable from "./QueueTable.ts"

/** What the page is made of. */
export interface Content {
  readonly node: FarmOverview["nodes"][number]
  /** Of all nodes. */
  readonly farm: FarmOverview
  /** The beginning of what waits for its first architecture. */
  readonly queue: QueuePage
  readonly viewer: Viewer
  readonly now: number
  readonly prefix: string
}

const path = (name: string) => `/farm/nodes/${encodeURIComponent(name)}`

const answer = ({ node, now }: Content): Blocks.Content => {
  const { arches, condition, last_seen, leased, slots } = node
  const has = leased === 0 ? "has no task" : `has ${Blocks.count(leased, "task")}`
  switch (condition) {
    case "away":
      return last_seen === null
        ? "It was never seen: nothing is handed out to it."
        : [
          "It has not been seen since ",
          Times.time(last_seen, now),
          `; it ${has}, which goes to others when the lease ends.`
        ]
    case "draining":
      return leased === 0
        ? "It gets nothing new and is free: it can be taken away."
        : `It gets nothing new, and ${has} to finish.`
    case "busy":
      return `It ${has} of at most ${slots}, and takes the next when one is done.`
    case "ready":
      return `It ${has} of at most ${slots}: it takes what comes for ${arches.join(", ")}.`
  }
}

const actions = ({ node: { draining, name }, prefix, viewer }: Content): VNode | null => {
  const to = `/orch/v1/build-nodes/${encodeURIComponent(name)}`
  const put = (label: string, value: boolean) => ({ label, to, method: "PATCH" as const, body: { draining: value } })
  const [drain, use] = [put("Drain", true), put("Use again", false)]
  return Actions.row(
    [{
      id: "drain",
      ...(draining ? use : drain),
      ...(viewer.isAdministrator ? { undo: draining ? drain : use } : { whyNot: "Administrators may drain nodes." })
    }],
    viewer,
    prefix,
    path(name)
  )
}

/** The page. */
export const page = (content: Content): Page => {
  const { farm, node, now, prefix, queue } = content
  const leases = farm.leases.filter((lease) => lease.node === node.name)
  const next = queue.items.filter((entry) => entry.node === node.name || entry.node === null)
  return {
    title: `${node.name}: ${NodeTables.conditions[node.condition].word.toLowerCase()}`,
    mark: node.condition === "away" ? "fail" : node.condition === "draining" ? "gate" : "good",
    section: "/farm",
    json: "/orch/v1/farm/",
    command: ShellLines.line("orch", "node", node.draining ? "undrain" : "drain", node.name),
    again: 10,
    body: [
      Blocks.head({
        title: h("bdi", null, node.name),
        note: "node",
        crumbs: [["Farm", `${prefix}/farm`]],
        state: NodeTables.conditions[node.condition],
        answer: answer(content),
        actions: actions(content)
      }),
      NodeTables.leases({ farm: { ...farm, leases }, now, prefix }) ??
        Blocks.section("leases", "What it works on", [Blocks.empty("Nothing is handed out to it.")]),
      ...(next.length === 0 ? [] : [
        Blocks.section("next", "What waits for a node", [
          Blocks.table<QueuePage["items"][number]>("What waits, in order", [
            { head: "Place", kind: "num", label: "place", cell: ({ place }) => place.toLocaleString("en") },
            { head: "Task", kind: "row", cell: (entry) => QueueTable.name(entry, prefix) },
            { head: "Why it has this place", kind: "wide", cell: ({ sentence }) => sentence },
            {
              head: "Handed out",
              label: "handed out",
              cell: ({ expected_at, node: to }) => [
                expected_at === null ? "not known" : ["about ", Times.time(expected_at, now)],
                to === null ? "" : h("span", { class: "sub" }, `to ${to}`)
              ]
            }
          ], next)
        ], { end: h("a", { href: `${prefix}/farm/queue?kind=node` }, "All that waits for nodes") })
      ]),
      Blocks.section("about", "About it", [
        Blocks.facts([
          ["Architectures", node.arches.join(", ")],
          ["Takes nothing of", node.excluded.length === 0 ? "it takes everything" : node.excluded.join(", ")],
          ["Tasks at once", String(node.slots)],
          ["Says it works on", Blocks.count(node.load, "task")],
          ["Last seen", node.last_seen === null ? "never" : Times.time(node.last_seen, now)]
        ])
      ])
    ]
  }
}
