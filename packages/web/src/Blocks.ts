/** What the pages are put together from: heads, sections, tables that become lists on small screens, notes, and lines to copy. */
import type { ComponentChildren, VNode } from "preact"
import { h } from "./Markup.ts"
import * as States from "./States.ts"

/** Text, elements, or nothing. */
export type Content = ComponentChildren

/** The head of a page: where it belongs, what it is called, its state, and the sentence that answers. */
export const head = ({ actions, answer, below = [], crumbs = [], note, state, title, warn = false }: {
  readonly title: Content
  /** What stands behind the title in small type. */
  readonly note?: Content
  readonly state?: States.Shown
  readonly answer: Content
  /** Whether the answer says that something is wrong with what was asked. */
  readonly warn?: boolean
  /** Labels with their addresses, the nearest last. */
  readonly crumbs?: ReadonlyArray<readonly [label: string, href: string]>
  readonly actions?: Content
  readonly below?: ReadonlyArray<Content>
}): VNode =>
  h(
    "div",
    { class: "head" },
    crumbs.length === 0 ? null : h(
      "nav",
      { "aria-label": "Breadcrumb" },
      h(
        "ol",
        { class: "crumbs" },
        ...crumbs.map(([label, href]) => h("li", { key: href }, h("a", { href }, label))),
        h("li", { "aria-current": "page" }, title)
      )
    ),
    h(
      "div",
      { class: "head-row" },
      h("h1", null, title, note === undefined ? null : h("span", { class: "mono" }, note)),
      state === undefined ? null : States.badge(state, "big"),
      actions
    ),
    h("p", { class: warn ? "answer warn" : "answer", id: "answer" }, answer),
    ...below
  )

/** A part of a page with its heading. `id` names it in addresses. */
export const section = (
  id: string,
  heading: string,
  children: ReadonlyArray<Content>,
  { end, hint }: { readonly hint?: Content; readonly end?: Content } = {}
): VNode =>
  h(
    "section",
    { class: "sec", id, "aria-labelledby": `h-${id}`, key: id },
    h(
      "header",
      null,
      h("h2", { id: `h-${id}` }, heading),
      hint === undefined ? null : h("span", { class: "dim small" }, hint),
      end === undefined ? null : h("span", { class: "small end" }, end)
    ),
    ...children
  )

/** One column of a table. The first that is of the kind `row` names its rows. */
export interface Column<Row> {
  readonly head: string
  readonly kind?: "row" | "state" | "num" | "wide" | "hide"
  /** What is written before the value where rows become blocks. */
  readonly label?: string
  readonly cell: (row: Row) => Content
}

/** Rows of one table: more are neither read nor drawn in reasonable time. */
export const mostRows = 1000

/** The sentence below what is shown of more than that. */
export const notShown = (count: number): string => `${count} more are not shown here; the JSON of this page has all.`

const classes = { row: "", state: "state", num: "num", wide: "wide", hide: "hide" } as const

/** A table that is a list of blocks on small screens, of `mostRows` rows at most. Roles are named, since blocks would lose them. */
export const table = <Row>(
  caption: string,
  columns: ReadonlyArray<Column<Row>>,
  rows: ReadonlyArray<Row>,
  { classOf, idOf, kind = "" }: {
    readonly idOf?: (row: Row, index: number) => string
    readonly classOf?: (row: Row) => string | undefined
    readonly kind?: string
  } = {}
): VNode =>
  h(
    "div",
    { class: "panel scroll", tabIndex: 0, role: "region", "aria-label": `Table: ${caption}` },
    h(
      "table",
      { class: `stack ${kind}`.trim(), role: "table" },
      h("caption", { class: "vh" }, caption),
      h(
        "thead",
        { role: "rowgroup" },
        h(
          "tr",
          { role: "row" },
          ...columns.map(({ head, kind }) =>
            h(
              "th",
              { key: head, role: "columnheader", scope: "col", ...(kind === "num" ? { class: "num" } : {}) },
              head
            )
          )
        )
      ),
      h(
        "tbody",
        { role: "rowgroup" },
        ...rows.slice(0, mostRows).map((row, index) => {
          const name = classOf?.(row)
          const id = idOf?.(row, index)
          return h(
            "tr",
            {
              key: id ?? index,
              role: "row",
              ...(id === undefined ? {} : { id }),
              ...(name === undefined ? {} : { class: name })
            },
            ...columns.map(({ cell, head, kind, label }) =>
              kind === "row"
                ? h("th", { key: head, role: "rowheader", scope: "row" }, cell(row))
                : h("td", {
                  key: head,
                  role: "cell",
                  ...(kind === undefined ? {} : { class: classes[kind] }),
                  ...(label === undefined ? {} : { "data-l": label })
                }, cell(row))
            )
          )
        }),
        rows.length <= mostRows ? null : h(
          "tr",
          { role: "row" },
          h("td", { role: "cell", colSpan: columns.length, class: "dim" }, notShown(rows.length - mostRows))
        )
      )
    )
  )

