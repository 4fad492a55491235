/** Logs by line: addresses that stay, the first error, sections and similar lines folded, and finding in all of it. */
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as Ansi from "./Ansi.ts"
import * as LogContent from "./LogContent.ts"
import * as LogDiff from "./LogDiff.ts"
import * as LogFolds from "./LogFolds.ts"
import * as LogHead from "./LogHead.ts"
import * as LogLine from "./LogLine.ts"
import * as LogRail from "./LogRail.ts"
import * as LogTimes from "./LogTimes.ts"
import * as LogToolbar from "./LogToolbar.ts"

const others = (content: LogContent.Content): ReadonlyArray<VNode> => {
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

const found = (content: LogContent.Content): VNode | null => {
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
              href: LogContent.at(
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
        { href: LogContent.at(content, { find, ...(regex ? { regex: "true" } : {}), after: matches.next }) },
        `Look on from line ${matches.next}`
      )
    }
  )
}

/** Lines of a window from which on a fold that has nearly all of them is open. */
const fewest = 500

const rows = ({ compared, lines, matches, overview }: LogContent.Content): ReadonlyArray<VNode> => {
  const error = overview.first_error
  const keep = new Set([...(error === null ? [] : [error.line]), ...(matches?.matches.map(({ line }) => line) ?? [])])
  const folds = new Map(LogFolds.of(lines.lines, lines.from, overview.sections, keep).map((fold) => [fold.from, fold]))
  const hits = Map.groupBy(matches?.matches ?? [], ({ line }) => line)
  // Of a large log, a window in the middle of a section is nothing but that: whoever goes there wants to see it.
  const most = lines.lines.length < fewest ? Infinity : 0.9 * lines.lines.length
  const cut = new Set(lines.cut)
  const times = LogTimes.of(lines, overview.sections)
  const fresh = compared === undefined ? new Set<number>() : LogDiff.fresh(lines.lines, lines.from, compared)
  const warns = new Set(overview.warnings.lines)
  const not = new Set(overview.doubts.map(({ line }) => line))
  const kindOf = (number: number) =>
    [
      number === error?.line ? "err" : not.has(number) ? "not-cause" : warns.has(number) ? "warns" : "",
      fresh.has(number) ? "fresh" : ""
    ].filter((one) => one !== "").join(" ")
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
            "data-closed": String(fold.isClosed && fold.to - fold.from < most)
          },
          h("button", { type: "button", "aria-expanded": "true" }, fold.label)
        )
      ]),
      LogLine.element(line, number, {
        found: hits.get(number) ?? [],
        isCut: cut.has(number),
        kind: kindOf(number),
        time: times.get(number)
      })
    ]
  })
}

/** The page. */
export const page = (content: LogContent.Content): Page => {
  const { arch, file, good, lines, matches, now, overview, prefix, subject, viewer } = content
  const { attempt, command, crumbs, id, life, name, part } = subject
  const error = overview.first_error
  const json = Blocks.address(`/orch/v1/logs/${life}/${id}/${encodeURIComponent(part)}/${attempt}`, { arch, file })
  const last = lines.from + lines.lines.length - 1
  const said: LogHead.Said = {
    overview,
    json,
    back: Blocks.address(subject.address(attempt), { arch, file }),
    hrefOf: (line) => LogContent.at(content, { from: Math.max(1, line - 200) }, `#L${line}`),
    good,
    viewer,
    now,
    prefix
  }
  const marks: LogRail.Marks = {
    total: lines.total,
    from: lines.from,
    to: last,
    errors: overview.errors.map((one) => one.line).filter((line) => !overview.doubts.some((one) => one.line === line)),
    warnings: overview.warnings.lines,
    found: matches?.matches.map(({ line }) => line) ?? []
  }
  return {
    title: `Log of ${name}, attempt ${attempt}`,
    mark: error === null ? "plan" : "fail",
    section: subject.section,
    json,
    command,
    // The script adds what is written; without it the window stays as it is.
    isStill: true,
    body: [
      Blocks.head({
        title: ["Log of ", h("bdi", null, name), `, attempt ${attempt}`],
        crumbs,
        answer: LogHead.verdict(said),
        actions: LogHead.actions(said),
        below: [LogHead.doubts(said)]
      }),
      ...others(content),
      ...[found(content)].filter((one) => one !== null),
      h(
        "div",
        { class: overview.sections.length === 0 ? "" : "cols logcols" },
        h(
          "div",
          { class: "panel" },
          LogToolbar.toolbar(content),
          h(
            "div",
            { class: "log-with-rail" },
            h(
              "div",
              {
                class: "log",
                id: "log",
                tabIndex: 0,
                role: "region",
                "aria-label": "Lines",
                ...(overview.open && last >= lines.total
                  ? { "data-lines": json.replace(/(\?|$)/, "/lines$1"), "data-next": lines.next ?? last + 1 }
                  : {})
              },
              h("ol", { id: "lines" }, ...rows(content))
            ),
            LogRail.rail(marks)
          ),
          h(
            "p",
            { class: "toolbar low small", id: "follow", hidden: true, role: "status" },
            h("button", { class: "btn", type: "button", id: "to-end" }, "End")
          )
        ),
        // Behind the lines on small screens, beside them on others.
        LogHead.sections(said)
      )
    ]
  }
}
