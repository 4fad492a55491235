/** The order of a build as a drawing: columns of batches, barriers between them, and the chain that takes longest. */
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import { h } from "../Markup.ts"
import type * as States from "../States.ts"
import * as Times from "../Times.ts"
import * as Order from "./Order.ts"

/** One component as it is drawn. */
export interface Node extends Order.Member {
  readonly state: States.Shown
  /** One line: how long, or what it waits for. */
  readonly line: string
  readonly href: string
}

/** Above that a drawing says less than the table below it. */
const mostColumns = 12
const mostRows = 40
const mostEdges = 200

const nodeWidth = 168
const nodeHeight = 44
const gapX = 52
const gapY = 10
const margin = 8
const topRow = 22

const shorten = (text: string, most: number): string => text.length > most ? `${text.slice(0, most - 1)}…` : text

/** What is drawn besides the nodes themselves. */
export interface Look {
  /** Names with a strong border. */
  readonly critical: ReadonlyArray<string>
  /** The words above a column. */
  readonly heading: (batch: number) => string
  /** Whether a column without relations waits for all before it. */
  readonly barriers: boolean
  /** What the whole is called. */
  readonly name: string
}

/** The drawing alone; `undefined` where there is too much to draw, or nothing. */
export const drawing = (nodes: ReadonlyArray<Node>, look: Look): VNode | undefined => {
  const columns = Order.columns(nodes)
  const rows = Math.max(...columns.map((column) => column.length))
  if (nodes.length === 0 || columns.length > mostColumns || rows > mostRows) return undefined
  const critical = new Set(look.critical)
  const place = new Map<string, readonly [x: number, y: number]>()
  for (const [column, members] of columns.entries()) {
    for (const [row, { name }] of members.entries()) {
      place.set(name, [margin + column * (nodeWidth + gapX), topRow + margin + row * (nodeHeight + gapY)])
    }
  }
  const width = 2 * margin + columns.length * (nodeWidth + gapX) - gapX
  const height = topRow + 2 * margin + Math.max(...columns.map((column) => column.length)) * (nodeHeight + gapY) - gapY
  const relations = nodes.flatMap(({ after, name }) => after.map((before) => [before, name] as const))
  const edges = relations.length > mostEdges
    ? relations.filter(([a, b]) => critical.has(a) && critical.has(b))
    : relations
  const edge = ([before, name]: readonly [string, string]) => {
    const from = place.get(before)
    const to = place.get(name)
    if (from === undefined || to === undefined) return null
    const [x1, y1] = [from[0] + nodeWidth, from[1] + nodeHeight / 2]
    const [x2, y2] = [to[0], to[1] + nodeHeight / 2]
    const strong = critical.has(before) && critical.has(name)
    return h("path", {
      key: `${before}>${name}`,
      d: `M${x1} ${y1}C${x1 + gapX / 2} ${y1} ${x2 - gapX / 2} ${y2} ${x2} ${y2}`,
      class: `nofill ${strong ? "s-ink" : "s-strong"}`,
      "stroke-width": strong ? 2 : 1
    })
  }
  const barriers = columns.flatMap((column, index) => {
    if (index === 0 || !look.barriers || !Order.hasBarrier(column)) return []
    const x = margin + index * (nodeWidth + gapX) - gapX / 2
    return [
      h("path", { key: index, d: `M${x} ${margin}V${height - margin}`, class: "s-strong dash", "stroke-width": 1.5 })
    ]
  })
  const node = ({ href, line, name, state }: Node) => {
    const [x, y] = place.get(name)!
    const strong = critical.has(name)
    return h(
      "a",
      {
        key: name,
        class: "node",
        href,
        "aria-label": `${shorten(name, 20)} ${shorten(line, 24)}, ${state.word}${strong ? ", on the longest path" : ""}`
      },
      h("rect", {
        class: `box f-surface ${strong ? "s-ink" : "s-strong"}`,
        x,
        y,
        width: nodeWidth,
        height: nodeHeight,
        rx: 4,
        "stroke-width": strong ? 2.5 : 1
      }),
      h("svg", { x: x + 8, y: y + 7, width: 14, height: 14, class: state.hue }, h("use", { href: `#i-${state.mark}` })),
      // One text, so that its words stand apart where they are read out.
      h(
        "text",
        null,
        h("tspan", { x: x + 28, y: y + 18, class: "tb" }, shorten(name, 20)),
        " ",
        h("tspan", { x: x + 28, y: y + 34, class: "t3" }, shorten(line, 24))
      )
    )
  }
  return h(
    "div",
    { class: "panel graph", tabIndex: 0, role: "region", "aria-label": look.name },
    h(
      "svg",
      { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "Columns of batches" },
      ...columns.map((column, index) =>
        h(
          "text",
          { key: index, x: margin + index * (nodeWidth + gapX), y: 16, class: "t3" },
          look.heading(column[0]!.batch)
        )
      ),
      ...barriers,
      ...edges.map(edge),
      ...nodes.map(node)
    )
  )
}

/** What of the order is said in words beside the drawing. */
export const words = (nodes: ReadonlyArray<Node>): string => {
  const critical = Order.criticalPath(nodes)
  const of = new Set(critical)
  const known = nodes.filter(({ name }) => of.has(name)).map(({ seconds }) => seconds)
  const all = known.every((seconds) => seconds !== undefined)
    ? `, ${Times.duration(known.reduce<number>((sum, seconds) => sum + (seconds ?? 0), 0))}`
    : ""
  const shown = critical.length > 8 ? [...critical.slice(0, 4), "…", ...critical.slice(-3)] : critical
  return `Longest path: ${shown.join(" → ")}${all}`
}

/** The part of a page; nothing for a single component. */
export const section = (nodes: ReadonlyArray<Node>): VNode | null => {
  if (nodes.length < 2) return null
  return Blocks.section("order", "Order", [
    drawing(nodes, {
      critical: Order.criticalPath(nodes),
      heading: (batch) => `Batch ${batch}`,
      barriers: true,
      name: "Order of the components"
    }) ?? h(
      "p",
      { class: "panel pad soft" },
      `${Blocks.count(nodes.length, "component")} in ${
        Blocks.count(Order.columns(nodes).length, "batch", "batches")
      }: too many to draw, the table has them in order.`
    ),
    h("p", { class: "small soft", id: "critical-path" }, words(nodes), ".")
  ], { hint: "strong border: the longest path; dashed line: a barrier that all before it have to pass" })
}
