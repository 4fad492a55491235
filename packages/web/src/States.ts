/** How states look and what they are called: hue for the kind of outcome, a shape of their own, and always the word. */
import type { ComponentDetail, ModuleBuildSummary } from "@orch/api/orch/ModuleBuildsApi"
import type { VNode } from "preact"
import { h } from "./Markup.ts"

/** A state as people see it. */
export interface Shown {
  readonly hue: "good" | "bad" | "run" | "attn" | "idle"
  readonly mark: string
  readonly word: string
}

/** A state of other things than builds and components. */
export const shown = (hue: Shown["hue"], mark: string, word: string): Shown => ({ hue, mark, word })

const ofBuilds: Readonly<Record<ModuleBuildSummary["state"], Shown>> = {
  init: shown("idle", "plan", "Not started"),
  wait: shown("run", "run", "Preparing"),
  build: shown("run", "run", "Building"),
  done: shown("attn", "gate", "At the gate"),
  failed: shown("bad", "fail", "Failed"),
  ready: shown("good", "good", "Ready"),
  garbage: shown("idle", "box", "Retired")
}

const canceled = shown("idle", "cancel", "Canceled")

/** The state of a build. One that was canceled has failed on the wire, and its reason says so. */
export const ofBuild = ({ state, state_reason }: Pick<ModuleBuildSummary, "state" | "state_reason">): Shown =>
  state === "failed" && /^cancell?ed/i.test(state_reason) ? canceled : ofBuilds[state]

/** The state of a component. */
export const ofComponent = (
  { reuse, state, task, task_state }: Pick<ComponentDetail, "reuse" | "state" | "task" | "task_state">
): Shown => {
  switch (state) {
    case "waiting":
      return shown("idle", "plan", "Not started")
    case "submitting":
      return shown("run", "queue", "Waiting")
    case "building":
      return task_state === "open" ? shown("run", "run", "Building") : shown("run", "queue", "Waiting")
    case "built":
      return shown("good", "good", "Built, not yet in the repository")
    case "available":
      return reuse !== null && task === null ? shown("good", "reuse", "Reused") : shown("good", "good", "Built")
    case "failed":
      return shown("bad", "fail", "Failed")
    default:
      return canceled
  }
}

/** The same inside of its build: where that failed, what was not begun is blocked by what failed. */
export const ofComponentIn = (
  build: Pick<ModuleBuildSummary, "state" | "state_reason">,
  component: Parameters<typeof ofComponent>[0]
): Shown =>
  component.state === "waiting" && ofBuild(build).mark === "fail"
    ? shown("bad", "block", "Blocked")
    : ofComponent(component)

const line = { fill: "none", stroke: "currentColor", "stroke-width": "1.6" }
const ground = { fill: "none", stroke: "var(--surface)", "stroke-width": "1.8" }
const octagon = "M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z"
const diamond = "M8 1.2 14.8 8 8 14.8 1.2 8z"

