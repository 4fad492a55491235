/** What the farm finished in each half hour of a day, as a drawing with its words and as a table. */
import type { FarmOverview } from "@orch/api/orch/FarmApi"
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import { h } from "../Markup.ts"
import * as States from "../States.ts"
import * as Times from "../Times.ts"

type Stretches = FarmOverview["finished"]

const width = 960
const height = 96
const base = 80
const left = 32

/** The next of 1, 2, 5, 10, 20, … that is not below a count: the top of the axis. */
export const ceiling = (most: number): number => {
  for (let power = 1;; power *= 10) {
    for (const step of [1, 2, 5]) if (step * power >= most) return step * power
  }
}

/** The part of the page; nothing where the day had nothing. */
export const section = (finished: Stretches, now: number): VNode | null => {
  const built = finished.reduce((sum, one) => sum + one.built, 0)
  const failed = finished.reduce((sum, one) => sum + one.failed, 0)
  if (built + failed === 0) return null
  const top = ceiling(Math.max(...finished.map((one) => Math.max(one.built, one.failed))))
  const wide = (width - left) / finished.length
  const up = (count: number) => (base - 8) * count / top
  const bars = finished.flatMap((one, index) => {
    const x = left + index * wide
    return [
      one.built === 0 ? null : h("rect", {
        key: `b${index}`,
        x: x + 1,
        y: base - up(one.built),
        width: wide - 2,
        height: up(one.built),
        class: "f-good"
      }),
      one.failed === 0 ? null : h("rect", {
        key: `f${index}`,
        x: x + wide * 0.3,
        y: base - up(one.failed),
        width: wide * 0.4,
        height: up(one.failed),
        class: "f-bad s-line"
      })
    ]
  })
  const marks = finished.flatMap((one, index) =>
    index % 8 === 0
      ? [
        h(
          "text",
          { key: index, x: left + index * wide, y: height - 2, class: "t3" },
          Times.text(one.from, Date.parse(one.from))
        )
      ]
      : []
  )
  return Blocks.section("finished", "Finished in each half hour", [
    h(
      "div",
      { class: "panel graph", tabIndex: 0, role: "region", "aria-label": "Chart of the last day" },
      h(
        "svg",
        {
          class: "chart",
          viewBox: `0 0 ${width} ${height}`,
          role: "img",
          "aria-label": `In the last 24 hours ${built} were built and ${failed} failed`
        },
        h("text", { x: 0, y: 14, class: "t3" }, String(top)),
        h("path", { d: `M${left} 8.5H${width}M${left} ${base + 0.5}H${width}`, class: "s-line nofill" }),
        ...bars,
        ...marks
      )
    ),
    h(
      "details",
      null,
      h("summary", null, "As table"),
      Blocks.table<Stretches[number]>("Finished by half hour", [
        { head: "From", kind: "row", cell: ({ from }) => Times.time(from, now) },
        { head: "Built", kind: "num", label: "built", cell: (one) => String(one.built) },
        { head: "Failed", kind: "num", label: "failed", cell: (one) => String(one.failed) }
      ], finished.filter((one) => one.built + one.failed > 0))
    )
  ], {
    hint: "last 24 h",
    end: h(
      "span",
      { class: "legend" },
      h("span", null, States.mark("good", "good"), `built ${built.toLocaleString("en")}`),
      h("span", null, States.mark("fail", "bad"), `failed ${failed.toLocaleString("en")}`)
    )
  })
}
