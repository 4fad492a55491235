/** `/builds/ID/COMPONENT`: one component of a module build: where it is and why, its attempts, what came out, and how it went before. */
import type { PossibleAction } from "@orch/api/orch/ActionsApi"
import type { FeedEntry, FeedPage } from "@orch/api/orch/FeedApi"
import type { ComponentDetail, ModuleBuildDetail, ModuleBuildExplanation } from "@orch/api/orch/ModuleBuildsApi"
import type { VNode } from "preact"
import * as Actions from "./Actions.ts"
import * as Blocks from "./Blocks.ts"
import type { Page } from "./Frame.ts"
import { h } from "./Markup.ts"
import * as ShellLines from "./ShellLines.ts"
import * as States from "./States.ts"
import * as Times from "./Times.ts"
import type { Viewer } from "./Viewer.ts"

/** What the page is made of. */
export interface Content {
  readonly build: ModuleBuildDetail
  readonly component: ComponentDetail
  readonly explanation: ModuleBuildExplanation
  /** Builds of the module's stream that have it, newest first. */
  readonly history: FeedPage
  readonly possible: ReadonlyArray<PossibleAction>
  readonly viewer: Viewer
  readonly now: number
  readonly prefix: string
}

const path = ({ build, component }: Content) => `/builds/${build.id}/${encodeURIComponent(component.name)}`

const answer = ({ component, explanation, now }: Content): string => {
  const { finished_at, nvr, reuse, state, state_reason, submitted_at, task } = component
  const waits = explanation.components.find((one) => one.component === component.name)?.waits_for ?? []
  const took = submitted_at === null || finished_at === null
    ? ""
    : ` in ${Times.duration(Times.between(submitted_at, finished_at))}`
  if (state === "available" || state === "built") {
    return reuse !== null && task === null ? reuse : `${nvr ?? "It"} was built${took}.`
  }
  if (waits.length > 0) return waits.join(" ")
  return state === "building" && submitted_at !== null
    ? `It has been on the farm for ${Times.duration(Times.between(submitted_at, new Date(now).toISOString()))}.`
    : state_reason
}

const attempts = (content: Content): VNode => {
  const { component, prefix } = content
  const numbers = Array.from({ length: Math.min(component.attempt, 100) }, (_, index) => component.attempt - index)
  return Blocks.section("attempts", "Attempts", [
    Blocks.table<number>("Attempts, newest first", [
      { head: "Attempt", kind: "row", cell: (attempt) => `Attempt ${attempt}` },
      {
        head: "State",
        kind: "state",
        cell: (attempt) =>
          attempt === component.attempt
            ? States.badge(States.ofComponentIn(content.build, component))
            : States.badge(States.shown("idle", "cancel", "Given up"))
      },
      {
        head: "Log",
        cell: (attempt) =>
          attempt === component.attempt && component.log_url === null
            ? "not begun"
            : h("a", { href: `${prefix}${path(content)}/${attempt}/log` }, `Log of attempt ${attempt}`)
      }
    ], numbers)
  ])
}

const artifacts = ({ component: { artifacts: all } }: Content): VNode | null =>
  all.length === 0 ? null : Blocks.section("artifacts", "What came out", [
    h(
      "ul",
      { class: "panel rank mono small" },
      ...all.slice(0, Blocks.mostRows).map((one) => h("li", { key: one }, one))
    )
  ], { hint: Blocks.count(all.length, "package") })

const history = ({ build, component, history: { items }, now, prefix }: Content): VNode | null =>
  items.length < 2 ? null : Blocks.section("history", `In other builds of ${build.name}:${build.stream}`, [
    Blocks.table<FeedEntry>("Builds that have it, newest first", [
      { head: "State", kind: "state", cell: (one) => States.badge(States.ofBuild(one)) },
      {
        head: "Build",
        kind: "row",
        cell: ({ id }) =>
          id === build.id
            ? `${id}, this one`
            : h("a", { href: `${prefix}/builds/${id}/${encodeURIComponent(component.name)}` }, String(id))
      },
      { head: "Version", label: "version", cell: ({ version }) => h("span", { class: "mono" }, version) },
      {
        head: "Failed first",
        kind: "wide",
        cell: ({ first_error: error }) =>
          error === null ? "" : error.component === component.name ? "this one" : error.component
      },
      { head: "Since", label: "since", cell: ({ created_at }) => Times.time(created_at, now) }
    ], items)
  ])

const retry = (content: Content): VNode | null => {
  const { build, component, possible, prefix, viewer } = content
  return possible.some(({ action, allowed, part }) => action === "retry" && allowed && part === component.name)
    ? Actions.row(
      [{
        id: "retry",
        label: "Retry",
        main: true,
        to: `/orch/v1/module-builds/${build.id}/components/${encodeURIComponent(component.name)}/retry`
      }],
      viewer,
      prefix,
      path(content)
    )
    : null
}

/** The page. */
export const page = (content: Content): Page => {
  const { build, component, now, prefix } = content
  const { after, batch, commit, finished_at, name, nvr, placement, ref, remarks, repository, submitted_at } = component
  const state = States.ofComponentIn(build, component)
  const at = `${prefix}/builds/${build.id}`
  const links = (names: ReadonlyArray<string>) =>
    names.map((one, index) => [
      index === 0 ? "" : ", ",
      h("a", { key: one, href: `${at}/${encodeURIComponent(one)}` }, h("bdi", null, one))
    ])
  return {
    title: `${name} of ${build.name}:${build.stream}: ${state.word.toLowerCase()}`,
    mark: state.mark,
    section: "/builds",
    json: `/orch/v1/module-builds/${build.id}`,
    command: ShellLines.line("orch", "log", "lines", String(build.id), name),
    ...(build.completed_at === null ? { again: 5 } : {}),
    body: [
      Blocks.head({
        title: h("bdi", null, name),
        note: nvr ?? `${build.name}:${build.stream}`,
        crumbs: [["Builds", `${prefix}/builds`], [`${build.name}:${build.stream}, ${build.id}`, at]],
        state,
        answer: answer(content),
        actions: retry(content)
      }),
      ...[
        attempts(content),
        artifacts(content),
        history(content),
        Blocks.section("made-from", "Made from", [
          Blocks.facts([
            ["Source", h("span", { class: "mono" }, repository)],
            ["Commit", h("span", { class: "mono" }, commit ?? ref ?? "not known yet")],
            ["Batch", `${batch}${placement === "" ? "" : `. ${placement}`}`],
            ...(after.length === 0 ? [] : [["Comes after", links(after)] as const]),
            ["Given to the farm", submitted_at === null ? "not yet" : Times.time(submitted_at, now)],
            ["Finished", finished_at === null ? "not yet" : Times.time(finished_at, now)],
            ...(component.reuse === null ? [] : [["Taken over", component.reuse] as const]),
            ...remarks.map((one) => ["Doubt", one] as const),
            [
              "Everywhere",
              h("a", { href: `${prefix}/packages/${encodeURIComponent(name)}` }, `Package ${name} in other builds`)
            ]
          ])
        ])
      ].filter((one) => one !== null)
    ]
  }
}
