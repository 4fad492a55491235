/** Logs by line: addresses that stay, the first error, sections and similar lines folded, and finding in all of it. */
import type { LogLines, LogMatches, LogOverview } from "@orch/api/orch/LogsApi"
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import type { Address } from "../SiteMap.ts"
import * as Times from "../Times.ts"
import * as Ansi from "./Ansi.ts"
import * as LogFolds from "./LogFolds.ts"
import * as LogLine from "./LogLine.ts"

/** Whose log it is. */
export interface Subject {
  readonly life: "module-build" | "package-build"
  readonly id: number
  /** Component, or number of the task: the part of the address. */
  readonly part: string
  /** What people call it. */
  readonly name: string
  readonly attempt: number
  /** The address of the page of an attempt, without the prefix. */
  readonly address: (attempt: number) => string
  readonly crumbs: ReadonlyArray<readonly [label: string, href: string]>
  readonly section: Address
  readonly command: string
}

/** What the page is made of: a window of lines, and what was found where something was looked for. */
export interface Content {
  readonly subject: Subject
  readonly overview: LogOverview
  readonly lines: LogLines
  /** Which of several logs; empty for the first. */
  readonly arch: string
  readonly file: string
  readonly find: string
  readonly regex: boolean
  readonly matches: LogMatches | undefined
  readonly prefix: string
}

/** Lines shown at once. */
export const window = 1000

/** The first line of the window to show: around the first error, else the beginning; the end of a log that grows. */
export const start = (
  { first_error: error, lines, open }: Pick<LogOverview, "first_error" | "lines" | "open">
): number => error !== null ? Math.max(1, error.line - 200) : open ? Math.max(1, lines - window + 1) : 1

const verdict = (content: Content): ReadonlyArray<VNode | string> => {
  const { overview } = content
  const error = overview.first_error
  if (error !== null) {
    return [
      `${error.hint} `,
      h(
        "a",
        { href: at(content, { from: Math.max(1, error.line - 200) }, `#L${error.line}`), id: "to-error" },
        `Line ${error.line}`
      ),
      error.phase === null ? "." : `, in ${error.phase}.`
    ]
  }
  return [
    overview.open
      ? `It is being written: ${overview.lines.toLocaleString("en")} lines until now.`
      : `${overview.lines.toLocaleString("en")} lines, none of which a rule takes for an error.`
  ]
}

/** The address of another window of the same log. */
const at = (
  { arch, file, prefix, subject }: Content,
  query: Readonly<Record<string, string | number>>,
  hash = ""
): string => `${Blocks.address(`${prefix}${subject.address(subject.attempt)}`, { arch, file, ...query })}${hash}`

const others = (content: Content): ReadonlyArray<VNode> => {
  const { arch, file, overview, prefix, subject } = content
  const attempts = Array.from({ length: Math.min(50, overview.attempts) }, (_, index) => overview.attempts - index)
  const current = overview.files.find((one) => (file === "" || one.name === file) && (arch === "" || one.arch === arch))
  return [
    ...(attempts.length < 2 || subject.life !== "module-build" ? [] : [
      Blocks.views(
        "Attempts",
        attempts.map((one) => [`Attempt ${one}`, `${prefix}${subject.address(one)}`, one === subject.attempt] as const)
      )
    ]),
    ...(overview.files.length < 2 ? [] : [
      Blocks.views(
        "Logs of this attempt",
        overview.files.map((one) =>
          [
            one.arch === null ? one.name : `${one.arch}: ${one.name}`,
            Blocks.address(`${prefix}${subject.address(subject.attempt)}`, { arch: one.arch ?? "", file: one.name }),
            one === current
          ] as const
        )
      )
    ])
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
          h("a", { href: at(content, { from }, `#L${from}`) }, name),
          `${failed ? ", failed" : ""}${seconds === null ? "" : `, ${Times.duration(seconds)}`}`
        )
      )
    )
  )