const drawings: Readonly<Record<string, ReadonlyArray<VNode>>> = {
  good: [
    h("circle", { cx: 8, cy: 8, r: 7, fill: "currentColor" }),
    h("path", { d: "M4.8 8.2 7 10.4l4.2-4.6", ...ground })
  ],
  reuse: [h("circle", { cx: 8, cy: 8, r: 6.2, ...line }), h("path", { d: "M5 8.2 7 10.2l4-4.4", ...line })],
  run: [
    h("circle", {
      cx: 8,
      cy: 8,
      r: 5.9,
      fill: "none",
      stroke: "currentColor",
      "stroke-opacity": ".28",
      "stroke-width": 2.6
    }),
    h("path", {
      d: "M8 2.1A5.9 5.9 0 1 1 2.9 5",
      fill: "none",
      stroke: "currentColor",
      "stroke-width": 2.6
    })
  ],
  queue: [h("circle", { cx: 8, cy: 8, r: 6.2, ...line }), h("path", { d: "M8 4.3V8l2.6 1.8", ...line })],
  gate: [h("path", { d: diamond, ...line }), h("path", { d: "M5.5 8h5", ...line })],
  fail: [
    h("path", { d: octagon, fill: "currentColor" }),
    h("path", { d: "m5.3 5.3 5.4 5.4m0-5.4-5.4 5.4", ...ground })
  ],
  plan: [h("circle", { cx: 8, cy: 8, r: 6.2, ...line, "stroke-dasharray": "2.4 2.4" })],
  cancel: [h("circle", { cx: 8, cy: 8, r: 6.2, ...line }), h("path", { d: "m4 12 8-8", ...line })],
  box: [h("path", { d: "M2.5 4.5h11v9h-11zM1.5 2h13v2.5h-13zM6 7.5h4", ...line })],
  same: [h("circle", { cx: 8, cy: 8, r: 6.2, ...line }), h("path", { d: "M5.2 6.6h5.6M5.2 9.4h5.6", ...line })],
  attn: [h("path", { d: diamond, fill: "currentColor" }), h("path", { d: "M8 4.6v4M8 10.2v1.4", ...ground })],
  hold: [h("path", { d: diamond, ...line }), h("path", { d: "M6.6 5.8v4.4M9.4 5.8v4.4", ...line })],
  block: [h("path", { d: octagon, ...line }), h("path", { d: "M5 8h6", ...line })],
  unknown: [
    h("circle", { cx: 8, cy: 8, r: 6.2, ...line, "stroke-dasharray": "2.4 2.4" }),
    h("path", { d: "M6.3 6.4a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.9.6-.9 1.3M8 11v1", ...line })
  ]
}

/** A mark alone; whoever uses it writes the word beside it, or names it. */
export const mark = (name: string, hue: Shown["hue"]): VNode =>
  h("svg", { class: `i ${hue}`, "aria-hidden": "true" }, h("use", { href: `#i-${name}` }))

/** The shapes of all marks, once in a page. */
export const sprite = (): VNode =>
  h(
    "svg",
    { class: "vh", "aria-hidden": "true", width: 0, height: 0 },
    ...Object.entries(drawings).map(([name, parts]) => h("symbol", { id: `i-${name}`, viewBox: "0 0 16 16" }, ...parts))
  )

/** Mark and word. The ring of what goes on turns in the head of a page alone: in a list of hundreds each would be drawn anew all the time. */
export const badge = ({ hue, mark, word }: Shown, kind = ""): VNode =>
  h(
    "span",
    { class: `st ${hue} ${kind}`.trim() },
    h(
      "svg",
      { class: mark === "run" && kind === "big" ? "i turns" : "i", "aria-hidden": "true" },
      h("use", { href: `#i-${mark}` })
    ),
    word
  )

/** The mark alone as the icon of a browser's tab, as SVG. */
export const icon = (mark: string): string | undefined => {
  const of: Readonly<Record<string, string>> = {
    good:
      "<circle cx='8' cy='8' r='7' fill='#07706b'/><path d='M4.8 8.2 7 10.4l4.2-4.6' fill='none' stroke='#fff' stroke-width='1.8'/>",
    run: "<circle cx='8' cy='8' r='5.9' fill='none' stroke='#4a86d0' stroke-width='2.6' stroke-dasharray='27 10'/>",
    fail:
      `<path d='${octagon}' fill='#c0202c'/><path d='m5.3 5.3 5.4 5.4m0-5.4-5.4 5.4' fill='none' stroke='#fff' stroke-width='1.8'/>`,
    gate: `<path d='${diamond}' fill='none' stroke='#b07d00' stroke-width='2'/>`,
    plan: "<path d='M2 4h5M2 8h5M2 12h5M9 6h5M9 10h5' stroke='#7c817d' stroke-width='2'/>"
  }
  return Object.hasOwn(of, mark)
    ? `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${of[mark]}</svg>`
    : undefined
}
