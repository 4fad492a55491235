/** `/builds/ID`: whether a module build is done; if not, why, and when. */
import type { PossibleAction } from "@orch/api/orch/ActionsApi"
import type { BuildComparison } from "@orch/api/orch/ComparisonApi"
import type { FeedEntry } from "@orch/api/orch/FeedApi"
import type { ModuleBuildDetail, ModuleBuildExplanation } from "@orch/api/orch/ModuleBuildsApi"
import type { VNode } from "preact"
import * as Actions from "./Actions.ts"
import * as Blocks from "./Blocks.ts"
import * as ComparePage from "./compare/ComparePage.ts"
import * as ComponentTable from "./ComponentTable.ts"
import * as FeedPage from "./FeedPage.ts"
import type { Page } from "./Frame.ts"
import * as LogExcerpt from "./log/LogExcerpt.ts"
import { h } from "./Markup.ts"
import * as BuildOrder from "./order/BuildOrder.ts"
import * as Possible from "./Possible.ts"
import * as ShellLines from "./ShellLines.ts"
import * as States from "./States.ts"
import * as Times from "./Times.ts"
import type { Viewer } from "./Viewer.ts"

/** What the page is made of. */
export interface Content {
  readonly build: ModuleBuildDetail
  readonly explanation: ModuleBuildExplanation
  /** Its line in the feed. */
  readonly entry: FeedEntry
  /** How it differs from the last one that was ready; `undefined` where there is none. */
  readonly comparison: BuildComparison | undefined
  /** Of a build that failed the lines around the first error, of one that goes on the end of the log that matters most. */
  readonly excerpt: LogExcerpt.Excerpt | undefined
  /** How its components are sorted and which are shown. */
  readonly components: ComponentTable.Asked
  /** What may be done to it. */
  readonly possible: ReadonlyArray<PossibleAction>
  readonly viewer: Viewer
  readonly now: number
  readonly prefix: string
  /** Where this server is reached, with the prefix. */
  readonly origin: string
}

const answer = ({ build, entry, now }: Content): ReadonlyArray<VNode | string> => {
  const { available, built, total } = entry.components
  const { expected } = entry
  if (build.completed_at !== null || expected === null) return [entry.sentence]
  return [
    `${available + built} of ${total} components are built. It will be ready about `,
    h("strong", null, Times.time(expected.at, now)),
    ", between ",
    Times.time(expected.earliest, now),
    " and ",
    Times.time(expected.latest, now),
    ".",
    ...expected.late.map((sentence) => ` ${sentence}`)
  ]
}

const actions = ({ build, possible, prefix, viewer }: Content): VNode | null => {
  const to = (name: string) => `/orch/v1/module-builds/${build.id}/${name}`
  const shapes: Readonly<Record<string, Possible.Shape>> = {
    cancel: { label: "Cancel build", to: to("cancel"), asks: true },
    resume: { label: "Resume", to: to("resume"), main: true },
    retire: { label: "Retire", to: to("retire"), asks: true },
    ...(build.completed_at === null
      ? {
        priority: {
          label: "Build later",
          to: to("priority"),
          body: { priority: -1 },
          undo: { label: "Build as before", to: to("priority"), body: { priority: 0 } }
        }
      }
      : {})
  }
  const row = Actions.row(Possible.actions(possible, shapes), viewer, prefix, `/builds/${build.id}`)
  return build.completed_at !== null ? row : h(
    "div",
    { class: "acts" },
    row,
    h(
      "button",
      { class: "btn", type: "button", hidden: true, "data-notify": build.id, "aria-pressed": "false" },
      "Notify me"
    )
  )
}

const trace = ({ build, now }: Content): VNode =>
  h(
    "ol",
    { class: "trace", "aria-label": "What it went through" },
    ...build.trace.map((step, index) => {
      const { hue, mark, word } = States.ofBuild({ state: step.state, state_reason: step.reason })
      // What it went through is over; where it is now is as it is.
      const isPast = index < build.trace.length - 1
      return h(
        "li",
        { key: index },
        isPast ? States.mark("good", "good") : States.mark(mark, hue),
        `${index === 0 ? "Submitted" : word} `,
        Times.time(step.at, now)
      )
    })
  )

