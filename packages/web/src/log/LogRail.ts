/**
 * The whole of a log beside the lines that are shown: where the window is, where rules find errors, where something warns, and where
 * something was found. A click goes there, by script; everything that it marks is listed as links besides.
 */
import type { VNode } from "preact"
import { h } from "../Markup.ts"

/** What is marked, by the numbers of lines. */
export interface Marks {
  readonly total: number
  readonly from: number
  readonly to: number
  readonly errors: ReadonlyArray<number>
  readonly warnings: ReadonlyArray<number>
  readonly found: ReadonlyArray<number>
}

/** Units of its height; lines that fall on the same place have one mark. */
const height = 1000

/** Places from 0 to 999, each once. */
export const places = (lines: ReadonlyArray<number>, total: number): ReadonlyArray<number> => [
  ...new Set(lines.map((line) => Math.min(height - 1, Math.floor(height * (line - 1) / Math.max(1, total)))))
]

const words = ({ errors, found, from, to, total, warnings }: Marks): string =>
  `Lines ${from} to ${to} of ${total} are shown; ${errors.length} errors, ${warnings.length} warnings${
    found.length === 0 ? "" : `, ${found.length} found`
  }`

/** The rail; nothing where all of a log is in sight. */
export const rail = (marks: Marks): VNode | null => {
  const { errors, found, from, to, total, warnings } = marks
  // What is in sight as a whole needs no map.
  if (total <= to - from + 1 && total < 200) return null
  const top = height * (from - 1) / total
  const put = (lines: ReadonlyArray<number>, kind: string, x: number, width: number) =>
    places(lines, total).map((y) => h("rect", { key: `${kind}${y}`, class: kind, x, y, width, height: 4 }))
  return h(
    "div",
    {
      class: "rail",
      id: "rail",
      "data-total": total,
      "data-errors": errors.join(" "),
      "data-found": found.join(" ")
    },
    h(
      "svg",
      { viewBox: `0 0 12 ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": words(marks) },
      h("title", null, words(marks)),
      h("rect", {
        class: "window",
        x: 0,
        y: top,
        width: 12,
        height: Math.max(6, height * (to - from + 1) / total)
      }),
      ...put(warnings, "f-attn", 6, 6),
      ...put(errors, "f-bad", 0, 12),
      ...put(found, "f-found", 0, 6)
    )
  )
}