/** One thing that needs to be seen: its mark, a bold sentence, what follows from it, and what can be done. */
export const note = (
  hue: States.Shown["hue"],
  mark: string,
  strong: Content,
  soft: Content,
  actions?: Content
): VNode =>
  h(
    "div",
    { class: `note ${hue}` },
    States.mark(mark, hue),
    h(
      "div",
      null,
      h("strong", null, strong),
      soft === undefined || soft === "" ? null : h("p", { class: "small soft" }, soft)
    ),
    actions === undefined ? null : h("div", { class: "row" }, actions)
  )

/** Why there is nothing, and the next step. */
export const empty = (sentence: Content, next?: Content): VNode =>
  h(
    "div",
    { class: "panel empty" },
    h("p", null, sentence),
    next === undefined ? null : h("p", { class: "soft" }, next)
  )

/** A line that people take elsewhere. With script it has a button that copies it; `what` names the line there. */
export const copyLine = (line: string, what: string, id?: string): VNode =>
  h(
    "div",
    { class: "copy" },
    h("code", id === undefined ? null : { id }, line),
    h(
      "button",
      { class: "btn plain", type: "button", hidden: true, "data-copy": line, "aria-label": `Copy ${what}` },
      "Copy"
    )
  )

/** Facts by name. */
export const facts = (entries: ReadonlyArray<readonly [name: string, value: Content]>): VNode =>
  h(
    "dl",
    { class: "facts panel pad" },
    ...entries.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)])
  )

/** A field of a form that is sent by GET. */
export const field = (
  name: string,
  label: string,
  value: string,
  more: Readonly<Record<string, string | number | boolean>> = {}
): VNode =>
  h(
    "label",
    { class: "field" },
    h("span", { class: "sr-only" }, label),
    h("input", { name, value, placeholder: label, autoComplete: "off", spellcheck: false, ...more })
  )

/** Links of which one is where one is: views, or pages of a list. */
export const views = (
  label: string,
  entries: ReadonlyArray<readonly [label: string, href: string, current: boolean]>
): VNode =>
  h(
    "nav",
    { class: "views", "aria-label": label },
    ...entries.map(([text, href, current]) =>
      h("a", { key: href, href, ...(current ? { "aria-current": "page" } : {}) }, text)
    )
  )

/** A form that only asks: its fields stand in the address afterwards. */
export const ask = (action: string, label: string, fields: ReadonlyArray<Content>, button: string): VNode =>
  h(
    "form",
    { class: "search", role: "search", "aria-label": label, action, method: "get" },
    ...fields,
    h("button", { class: "btn" }, button)
  )

/** Links to the page before and after; nothing where all is on one. */
export const pager = (newer: string | undefined, older: string | undefined): VNode | null =>
  newer === undefined && older === undefined ? null : h(
    "div",
    { class: "more row" },
    newer === undefined ? null : h("a", { class: "btn", href: newer }, "Newer"),
    older === undefined ? null : h("a", { class: "btn", href: older }, "Older")
  )

/** The same for a list of `total` things, of which `shown` from `offset` on are on this page of `size`. */
export const listPager = (
  { offset, shown, size, total }: {
    readonly offset: number
    readonly size: number
    readonly shown: number
    readonly total: number
  },
  at: (query: { readonly offset: number }) => string
): VNode | null =>
  pager(
    offset === 0 ? undefined : at({ offset: Math.max(0, offset - size) }),
    offset + shown < total ? at({ offset: offset + size }) : undefined
  )

/** Numbers as links, separated by commas. */
export const numbers = (all: ReadonlyArray<number>, hrefOf: (number: number) => string): Content =>
  all.map((one, index) => [index === 0 ? "" : ", ", h("a", { key: one, href: hrefOf(one) }, String(one))])

/** An address with what of a query is set. */
export const address = (path: string, query: Readonly<Record<string, string | number | undefined>>): string => {
  const asked = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") asked.set(key, String(value))
  }
  const text = asked.toString()
  return text === "" ? path : `${path}?${text}`
}

/** A count with its word: `1 build`, `1,204 builds`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString("en")} ${number === 1 ? one : many}`

/** A bar of parts of a whole, with its words. Counts are in any unit; hollow parts are consequences of others. */
export const bar = (
  parts: ReadonlyArray<readonly [count: number, hue: string, hollow?: boolean]>,
  total: number,
  words: string
): VNode => {
  const width = 144
  let x = 0
  return h(
    "svg",
    { class: "bar", viewBox: `0 0 ${width} 8`, preserveAspectRatio: "none", role: "img", "aria-label": words },
    h("rect", { x: 0, y: 0, width, height: 8, class: "f-line" }),
    ...parts.filter(([count]) => count > 0 && total > 0).map(([count, hue, hollow = false], index) => {
      const wide = width * count / total
      const at = x
      x += wide
      return hollow
        ? h("rect", {
          key: index,
          x: at + 0.2,
          y: 0.75,
          width: Math.max(0.3, wide - 0.6),
          height: 6.5,
          class: `f-surface s-${hue}`,
          "stroke-width": 1.5
        })
        : h("rect", { key: index, x: at, y: 0, width: Math.max(0.3, wide - 0.3), height: 8, class: `f-${hue}` })
    })
  )
}
