/** Components of a build in the order they are built: state, result or reason, when, and the log. */
import type { PossibleAction } from "@orch/api/orch/ActionsApi"
import type { ComponentDetail, ModuleBuildDetail } from "@orch/api/orch/ModuleBuildsApi"
import type { VNode } from "preact"
import * as Actions from "./Actions.ts"
import * as Blocks from "./Blocks.ts"
import { h } from "./Markup.ts"
import * as Picks from "./Picks.ts"
import * as States from "./States.ts"
import * as Times from "./Times.ts"
import type { Viewer } from "./Viewer.ts"

/** How components can be sorted. */
export const sorts = ["order", "duration", "state"] as const

/** What was asked for: an order, and a part of the name. */
export interface Asked {
  readonly sort: typeof sorts[number]
  readonly name: string
}

interface Content {
  readonly components?: Asked
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
  const begin = build.components.reduce(
    (first, { submitted_at }) => submitted_at === null ? first : Math.min(first, Date.parse(submitted_at)),
    Infinity
  )
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

/** Those that did not succeed and can be built once more now. */
const retriable = ({ possible }: Content): ReadonlySet<string | null> =>
  new Set(possible.flatMap(({ action, allowed, part }) => action === "retry" && allowed ? [part] : []))

const retry = ({ build, prefix, viewer }: Content, name: string): VNode =>
  Actions.form(
    {
      id: `retry-${name}`,
      label: "Retry",
      to: `/orch/v1/module-builds/${build.id}/components/${encodeURIComponent(name)}/retry`
    },
    viewer,
    prefix,
    `/builds/${build.id}`
  )

const componentRow =
  (content: Content, bar: (component: ComponentDetail) => VNode | null, again: ReadonlySet<string | null>) =>
  (component: ComponentDetail): VNode => {
    const { attempt, log_url, name, nvr, reuse, state_reason, task } = component
    return h(
      "tr",
      { id: `c-${name}`, key: name },
      h(
        "th",
        { scope: "row" },
        again.has(name) ? Picks.box(name, name) : null,
        again.has(name) ? " " : null,
        h(
          "a",
          { href: `${content.prefix}/builds/${content.build.id}/${encodeURIComponent(name)}` },
          h("bdi", null, name)
        )
      ),
      h("td", { class: "state" }, States.badge(States.ofComponentIn(content.build, component))),
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
        again.has(name) ? retry(content, name) : null
      )
    )
  }

/** Which components of a large build have a row: what failed comes before what is being built, and that before the others. */
const rowsOf = (components: ReadonlyArray<ComponentDetail>): ReadonlySet<ComponentDetail> => {
  if (components.length <= Blocks.mostRows) return new Set(components)
  const isOpen = ({ state }: ComponentDetail) => state === "building" || state === "submitting"
  const failed = components.filter(({ state }) => state === "failed")
  const inOrder = new Set([...failed, ...components.filter(isOpen), ...components])
  return new Set([...inOrder].slice(0, Blocks.mostRows))
}

/** A batch on its way into the table. */
interface Batch {
  total: number
  ready: number
  readonly rows: Array<ComponentDetail>
}

const worst = ["failed", "building", "submitting", "waiting", "built", "available", "canceled"]

/** In the order that was asked for, in one batch without a name; the first are those that somebody looks for. */
const sorted = (
  components: ReadonlyArray<ComponentDetail>,
  sort: Asked["sort"],
  now: number
): ReadonlyArray<ComponentDetail> => {
  const took = ({ finished_at, submitted_at }: ComponentDetail) =>
    submitted_at === null ? -1 : Times.between(submitted_at, finished_at ?? new Date(now).toISOString())
  return sort === "duration"
    ? components.toSorted((a, b) => took(b) - took(a))
    : sort === "state"
    ? components.toSorted((a, b) => worst.indexOf(a.state) - worst.indexOf(b.state))
    : components
}

/** Choosing the order and a part of the name; a few components need neither. */
const asking = ({ build, prefix }: Content, { name, sort }: Asked): VNode | null =>
  build.components.length < 8 ? null : h(
    "form",
    {
      class: "search",
      role: "search",
      "aria-label": "Components",
      action: `${prefix}/builds/${build.id}#components`,
      method: "get"
    },
    Blocks.field("name", "Part of a name", name),
    h(
      "label",
      { class: "row small" },
      "sorted by",
      h(
        "select",
        { name: "sort" },
        ...sorts.map((one) => h("option", { key: one, value: one, ...(one === sort ? { selected: true } : {}) }, one))
      )
    ),
    h("button", { class: "btn" }, "Show")
  )

const batchesOf = (components: ReadonlyArray<ComponentDetail>): ReadonlyArray<readonly [number, Batch]> => {
  const shown = rowsOf(components)
  const batches = new Map<number, Batch>()
  for (const component of components) {
    const batch = batches.get(component.batch) ?? { total: 0, ready: 0, rows: [] }
    batches.set(component.batch, batch)
    batch.total++
    if (component.state === "available") batch.ready++
    if (shown.has(component)) batch.rows.push(component)
  }
  return [...batches].filter(([, { rows }]) => rows.length > 0).sort(([a], [b]) => a - b)
}

/** The table. */
export const table = (content: Content): VNode => {
  const { build } = content
  const bar = timeline(content)
  const again = retriable(content)
  const asked = content.components ?? { sort: "order", name: "" }
  const found = sorted(build.components, asked.sort, content.now).filter(({ name }) => name.includes(asked.name))
  const more = found.length - Blocks.mostRows
  const row = componentRow(content, bar, again)
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
    asking(content, asked),
    h(
      "div",
      { class: "panel scroll", tabIndex: 0, role: "region", "aria-label": "Table of components" },
      h(
        "table",
        {
          class: "stack",
          ...(again.size === 0 ? {} : Picks.list([{
            label: "Retry",
            action: "retry",
            to: `/orch/v1/module-builds/${build.id}/components/:id/retry`,
            may: `/orch/v1/module-builds/${build.id}/actions`,
            ofParts: true
          }], "component"))
        },
        h("thead", null, h("tr", null, ...heads.map((head) => h("th", { scope: "col", key: head }, head)))),
        ...(asked.sort !== "order"
          ? [h("tbody", { key: asked.sort }, ...found.slice(0, Blocks.mostRows).map(row))]
          : batchesOf(found).map(([batch, { ready, rows, total }]) =>
            h(
              "tbody",
              { key: batch },
              h(
                "tr",
                { class: "grp" },
                h("th", { colSpan: 6, scope: "rowgroup" }, `Batch ${batch}: ${ready} of ${total} in the repository`)
              ),
              ...rows.map(row)
            )
          ))
      )
    ),
    more <= 0 ? null : h("p", { class: "dim small" }, Blocks.notShown(more))
  )
}
