/** One line of a log: its number as an address, and its text in the colours it came with. */
import type { VNode } from "preact"
import { h } from "../Markup.ts"
import * as Ansi from "./Ansi.ts"
import type * as LogTimes from "./LogTimes.ts"

/** A place in a line's text that was looked for, in characters of the line as it is. */
export interface Found {
  readonly at: number
  readonly length: number
}

const part = ({ href, kind, text }: Ansi.Segment, index: number): VNode | string =>
  href === undefined
    ? kind === "" ? text : h("span", { key: index, class: kind }, text)
    : h("a", { key: index, class: kind, href, rel: "noreferrer nofollow" }, text)

/** Marks what was found; a line that has colours is marked as a whole, since its characters are elsewhere. */
const marked = (line: string, found: ReadonlyArray<Found>): ReadonlyArray<VNode | string> | undefined => {
  const plain = Ansi.plain(line)
  if (found.length === 0) return undefined
  if (plain !== line) return [h("mark", null, plain)]
  const parts: Array<VNode | string> = []
  let at = 0
  for (const one of found.toSorted((a, b) => a.at - b.at)) {
    if (one.at < at) continue
    parts.push(line.slice(at, one.at), h("mark", { key: one.at }, line.slice(one.at, one.at + one.length)))
    at = one.at + one.length
  }
  return [...parts, line.slice(at)]
}

/** The line. */
export const element = (
  line: string,
  number: number,
  { found = [], isCut = false, kind = "", page, time }: {
    readonly found?: ReadonlyArray<Found>
    readonly isCut?: boolean
    readonly kind?: string
    /** The address of the log's page, where the line is shown on another one; it has no address of its own there. */
    readonly page?: string
    readonly time?: LogTimes.Shown | undefined
  } = {}
): VNode =>
  h(
    "li",
    { key: number, ...(page === undefined ? { id: `L${number}` } : {}), ...(kind === "" ? {} : { class: kind }) },
    h("a", { href: `${page ?? ""}#L${number}` }, String(number)),
    time === undefined ? null : h("small", { title: time.at }, time.offset),
    h(
      "span",
      null,
      ...(marked(line, found) ?? Ansi.segments(line).map(part)),
      isCut ? h("em", { class: "dim" }, " … cut here; the raw log has all of it") : null
    )
  )
