/** Some lines of a log on another page: around the first error, or the last that were written. */
import type { ModuleBuildDetail } from "@orch/api/orch/ModuleBuildsApi"
import type { VNode } from "preact"
import { h } from "../Markup.ts"
import * as Order from "../order/Order.ts"
import * as LogLine from "./LogLine.ts"

/** Which lines. */
export interface Which {
  readonly component: string
  readonly attempt: number
  /** From 1, or so many before the end. */
  readonly from: number
  readonly count: number
}

/** The lines. */
export interface Excerpt extends Which {
  readonly lines: ReadonlyArray<string>
}

const before = 4
const around = 10
const tail = 12

/** Lines around an error. */
export const aroundLine = (component: string, attempt: number, line: number): Which => ({
  component,
  attempt,
  from: Math.max(1, line - before),
  count: around
})

/** The end of the log that matters most: of what is being built, what the longest way goes through, or else what began first. */
export const ofRunning = ({ components }: Pick<ModuleBuildDetail, "components">): Which | undefined => {
  const open = components.filter(({ log_url, state, task_state }) =>
    state === "building" && task_state === "open" && log_url !== null
  )
  const path = new Set(Order.criticalPath(components.map((one) => ({ ...one, seconds: undefined }))))
  const best = open.find(({ name }) => path.has(name)) ??
    open.toSorted((a, b) => (a.submitted_at ?? "").localeCompare(b.submitted_at ?? ""))[0]
  return best === undefined ? undefined : { component: best.name, attempt: best.attempt, from: -tail, count: tail }
}

/** The lines with their numbers, which lead into the log at `href`; `marked` is the one that is talked about. */
export const section = ({ component, from, lines }: Excerpt, href: string, marked?: number): VNode =>
  h(
    "div",
    { class: "log panel excerpt", tabIndex: 0, role: "region", "aria-label": `Lines of the log of ${component}` },
    h(
      "ol",
      null,
      ...lines.map((line, index) =>
        LogLine.element(line, from + index, { kind: from + index === marked ? "err" : "", page: href })
      )
    )
  )
