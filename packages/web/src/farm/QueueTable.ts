/** `/farm/queue`: all that waits, in the order of hand-outs, each with the reason of its place. */
import type { QueuePage } from "@orch/api/orch/FarmApi"
import type { QueueEntry } from "@orch/api/orch/QueueEntry"
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as ShellLines from "../ShellLines.ts"
import * as Times from "../Times.ts"

/** What the page is made of; texts are empty where the filter is not set. */
export interface Content {
  readonly queue: QueuePage
  readonly arch: string
  readonly owner: string
  readonly kind: string
  readonly offset: number
  readonly now: number
  readonly prefix: string
}

/** Entries of one page. */
export const size = 50

/** What waits or is worked on, as a link to it. */
export const name = (
  { build, life, part }: { readonly life: string; readonly build: number; readonly part: string },
  prefix: string
): VNode =>
  life === "module-build"
    ? h("a", { href: `${prefix}/builds/${build}/${encodeURIComponent(part)}` }, h("bdi", null, part), ` of ${build}`)
    : life === "package-build"
    ? h("a", { href: `${prefix}/package-builds/${build}` }, h("bdi", null, part), ` of package build ${build}`)
    : h("span", null, `${part} of ${life} ${build}`)

const kinds = { slot: "a slot", builder: "a builder", node: "a node" } as const

const table = ({ now, prefix, queue }: Content): VNode =>
  Blocks.table<QueueEntry>("What waits, in order", [
    { head: "Place", kind: "num", label: "place", cell: ({ place }) => place.toLocaleString("en") },
    { head: "Task", kind: "row", cell: (entry) => name(entry, prefix) },
    { head: "Waits for", label: "for", cell: ({ kind }) => kinds[kind] },
    { head: "Arch", label: "on", cell: ({ arches }) => arches.join(", ") },
    { head: "Owner", label: "of", cell: ({ owner }) => h("bdi", null, owner) },
    { head: "Why it has this place", kind: "wide", cell: ({ sentence }) => sentence },
    {
      head: "Waiting",
      kind: "num",
      label: "waiting",
      cell: ({ since }) => since === null ? "" : Times.duration(Times.between(since, new Date(now).toISOString()))
    },
    {
      head: "Handed out",
      kind: "num",
      label: "handed out",
      cell: ({ expected_at, node }) =>
        expected_at === null ? "not known" : [
          "about ",
          Times.time(expected_at, now),
          node === null ? "" : h("span", { class: "sub" }, `to ${node}`)
        ]
    }
  ], queue.items)

/** The page. */
export const page = (content: Content): Page => {
  const { arch, kind, offset, owner, prefix, queue } = content
  const filter = { arch, owner, kind }
  const filtered = arch !== "" || owner !== "" || kind !== ""
  const at = (next: Readonly<Record<string, string | number>>) =>
    Blocks.address(`${prefix}/farm/queue`, { ...filter, ...next })
  const first = queue.items[0]
  return {
    title: "Queue of the farm",
    section: "/farm",
    json: Blocks.address("/orch/v1/farm/queue", filter),
    command: ShellLines.line(
      "orch",
      "farm",
      "queue",
      ...(arch === "" ? [] : ["--arch", arch]),
      ...(owner === "" ? [] : ["--owner", owner])
    ),
    body: [
      Blocks.head({
        title: "Queue",
        crumbs: [["Farm", `${prefix}/farm`]],
        answer: first === undefined
          ? filtered ? "Nothing that waits fits this filter." : "Nothing waits."
          : [
            `${Blocks.count(queue.total, "task waits", "tasks wait")}${
              queue.more ? ", and more than are looked at" : ""
            }. `,
            offset === 0 ? ["Next is ", name(first, prefix), `: ${first.sentence}`] : `Shown from place ${offset + 1}.`
          ]
      }),
      Blocks.views("For what", [
        ["All", at({ kind: "" }), kind === ""],
        ...(["slot", "builder", "node"] as const).map((one) =>
          [`For ${kinds[one]}`, at({ kind: one }), kind === one] as const
        )
      ]),
      Blocks.ask(`${prefix}/farm/queue`, "Filter the queue", [
        Blocks.field("arch", "Architecture", arch, { id: "filter" }),
        Blocks.field("owner", "Owner", owner),
        kind === "" ? null : h("input", { type: "hidden", name: "kind", value: kind })
      ], "Filter"),
      ...(queue.items.length === 0
        ? [
          Blocks.empty(
            filtered ? "Nothing fits." : "Everything that may run is running.",
            h("a", { href: `${prefix}/farm` }, "Back to the farm")
          )
        ]
        : [table(content)]),
      Blocks.listPager({ offset, size, shown: queue.items.length, total: queue.total }, at) ?? h("span", null)
    ]
  }
}
