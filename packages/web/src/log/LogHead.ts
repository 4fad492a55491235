/** What is said above the lines of a log: what went wrong, in one sentence; what is not the cause; its sections beside the last good ones. */
import type { LogOverview } from "@orch/api/orch/LogsApi"
import type { VNode } from "preact"
import * as Actions from "../Actions.ts"
import * as Blocks from "../Blocks.ts"
import { h } from "../Markup.ts"
import * as States from "../States.ts"
import * as Times from "../Times.ts"
import type { Viewer } from "../Viewer.ts"

/** The log of the same component in the last build of its stream that was ready. */
export interface Good {
  readonly build: number
  /** The address of its page, with the prefix. */
  readonly href: string
  readonly overview: Pick<LogOverview, "lines" | "sections">
}

/** What is said of. */
export interface Said {
  readonly overview: LogOverview
  /** Path of the log below `/orch/v1`. */
  readonly json: string
  /** Path of the page, without the prefix. */
  readonly back: string
  /** The address of a line's window, with the prefix. */
  readonly hrefOf: (line: number) => string
  readonly good: Good | undefined
  readonly viewer: Viewer
  readonly now: number
  readonly prefix: string
}

/** The sentence. */
export const verdict = ({ hrefOf, overview }: Said): ReadonlyArray<VNode | string> => {
  const error = overview.first_error
  if (error !== null) {
    return [
      `${error.hint} `,
      h("a", { href: hrefOf(error.line), id: "to-error" }, `Line ${error.line}`),
      error.phase === null ? "." : `, in ${error.phase}.`
    ]
  }
  return [
    overview.open
      ? `It is being written: ${overview.lines.toLocaleString("en")} lines until now.`
      : `${overview.lines.toLocaleString("en")} lines, none of which a rule takes for an error.`
  ]
}

const doubtAt = ({ json }: Said, line: number): string => `${json.replace(/(\?|$)/, `/doubts/${line}$1`)}`

/** What can be said of the line that is taken for the cause. */
export const actions = (said: Said): VNode | null => {
  const { back, overview, prefix, viewer } = said
  const error = overview.first_error
  if (error === null || (!viewer.mayAct && !viewer.canSignIn)) return null
  const to = doubtAt(said, error.line)
  return Actions.row(
    [{
      id: "not-the-cause",
      label: "Not the cause",
      to,
      method: "PUT",
      undo: { label: "It is the cause", to, method: "DELETE" },
      ...(viewer.mayAct ? {} : { whyNot: "Only who may submit builds may say so" })
    }],
    viewer,
    prefix,
    back
  )
}

/** Lines that were taken for the cause, with who said that they are not. */
export const doubts = (said: Said): VNode | null => {
  const { back, hrefOf, now, overview, prefix, viewer } = said
  return overview.doubts.length === 0 ? null : h(
    "ul",
    { class: "small soft", id: "doubts" },
    ...overview.doubts.map(({ at, by, line, rule, text }) =>
      h(
        "li",
        { key: line, class: "row" },
        h(
          "span",
          null,
          h("a", { href: hrefOf(line) }, `Line ${line}`),
          " is not the cause, says ",
          h("bdi", null, by),
          ", ",
          Times.time(at, now),
          ` (rule ${rule}): `,
          h("code", null, text)
        ),
        viewer.mayAct
          ? Actions.form(
            { id: `believe-${line}`, label: "It is", to: doubtAt(said, line), method: "DELETE" },
            viewer,
            prefix,
            back
          )
          : null
      )
    )
  )
}

/** Sections that are listed; logs that have more are none of rpmbuild or mock. */
const mostSections = 60

/** Its sections with how long they took, and how long in the last good log. */
export const sections = ({ good, hrefOf, overview }: Said): VNode | null => {
  if (overview.sections.length === 0) return null
  const then = new Map(good?.overview.sections.map((one) => [one.name, one]) ?? [])
  const took = overview.sections.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0)
  return h(
    "details",
    { class: "panel toc", id: "sections", open: true },
    h(
      "summary",
      null,
      `${Blocks.count(overview.sections.length, "section")}${took === 0 ? "" : `, ${Times.duration(took)}`}${
        good === undefined ? "" : `; compared with build ${good.build}, the last that was ready`
      }`
    ),
    h(
      "ol",
      { class: "rank" },
      ...overview.sections.slice(0, mostSections).map(({ failed, from, name, seconds, to }) => {
        const other = then.get(name)
        return h(
          "li",
          { key: from },
          h(
            "span",
            null,
            States.mark(failed ? "fail" : "good", failed ? "bad" : "good"),
            " ",
            h("a", { href: hrefOf(from) }, name),
            failed ? ", failed" : ""
          ),
          h(
            "span",
            { class: "dim" },
            `${Blocks.count(to - from + 1, "line")}${seconds === null ? "" : `, ${Times.duration(seconds)}`}`
          ),
          good === undefined ? null : h(
            "span",
            { class: "dim" },
            other === undefined
              ? "not in the last good log"
              : [
                "last good: ",
                h(
                  "a",
                  { href: `${good.href}?from=${other.from}#L${other.from}` },
                  Blocks.count(
                    other.to - other.from + 1,
                    "line"
                  )
                ),
                other.seconds === null ? "" : `, ${Times.duration(other.seconds)}`
              ]
          )
        )
      })
    )
  )
}
