/** The bar above the lines of a log. */
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import { h } from "../Markup.ts"
import * as LogContent from "./LogContent.ts"
import * as LogDiff from "./LogDiff.ts"

const size = (bytes: number): string =>
  bytes < 100_000
    ? `${Math.ceil(bytes / 1000)} kB`
    : `${(bytes / 1_000_000).toLocaleString("en", { maximumFractionDigits: 1 })} MB`

/** The bar: finding, switches, moving, and the bytes themselves. */
export const toolbar = (content: LogContent.Content): VNode => {
  const { arch, compared, file, find, good, lines, overview, prefix, regex } = content
  const last = lines.from + lines.lines.length - 1
  const move = (from: number, label: string) => h("a", { class: "btn", href: LogContent.move(content, from) }, label)
  const kept = (name: string, value: string) => value === "" ? null : h("input", { type: "hidden", name, value })
  return h(
    "div",
    { class: "toolbar" },
    h(
      "form",
      { class: "search", role: "search", "aria-label": "Find in this log", action: "", method: "get" },
      Blocks.field("find", "Find in this log", find, { id: "filter" }),
      h(
        "label",
        { class: "row small" },
        h("input", { type: "checkbox", name: "regex", value: "true", ...(regex ? { checked: true } : {}) }),
        "as a pattern"
      ),
      kept("arch", arch),
      kept("file", file),
      h("button", { class: "btn" }, "Find")
    ),
    h("span", { class: "dim small end", id: "shown" }, `Lines ${lines.from} to ${last} of ${lines.total}`),
    h("button", { class: "btn", type: "button", id: "fold", hidden: true }, "Open all"),
    h("button", { class: "btn", type: "button", id: "wrap", "aria-pressed": "false", hidden: true }, "Wrap"),
    lines.times.length === 0 && overview.sections.every((one) => one.started_at === null)
      ? null
      : h("button", { class: "btn", type: "button", id: "times", "aria-pressed": "false", hidden: true }, "Times"),
    h("button", { class: "btn", type: "button", id: "link", hidden: true }, "Copy link"),
    h("button", { class: "btn", type: "button", id: "copy-text", hidden: true }, "Copy text"),
    good === undefined ? null : compared === undefined
      ? h(
        "a",
        { class: "btn", id: "compare", href: LogContent.at(content, { from: lines.from, compare: "last-good" }) },
        "Mark what is new"
      )
      : h(
        "a",
        { class: "btn", "aria-current": "true", href: LogContent.at(content, { from: lines.from }) },
        `${LogDiff.fresh(lines.lines, lines.from, compared).size} lines are not in build ${good.build}`
      ),
    h("a", {
      class: "btn",
      id: "earlier",
      ...(lines.from > 1
        ? { href: LogContent.move(content, Math.max(1, lines.from - LogContent.window)) }
        : { hidden: true })
    }, "Earlier"),
    h("a", {
      class: "btn",
      id: "later",
      ...(last < lines.total ? { href: LogContent.move(content, last + 1) } : { hidden: true })
    }, "Later"),
    last < lines.total ? move(-LogContent.window, "End") : null,
    h(
      "a",
      { class: "btn", href: overview.raw_url.startsWith("/") ? `${prefix}${overview.raw_url}` : overview.raw_url },
      `Raw, ${size(overview.bytes)}`
    )
  )
}
