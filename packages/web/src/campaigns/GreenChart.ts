/** How many nodes of a campaign were green at what time, as a drawing with its words and as a table. */
import type { CampaignDetail } from "@orch/api/orch/CampaignsApi"
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import { h } from "../Markup.ts"
import * as Times from "../Times.ts"

const width = 960
const height = 120
const base = 96
const left = 40

type Nodes = ReadonlyArray<Pick<CampaignDetail["nodes"][number], "finished_at" | "state">>

/** When each node became green, in milliseconds since the epoch, the first first; of those that are not any more nothing. */
export const greenAt = (nodes: Nodes): ReadonlyArray<number> =>
  nodes.flatMap(({ finished_at, state }) =>
    finished_at !== null && (state === "done" || state === "cut") ? [Date.parse(finished_at)] : []
  ).toSorted((a, b) => a - b)

/** Rows of the table: moments at even distances, with how many were green by then. */
export const steps = (
  green: ReadonlyArray<number>,
  begin: number,
  end: number,
  count: number
): ReadonlyArray<{ readonly at: number; readonly green: number }> =>
  Array.from({ length: count + 1 }, (_, index) => {
    const at = begin + (end - begin) * index / count
    return { at, green: green.filter((one) => one <= at).length }
  })

const iso = (at: number): string => new Date(at).toISOString()

/** What is expected: the spread as an area, and the line in its middle. */
const foreseen = (
  expected: NonNullable<CampaignDetail["expected"]>,
  from: string,
  point: (at: string) => string
): ReadonlyArray<VNode> => [
  h("path", { d: `M${from}L${point(expected.earliest)}L${point(expected.latest)}Z`, class: "f-line" }),
  h("path", { d: `M${from}L${point(expected.at)}`, class: "nofill s-strong", "stroke-width": 1.5 })
]

/** The part of the page; nothing before the first is green. */
export const section = (
  { created_at, expected, nodes, state }: Pick<CampaignDetail, "created_at" | "expected" | "nodes" | "state">,
  now: number
): VNode | null => {
  const green = greenAt(nodes)
  if (green.length === 0) return null
  const begin = Math.min(Date.parse(created_at), green[0]!)
  const end = Math.max(begin + 1000, state === "done" || state === "canceled" ? green.at(-1)! : now)
  // What is expected lies to the right of what was.
  const horizon = expected === null ? end : Math.max(end, Date.parse(expected.latest))
  const x = (at: number) => left + (width - left) * (at - begin) / (horizon - begin)
  const y = (count: number) => base - (base - 8) * count / nodes.length
  // Of thousands of nodes, no more points than the drawing has places.
  const every = Math.ceil(green.length / 480)
  const line = green.flatMap((at, index) =>
    index % every === 0 || index === green.length - 1
      ? [`H${x(at).toFixed(1)}V${y(index + 1).toFixed(1)}`]
      : []
  )
  const half = green[Math.ceil(nodes.length / 2) - 1]
  const words = `${green.length} of ${nodes.length} are green${
    half === undefined ? "" : `; half were at ${iso(half).slice(0, 16).replace("T", " ")} UTC`
  }`
  return Blocks.section("green", "Green over time", [
    h(
      "div",
      { class: "panel graph", tabIndex: 0, role: "region", "aria-label": "Chart of what became green" },
      h(
        "svg",
        { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": words },
        h("text", { x: 0, y: 16, class: "t3" }, nodes.length.toLocaleString("en")),
        h("path", { d: `M${left},8H${width}`, class: "nofill s-line dash" }),
        h("path", { d: `M${left},${base}H${width}`, class: "nofill s-line" }),
        ...(expected === null ? [] : foreseen(
          expected,
          `${x(end).toFixed(1)},${y(green.length).toFixed(1)}`,
          (at) => `${x(Date.parse(at)).toFixed(1)},8`
        )),
        h("path", {
          d: `M${left},${base}${line.join("")}H${x(end).toFixed(1)}`,
          class: "nofill s-good",
          "stroke-width": 2
        }),
        h("text", { x: left, y: height - 4, class: "t3" }, Times.text(iso(begin), now)),
        h("text", { x: width, y: height - 4, class: "t3", "text-anchor": "end" }, Times.text(iso(horizon), now))
      )
    ),
    h(
      "details",
      null,
      h("summary", null, "As table"),
      Blocks.table("Green over time", [
        {
          head: "At",
          kind: "row",
          cell: ({ at }: { readonly at: number; readonly green: number }) => Times.time(iso(at), now)
        },
        { head: "Green", kind: "num", cell: ({ green: count }) => count.toLocaleString("en") }
      ], steps(green, begin, end, 12))
    )
  ], { hint: expected === null ? words : `${words}; grey: what is expected, with its spread` })
}
