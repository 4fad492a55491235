/** How much waited on an architecture in the last six hours: a small drawing on one scale, with its words. */
import type { FarmOverview } from "@orch/api/orch/FarmApi"
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import { h } from "../Markup.ts"

type History = FarmOverview["arches"][number]["history"]

const hours = 6
const width = 144
const height = 24

const words = (history: History): string => {
  const most = history.reduce((best, one) => one.waiting > best.waiting ? one : best)
  return `In the last six hours at most ${Blocks.count(most.waiting, "task")} waited, at ${most.at.slice(11, 16)} UTC`
}

/** The drawing; `most` is the top of its axis, so that those of several architectures can be compared. */
export const chart = (history: History, most: number, now: number): VNode | string => {
  if (history.length < 2) return h("span", { class: "dim" }, "not known yet")
  const x = (at: string) => width * Math.max(0, 1 - (now - Date.parse(at)) / (hours * 3_600_000))
  const y = (waiting: number) => height - 1 - (height - 2) * waiting / Math.max(1, most)
  const points = history.map(({ at, waiting }) => `${x(at).toFixed(1)},${y(waiting).toFixed(1)}`)
  return h(
    "svg",
    { class: "spark", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": words(history) },
    h("title", null, words(history)),
    h("path", { d: `M0,${height - 0.5}H${width}`, class: "nofill s-line" }),
    h("polyline", { points: points.join(" "), class: "nofill s-attn", "stroke-width": 1.5 })
  )
}
