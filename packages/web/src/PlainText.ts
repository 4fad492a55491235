/** A page as plain text, for terminals: its headings, sentences, lists and tables, without what only a browser can use. */
import type { ComponentChild, ComponentChildren, VNode } from "preact"

/** Elements that say nothing in text: drawings, forms, and what is folded: the JSON of the page has that. */
const silent = new Set(["svg", "details", "form", "button", "input", "select", "textarea", "script", "dialog", "nav"])

const blocks = new Set([
  "address",
  "article",
  "dd",
  "details",
  "div",
  "dl",
  "dt",
  "figure",
  "footer",
  "h1",
  "h2",
  "h3",
  "h4",
  "header",
  "li",
  "main",
  "ol",
  "p",
  "pre",
  "section",
  "summary",
  "table",
  "tbody",
  "thead",
  "tr",
  "ul"
])

/**
 * What a terminal would act on instead of showing it, and what turns the direction of text round: shown as escapes, since much of a page
 * is written by strangers.
 */
// oxlint-disable-next-line no-control-regex
const acted = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

const shown = (text: string): string =>
  text.replaceAll(acted, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)

type Node = VNode<{ readonly children?: ComponentChildren; readonly class?: string; readonly hidden?: boolean }>

const isNode = (child: ComponentChild): child is Node =>
  typeof child === "object" && child !== null && "type" in child && "props" in child

const listed = (children: ComponentChildren): ReadonlyArray<ComponentChild> =>
  Array.isArray(children) ? children.flatMap((one: ComponentChildren) => listed(one)) : [children as ComponentChild]

const isSilent = ({ props, type }: Node): boolean =>
  silent.has(String(type)) || props.hidden === true || /\b(?:acts|btn|vh|sr-only)\b/.test(props.class ?? "")

/** All text in it as it is. */
const raw = (child: ComponentChild): string =>
  isNode(child)
    ? isSilent(child) ? "" : listed(child.props.children).map(raw).join("")
    : typeof child === "string"
    ? child
    : typeof child === "number" || typeof child === "bigint"
    ? String(child)
    : ""

/** The text inside of a line. */
const inline = (child: ComponentChild): string => {
  if (!isNode(child)) return raw(child)
  if (isSilent(child)) return ""
  const text = listed(child.props.children).map(inline).join("")
  // What style alone keeps apart.
  return child.type === "span" || blocks.has(String(child.type)) ? ` ${text} ` : text
}

const squeezed = (text: string): string =>
  shown(text).replaceAll(/\s+/g, " ").replaceAll(/ ([.,;:])(?= |$)/g, "$1").trim()

/** A line of a log: its number, and what it says as it is. */
const logLine = (line: Node): string => {
  const [number, ...text] = listed(line.props.children).filter(isNode)
  return `  ${raw(number).padStart(8)}  ${shown(text.filter(({ type }) => type !== "small").map(raw).join(""))}`
}

/** The rows of a table, their columns one below the other. */
const table = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths: Array<number> = []
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.min(40, Math.max(widths[at] ?? 0, cell.length))))
  return rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ").trimEnd())
}

const rowsIn = (child: ComponentChild): ReadonlyArray<ReadonlyArray<string>> =>
  !isNode(child)
    ? []
    : child.type === "tr"
    ? [listed(child.props.children).filter(isNode).map((cell) => squeezed(inline(cell)))]
    : listed(child.props.children).flatMap(rowsIn)

const logLines = (child: ComponentChild): ReadonlyArray<string> =>
  !isNode(child) ? [] : child.type === "li" ? [logLine(child)] : listed(child.props.children).flatMap(logLines)

const lines = (child: ComponentChild): ReadonlyArray<string> => {
  if (!isNode(child)) return [squeezed(inline(child))]
  const type = String(child.type)
  const children = listed(child.props.children)
  if (isSilent(child)) return []
  if (/\blog\b/.test(child.props.class ?? "")) return children.flatMap((one) => logLines(one))
  if (type === "h1") return [squeezed(inline(child)), ""]
  if (/^h[2-4]$/.test(type)) return ["", `== ${squeezed(inline(child))}`]
  if (type === "pre") return raw(child).split("\n").map((line) => `  ${shown(line)}`)
  if (type === "table") return table(rowsIn(child))
  if (type === "li") return [`- ${squeezed(inline(child))}`]
  if (type === "dt") return [`${squeezed(inline(child))}:`]
  if (type === "dd") return [`  ${squeezed(inline(child))}`]
  if (!children.some((one) => isNode(one) && blocks.has(String(one.type)))) return [squeezed(inline(child))]
  // What stands between blocks is a line of its own.
  return children.flatMap(lines)
}

/** The text, ending with a line break; `more` are lines below it, such as where the same is as JSON. */
export const of = (body: ReadonlyArray<VNode>, more: ReadonlyArray<string> = []): string => {
  const all = [...body.flatMap(lines), ...(more.length === 0 ? [] : ["", ...more.map(shown)])]
  const kept = all.filter((line, at) => line !== "" || (at > 0 && all[at - 1] !== ""))
  return `${kept.join("\n").replaceAll(/\n{3,}/g, "\n\n").trim()}\n`
}