const found = (content: Content): VNode | null => {
  const { find, matches, regex } = content
  if (matches === undefined) return null
  const lines = [...new Map(matches.matches.map((one) => [one.line, one])).values()]
  return Blocks.section(
    "found",
    lines.length === 0
      ? `Nothing has “${find}”`
      : `${Blocks.count(lines.length, "line has", "lines have")} “${find}”${
        matches.next === null ? "" : ", and there may be more"
      }`,
    [
      h(
        "ol",
        { class: "panel pad" },
        ...lines.slice(0, 100).map(({ line, text }) =>
          h(
            "li",
            { key: line },
            h("a", {
              href: at(
                content,
                { find, ...(regex ? { regex: "true" } : {}), from: Math.max(1, line - 200) },
                `#L${line}`
              )
            }, `line ${line}`),
            " ",
            h("code", null, Ansi.plain(text).slice(0, 300))
          )
        )
      )
    ],
    matches.next === null ? {} : {
      end: h(
        "a",
        { href: at(content, { find, ...(regex ? { regex: "true" } : {}), after: matches.next }) },
        `Look on from line ${matches.next}`
      )
    }
  )
}

const toolbar = (content: Content): VNode => {
  const { arch, file, find, lines, overview, prefix, regex } = content
  const last = lines.from + lines.lines.length - 1
  const move = (from: number, label: string) => h("a", { class: "btn", href: at(content, { from }) }, label)
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
    h("button", { class: "btn", type: "button", id: "link", hidden: true }, "Copy link"),
    lines.from > 1 ? move(Math.max(1, lines.from - window), "Earlier") : null,
    last < lines.total ? move(last + 1, "Later") : null,
    last < lines.total ? move(-window, "End") : null,
    h(
      "a",
      { class: "btn", href: overview.raw_url.startsWith("/") ? `${prefix}${overview.raw_url}` : overview.raw_url },
      "Raw"
    )
  )
}

const rows = ({ lines, matches, overview }: Content): ReadonlyArray<VNode> => {
  const error = overview.first_error
  const keep = new Set([...(error === null ? [] : [error.line]), ...(matches?.matches.map(({ line }) => line) ?? [])])
  const folds = new Map(LogFolds.of(lines.lines, lines.from, overview.sections, keep).map((fold) => [fold.from, fold]))
  const hits = Map.groupBy(matches?.matches ?? [], ({ line }) => line)
  const cut = new Set(lines.cut)
  return lines.lines.flatMap((line, index) => {
    const number = lines.from + index
    const fold = folds.get(number)
    return [
      ...(fold === undefined ? [] : [
        h(
          "li",
          {
            key: `f${number}`,
            class: "fold",
            hidden: true,
            "data-from": fold.from,
            "data-to": fold.to,
            "data-closed": String(fold.isClosed)
          },
          h("button", { type: "button", "aria-expanded": "true" }, fold.label)
        )
      ]),
      LogLine.element(line, number, {
        found: hits.get(number) ?? [],
        isCut: cut.has(number),
        ...(number === error?.line ? { kind: "err" } : {})
      })
    ]
  })
}

/** The page. */
export const page = (content: Content): Page => {
  const { arch, file, lines, overview, subject } = content
  const { attempt, command, crumbs, id, life, name, part } = subject
  const error = overview.first_error
  const json = `/orch/v1/logs/${life}/${id}/${encodeURIComponent(part)}/${attempt}`
  const last = lines.from + lines.lines.length - 1
  return {
    title: `Log of ${name}, attempt ${attempt}`,
    mark: error === null ? "plan" : "fail",
    section: subject.section,
    json: Blocks.address(json, { arch, file }),
    command,
    // The script adds what is written; without it the window stays as it is.
    isStill: true,
    body: [
      Blocks.head({
        title: ["Log of ", h("bdi", null, name), `, attempt ${attempt}`],
        crumbs,
        answer: verdict(content)
      }),
      ...others(content),
      ...[sections(content), found(content)].filter((one) => one !== null),
      h(
        "div",
        { class: "panel" },
        toolbar(content),
        h(
          "div",
          {
            class: "log",
            id: "log",
            tabIndex: 0,
            role: "region",
            "aria-label": "Lines",
            ...(overview.open && last >= lines.total
              ? { "data-lines": Blocks.address(`${json}/lines`, { arch, file }), "data-next": lines.next ?? last + 1 }
              : {})
          },
          h("ol", { id: "lines" }, ...rows(content))
        ),
        h(
          "p",
          { class: "toolbar low small", id: "follow", hidden: true, role: "status" },
          h("button", { class: "btn", type: "button", id: "to-end" }, "End")
        )
      )
    ]
  }
}
