/** The nodes of the farm, worst first, and what they work on. */
import type { FarmOverview } from "@orch/api/orch/FarmApi"
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import { h } from "../Markup.ts"
import * as States from "../States.ts"
import * as Times from "../Times.ts"
import * as QueueTable from "./QueueTable.ts"

interface Content {
  readonly farm: FarmOverview
  readonly now: number
  readonly prefix: string
}

/** How each condition of a node looks. */
export const conditions = {
  ready: States.shown("good", "good", "Ready"),
  busy: States.shown("run", "run", "Busy"),
  draining: States.shown("attn", "hold", "Draining"),
  away: States.shown("bad", "fail", "Away")
} as const

/** The nodes; nothing where there are none. */
export const nodes = ({ farm, now, prefix }: Content): VNode | null =>
  farm.nodes.length === 0 ? null : Blocks.section("nodes", "Nodes, worst first", [
    Blocks.table<FarmOverview["nodes"][number]>(
      "Nodes",
      [
        { head: "State", kind: "state", cell: ({ condition }) => States.badge(conditions[condition]) },
        {
          head: "Node",
          kind: "row",
          cell: ({ name }) => h("a", { href: `${prefix}/farm/nodes/${encodeURIComponent(name)}` }, h("bdi", null, name))
        },
        { head: "Architectures", kind: "wide", cell: ({ arches }) => arches.join(", ") },
        { head: "Tasks", kind: "num", label: "tasks", cell: ({ leased, slots }) => `${leased} of ${slots}` },
        {
          head: "Last seen",
          label: "seen",
          cell: ({ last_seen }) => last_seen === null ? "never" : Times.time(last_seen, now)
        },
        {
          head: "Takes nothing of",
          kind: "wide",
          cell: ({ excluded }) => excluded.join(", ")
        }
      ],
      farm.nodes,
      { idOf: ({ name }) => `node-${name}` }
    )
  ])

/** What each of them has, and until when; nothing where none has anything. */
export const leases = ({ farm, now, prefix }: Content): VNode | null =>
  farm.leases.length === 0 ? null : Blocks.section("leases", "What nodes work on", [
    Blocks.table<FarmOverview["leases"][number]>("Leases, the oldest first", [
      { head: "Task", kind: "row", cell: (lease) => QueueTable.name(lease, prefix) },
      { head: "Arch", label: "on", cell: ({ arch }) => arch },
      {
        head: "Node",
        cell: ({ node }) => h("a", { href: `${prefix}/farm/nodes/${encodeURIComponent(node)}` }, h("bdi", null, node))
      },
      {
        head: "For",
        kind: "num",
        label: "for",
        cell: ({ since }) => since === null ? "" : Times.duration(Times.between(since, new Date(now).toISOString()))
      },
      { head: "Lease until", label: "until", cell: ({ until }) => until === null ? "" : Times.time(until, now) }
    ], farm.leases)
  ], { hint: "the oldest first" })