const why = (content: Content): VNode | null => {
  const { build, entry } = content
  const error = entry.first_error
  if (build.state !== "failed" || error === null) return null
  return Blocks.section("why", "Why it failed", [
    h(
      "div",
      { class: "note bad" },
      h(
        "div",
        null,
        h(
          "p",
          { class: "strong" },
          h("bdi", null, error.component),
          error.phase === null ? "" : `, in ${error.phase}`,
          error.line === null ? "" : `, line ${error.line}`
        ),
        error.text === null ? h("p", { class: "soft" }, error.reason) : null,
        error.text === null || content.excerpt !== undefined
          ? null
          : h("pre", { class: "scroll", tabIndex: 0 }, error.text),
        h(
          "p",
          null,
          h("a", {
            id: "first-error",
            href: `${ComponentTable.logOf(content, error.component, error.attempt)}${
              error.line === null ? "" : `#L${error.line}`
            }`
          }, "Open the log there")
        )
      )
    ),
    content.excerpt === undefined
      ? null
      : LogExcerpt.section(
        content.excerpt,
        ComponentTable.logOf(content, error.component, error.attempt),
        error.line ?? undefined
      )
  ])
}

const writing = (content: Content): VNode | null => {
  const { build, excerpt } = content
  if (build.completed_at !== null || excerpt === undefined || excerpt.lines.length === 0) return null
  const log = ComponentTable.logOf(content, excerpt.component, excerpt.attempt)
  return Blocks.section("log", `The end of the log of ${excerpt.component}`, [LogExcerpt.section(excerpt, log)], {
    hint: "it is on the longest way, or began first",
    end: h("a", { href: log }, "All of it, as it is written")
  })
}

const waits = ({ build, explanation, prefix }: Content): VNode | null =>
  explanation.waits.length === 0 ? null : Blocks.section("waits", "What it waits for", [
    h(
      "ol",
      { class: "chain" },
      ...explanation.waits.map((wait, index) =>
        h(
          "li",
          { key: index, ...(wait.when === "now" ? { class: "now" } : {}) },
          h("span", { class: "when" }, h("b", null, wait.when === "now" ? "Now" : "Then")),
          h("strong", null, wait.sentence)
        )
      )
    )
  ], { end: h("a", { id: "explain", href: `${prefix}/builds/${build.id}/explain` }, "Everything, as text") })

const install = ({ build, origin }: Content): VNode | null => {
  if (build.state !== "ready" || build.repository === null) return null
  const line = ShellLines.dnf(
    build.name,
    build.repository.url,
    origin,
    "module",
    "install",
    `${build.name}:${build.stream}`
  )
  return Blocks.section("install", "Install it", [Blocks.copyLine(line, "the line for dnf", "dnf")])
}

const madeFrom = ({ build, now }: Content): VNode =>
  Blocks.section("made-from", "Made from", [
    Blocks.facts([
      ["Source", build.scmurl ?? "a text that was sent"],
      ["Owner", h("bdi", null, build.owner)],
      ["Platform", build.platform],
      ["Architectures", build.arches.join(", ")],
      ["Dist tag", build.dist_tag],
      ["Submitted", Times.time(build.created_at, now)]
    ]),
    h(
      "details",
      null,
      h("summary", null, "The modulemd"),
      h("pre", { class: "panel pad scroll", tabIndex: 0 }, build.modulemd)
    )
  ])

const changed = ({ comparison, prefix }: Content): VNode | null =>
  comparison === undefined ? null : ComparePage.section(comparison, prefix)

/** The page. */
export const page = (content: Content): Page => {
  const { build, entry, prefix } = content
  const state = States.ofBuild(build)
  const { available, built, total } = entry.components
  return {
    title: `${
      build.completed_at === null ? `(${available + built}/${total}) ` : ""
    }${build.name}:${build.stream} ${state.word.toLowerCase()}`,
    mark: state.mark,
    section: "/builds",
    json: `/orch/v1/module-builds/${build.id}`,
    command: `orch module-build explain ${build.id}`,
    // That the farm has begun with a component is announced by nobody.
    ...(build.completed_at === null ? { again: 5 } : {}),
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
            h("li", { "aria-current": "page" }, String(build.id))
          )
        ),
        h(
          "div",
          { class: "head-row" },
          h(
            "h1",
            null,
            h("bdi", null, `${build.name}:${build.stream}`),
            h("span", { class: "mono" }, `${build.version}:${build.context}`)
          ),
          States.badge(state, "big"),
          actions(content)
        ),
        h("p", { class: "answer", id: "answer" }, ...answer(content)),
        FeedPage.progress(entry),
        trace(content)
      ),
      ...[
        why(content),
        install(content),
        waits(content),
        build.state === "failed" ? changed(content) : null,
        BuildOrder.section(build, content.now),
        writing(content),
        ComponentTable.table(content),
        madeFrom(content),
        build.state === "failed" ? null : changed(content)
      ].filter((
        one
      ) => one !== null)
    ]
  }
}
