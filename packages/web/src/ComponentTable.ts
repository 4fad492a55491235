/** Components of a build in the order they are built: state, result or reason, when, and the log. */
import type { PossibleAction } from "@orch/api/orch/ActionsApi"
import type { ComponentDetail, ModuleBuildDetail } from "@orch/api/orch/ModuleBuildsApi"
import type { VNode } from "preact"
import * as Actions from "./Actions.ts"
import { h } from "./Markup.ts"
import * as States from "./States.ts"
import * as Times from "./Times.ts"
import type { Viewer } from "./Viewer.ts"

interface Content {
  readonly build: ModuleBuildDetail
  readonly possible: ReadonlyArray<PossibleAction>
  readonly viewer: Viewer
  readonly now: number
  readonly prefix: string
}

/** The address of the log of an attempt. */
export const logOf = ({ build, prefix }: Pick<Content, "build" | "prefix">, name: string, attempt: number): string =>
  `${prefix}/builds/${build.id}/${encodeURIComponent(name)}/${attempt}/log`

const length = ({ finished_at, submitted_at }: ComponentDetail, now: number): string =>
  submitted_at === null ? "" : Times.duration(Times.between(submitted_at, finished_at ?? new Date(now).toISOString()))

/** One axis for all: from the first submission to now or the end. */
const timeline = (content: Content) => {
  const { build, now } = content
  const starts = build.components.flatMap(({ submitted_at }) => submitted_at === null ? [] : [Date.parse(submitted_at)])
  const begin = Math.min(...starts)
  const end = build.completed_at === null ? now : Date.parse(build.completed_at)
  return (component: ComponentDetail): VNode | null => {
    if (component.submitted_at === null || end <= begin) return null
    const at = (instant: number) => 200 * Math.min(1, Math.max(0, (instant - begin) / (end - begin)))
    const from = at(Date.parse(component.submitted_at))
    const to = at(component.finished_at === null ? now : Date.parse(component.finished_at))
    return h(
      "svg",
      { class: "time-bar", viewBox: "0 0 200 8", preserveAspectRatio: "none", "aria-hidden": "true" },
      h("rect", { x: 0, y: 3, width: 200, height: 2, class: "f-line" }),
      h("rect", {
        x: from,
        y: 0,
        width: Math.max(1, to - from),
        height: 8,
        class: `f-${States.ofComponent(component).hue}`
      })
    )
  }
}

/** A component that did not succeed can be built once more, where that is possible now. */
const retry = ({ build, possible, prefix, viewer }: Content, name: string): VNode | null =>
  possible.some(({ action, allowed, part }) => action === "retry" && part === name && allowed)
    ? Actions.form(
      {
        id: `retry-${name}`,
        label: "Retry",
        to: `/orch/v1/module-builds/${build.id}/components/${encodeURIComponent(name)}/retry`
      },
      viewer,
      prefix,
      `/builds/${build.id}`
    )
    : null

const componentRow =
  (content: Content, bar: (component: ComponentDetail) => VNode | null) => (component: ComponentDetail): VNode => {
    const { attempt, log_url, name, nvr, reuse, state_reason, task } = component
    return h(
      "tr",
      { id: `c-${name}`, key: name },
      h("th", { scope: "row" }, h("bdi", null, name)),
      h("td", { class: "state" }, States.badge(States.ofComponent(component))),
      h(
        "td",
        { class: "wide" },
        nvr ?? "",
        h("span", { class: "sub" }, reuse !== null && task === null ? reuse : state_reason)
      ),
      h("td", { class: "hide" }, bar(component)),
      h("td", { class: "num" }, length(component, content.now)),
      h(
        "td",
        null,
        log_url === null ? "" : h("a", { href: logOf(content, name, attempt), "aria-label": `Log of ${name}` }, "Log"),
        retry(content, name)
      )
    )
  }

/** The table. */
export const table = (content: Content): VNode => {
  const { build } = content
  const bar = timeline(content)
  const batches = [...new Set(build.components.map(({ batch }) => batch))].sort((a, b) => a - b)
  const heads = ["Component", "State", "Result, or why", "When", "Took", "Log"]
  return h(
    "section",
    { class: "sec", "aria-labelledby": "h-components", id: "components" },
    h(
      "header",
      null,
      h("h2", { id: "h-components" }, "Components, in order"),
      h("span", { class: "dim small" }, String(build.components.length))
    ),
    h(
      "div",
      { class: "panel scroll", tabIndex: 0, role: "region", "aria-label": "Table of components" },
      h(
        "table",
        { class: "stack" },
        h("thead", null, h("tr", null, ...heads.map((head) => h("th", { scope: "col", key: head }, head)))),
        ...batches.map((batch) => {
          const inside = build.components.filter((component) => component.batch === batch)
          const ready = inside.filter(({ state }) => state === "available").length
          return h(
            "tbody",
            { key: batch },
            h(
              "tr",
              { class: "grp" },
              h(
                "th",
                { colSpan: 6, scope: "rowgroup" },
                `Batch ${batch}: ${ready} of ${inside.length} in the repository`
              )
            ),
            ...inside.map(componentRow(content, bar))
          )
        })
      )
    )
  )
}
