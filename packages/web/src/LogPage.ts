/** `/builds/ID/COMPONENT/ATTEMPT/log`: lines with addresses that stay, and the first error among them. */
import type { LogLines, LogMatches, LogOverview } from "@orch/api/orch/LogsApi"
import type { VNode } from "preact"
import type { Page } from "./Frame.ts"
import { h } from "./Markup.ts"
import * as Times from "./Times.ts"

/** What the page is made of: a window of lines, and what was found where something was looked for. */
export interface Content {
  readonly id: number
  readonly component: string
  readonly attempt: number
  readonly overview: LogOverview
  readonly lines: LogLines
  readonly find: string
  readonly matches: LogMatches | undefined
  readonly prefix: string
}

/** Lines shown at once. */
export const window = 1000

/**
 * A line without what moves a terminal's cursor or colours; what was overwritten by a carriage return is gone, and control
 * characters and those that turn the direction of text are shown by their numbers.
 */
export const cleaned = (line: string): string => {
  // eslint-disable-next-line no-control-regex
  const plain = line.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g, "").replace(
    /\r+$/,
    ""
  )
  return plain.slice(plain.lastIndexOf("\r") + 1).replace(
    // eslint-disable-next-line no-control-regex
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
  )
}

/** The first line of the window to show: around the first error, else the beginning; the end of a log that grows. */
export const start = (
  { first_error: error, lines, open }: Pick<LogOverview, "first_error" | "lines" | "open">
): number => error !== null ? Math.max(1, error.line - 200) : open ? Math.max(1, lines - window + 1) : 1

const verdict = ({ overview }: Content): ReadonlyArray<VNode | string> => {
  const error = overview.first_error
  if (error !== null) {
    return [
      `${error.hint} `,
      h("a", { href: `#L${error.line}`, id: "to-error" }, `Line ${error.line}`),
      error.phase === null ? "." : `, in ${error.phase}.`
    ]
  }
  return [
    overview.open
      ? `It is being written: ${overview.lines} lines until now.`
      : `${overview.lines} lines, none of which a rule takes for an error.`
  ]
}

const sections = (content: Content): VNode | null =>
  content.overview.sections.length === 0 ? null : h(
    "details",
    { class: "panel pad" },
    h("summary", null, "Sections"),
    h(
      "ol",
      null,
      ...content.overview.sections.map(({ failed, from, name, seconds }) =>
        h(
          "li",
          { key: from },
          h("a", { href: `?from=${from}#L${from}` }, name),
          `${failed ? ", failed" : ""}${seconds === null ? "" : `, ${Times.duration(seconds)}`}`
        )
      )
    )
  )

const found = ({ find, matches }: Content): VNode | null =>
  matches === undefined ? null : h(
    "section",
    { class: "sec", id: "found" },
    h(
      "h2",
      null,
      matches.matches.length === 0
        ? `Nothing has “${find}”`
        : `${matches.matches.length}${matches.next === null ? "" : " or more"} lines have “${find}”`
    ),
    h(
      "ol",
      { class: "panel pad" },
      ...matches.matches.slice(0, 100).map(({ line, text }, index) =>
        h(
          "li",
          { key: index },
          h("a", { href: `?from=${Math.max(1, line - 200)}#L${line}` }, `line ${line}`),
          " ",
          h("code", null, cleaned(text))
        )
      )
    )
  )

/** The page. */
export const page = (content: Content): Page => {
  const { attempt, component, find, id, lines, overview, prefix } = content
  const last = lines.from + lines.lines.length - 1
  const error = overview.first_error
  const move = (from: number, label: string) => h("a", { class: "btn", href: `?from=${from}` }, label)
  return {
    title: `Log of ${component}, attempt ${attempt}`,
    mark: error === null ? "plan" : "fail",
    section: "/builds",
    json: `/orch/v1/logs/module-build/${id}/${encodeURIComponent(component)}/${attempt}`,
    ...(overview.open ? { again: 2 } : {}),
    body: [
      h(
        "div",
        { class: "head" },
        h(
          "nav",
          { "aria-label": "Breadcrumb" },
          h(
            "ol",
            { class: "crumbs" },
            h("li", null, h("a", { href: `${prefix}/builds` }, "Builds")),
            h("li", null, h("a", { href: `${prefix}/builds/${id}` }, String(id))),
            h("li", { "aria-current": "page" }, h("bdi", null, component))
          )
        ),
        h("h1", null, "Log of ", h("bdi", null, component), `, attempt ${attempt}`),
        h("p", { class: "answer", id: "answer" }, ...verdict(content))
      ),
      ...[sections(content), found(content)].filter((one) => one !== null),
      h(
        "div",
        { class: "panel" },
        h(
          "div",
          { class: "toolbar" },
          h(
            "form",
            { class: "search", action: "", method: "get" },
            h(
              "label",
              { class: "field" },
              h("span", { class: "sr-only" }, "Find in this log"),
              h("input", { id: "filter", name: "find", value: find, placeholder: "Find in this log" })
            ),
            h("button", { class: "btn" }, "Find")
          ),
          h("span", { class: "dim small end" }, `Lines ${lines.from} to ${last} of ${lines.total}`),
          lines.from > 1 ? move(Math.max(1, lines.from - window), "Earlier") : null,
          last < lines.total ? move(last + 1, "Later") : null,
          last < lines.total ? move(-window, "End") : null,
          h("a", {
            class: "btn",
            href: overview.raw_url.startsWith("/") ? `${prefix}${overview.raw_url}` : overview.raw_url
          }, "Raw")
        ),
        h(
          "div",
          { class: "log", tabIndex: 0, role: "region", "aria-label": "Lines" },
          h(
            "ol",
            { id: "lines" },
            ...lines.lines.map((line, index) => {
              const number = lines.from + index
              return h(
                "li",
                { key: number, id: `L${number}`, ...(number === error?.line ? { class: "err" } : {}) },
                h("a", { href: `#L${number}` }, String(number)),
                h("span", null, cleaned(line))
              )
            })
          )
        )
      )
    ]
  }
}
