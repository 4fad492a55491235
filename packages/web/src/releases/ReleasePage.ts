/** `/releases/ID`: may it go out, and can it be taken back? */
import type { PossibleAction } from "@orch/api/orch/ActionsApi"
import type { ReleaseDetail, ReleaseExplanation, ReleasePlanView, ReleaseRepository } from "@orch/api/orch/ReleasesApi"
import type { VNode } from "preact"
import * as Actions from "../Actions.ts"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as Possible from "../Possible.ts"
import * as States from "../States.ts"
import * as Times from "../Times.ts"
import type { Viewer } from "../Viewer.ts"
import * as PlanEditor from "./PlanEditor.ts"
import * as PlanRows from "./PlanRows.ts"
import * as ReleaseStates from "./ReleaseStates.ts"

/** What the page is made of. */
export interface Content {
  readonly release: ReleaseDetail
  readonly plan: ReleasePlanView
  readonly explanation: ReleaseExplanation
  readonly actions: ReadonlyArray<PossibleAction>
  /** What is wrong with an edit that was sent. */
  readonly problem: string | undefined
  readonly all: boolean
  readonly repository: string
  readonly offset: number
  readonly viewer: Viewer
  readonly now: number
  readonly prefix: string
}

const answer = ({ explanation, plan, problem, release }: Content): string => {
  if (problem !== undefined) return problem
  const { blocks, repositories, state, warns } = release
  const things = plan.packages.length + plan.modules.length
  switch (state) {
    case "planned":
      return blocks > 0
        ? `${Blocks.count(blocks, "thing stands", "things stand")} in the way of it${
          warns > 0 ? `, and ${Blocks.count(warns, "thing is", "things are")} to be seen` : ""
        }.`
        : `Nothing stands in the way: ${Blocks.count(things, "thing")} would go to ${
          Blocks.count(repositories.length, "repository", "repositories")
        }${warns > 0 ? `; ${Blocks.count(warns, "thing is", "things are")} to be seen` : ""}.`
    case "released":
      return `Readers see ${Blocks.count(things, "thing")} in ${
        Blocks.count(repositories.length, "repository", "repositories")
      }. It can be taken back.`
    default:
      return explanation.waits_for[0] ?? (release.state_reason || explanation.reason)
  }
}

const offered = ({ actions, prefix, release, viewer }: Content): VNode | null => {
  const at = `/orch/v1/releases/${release.id}`
  return viewer.mayAct
    ? Actions.row(
      Possible.actions(actions, {
        plan: { label: "Plan anew", id: "plan-anew", to: `${at}/plan` },
        commit: {
          label: "Commit",
          to: `${at}/commit`,
          asks: true,
          typed: String(release.id),
          main: true,
          always: release.state === "planned"
        },
        revert: {
          label: "Revert",
          to: `${at}/revert`,
          body: {},
          asks: true,
          typed: String(release.id),
          text: { name: "why", label: "Why", required: true }
        },
        remove: { label: "Remove", to: at, method: "DELETE", asks: true }
      }),
      viewer,
      prefix,
      `/releases/${release.id}`
    )
    : null
}

const steps = ({ release }: Content): VNode => {
  const at = ReleaseStates.way.findIndex(([state]) => state === release.state)
  return h(
    "ol",
    { class: "steps", "aria-label": "The way to readers" },
    ...ReleaseStates.way.map(([state, what], index) =>
      h(
        "li",
        { key: state, ...(index === at ? { "aria-current": "step" } : {}) },
        States.badge(
          index < at || release.state === "released"
            ? States.shown("good", "good", "Done")
            : index === at
            ? ReleaseStates.of(release)
            : States.shown("idle", "plan", "Then")
        ),
        what
      )
    )
  )
}

const questions = ({ release }: Content): VNode | null => {
  const sorted = release.problems.toSorted((a, b) => a.severity === b.severity ? 0 : a.severity === "blocks" ? -1 : 1)
  return sorted.length === 0 ? null : Blocks.section("questions", "To decide", [
    ...sorted.slice(0, 100).map(({ kind, message, severity }) =>
      severity === "blocks"
        ? Blocks.note("bad", "block", message, `It keeps the release from being committed (${kind}).`)
        : Blocks.note("attn", "attn", message, `To be seen (${kind}).`)
    ),
    sorted.length > 100 ? h("p", { class: "soft" }, `${sorted.length - 100} more are in the JSON of this page.`) : null
  ], { hint: `${release.blocks} in the way, ${release.warns} to be seen` })
}

const repositories = ({ release }: Content): VNode | null =>
  release.repositories.length === 0 ? null : Blocks.section("repositories", "Repositories", [
    Blocks.table<ReleaseRepository>("Repositories of the release", [
      { head: "State", kind: "state", cell: (one) => States.badge(ReleaseStates.ofRepository(one)) },
      { head: "Repository", kind: "row", cell: ({ name }) => h("bdi", null, name) },
      { head: "Gets", kind: "num", label: "gets", cell: ({ additions }) => String(additions) },
      { head: "Next", label: "next", cell: ({ next }) => next ?? "" },
      { head: "Problem", kind: "wide", cell: ({ problem }) => problem ?? "" }
    ], release.repositories)
  ])

type Edit = ReleaseDetail["edits"][number]

const edited = (edit: Edit): string => {
  switch (edit._tag) {
    case "Place":
      return `${edit.package} goes to ${edit.repositories.join(", ")}`
    case "PlaceModule":
      return `${edit.module} goes to ${edit.repositories.join(", ")}`
    case "Exclude":
      return `${edit.subject} is left out`
    case "Reset":
      return `${edit.subject} is as planned again`
    case "Force":
      return `${edit.package} goes out although something blocks it`
  }
}

/** Of what an edit is; what takes an edit back is none that could be taken back. */
const subjectOf = (edit: Edit): string | undefined => {
  switch (edit._tag) {
    case "Place":
    case "Force":
      return edit.package
    case "PlaceModule":
      return edit.module
    case "Exclude":
      return edit.subject
    case "Reset":
      return undefined
  }
}

/** Taking back what was said last about a thing. */
const takeBack = ({ prefix, release, viewer }: Content, edit: Edit, index: number): VNode | null => {
  const subject = subjectOf(edit)
  const later = release.edits.slice(index + 1).some((one) =>
    subjectOf(one) === subject || (one._tag === "Reset" && one.subject === subject)
  )
  return subject === undefined || later || release.state !== "planned" || !viewer.mayAct ? null : Actions.form(
    {
      id: `take-back-${index}`,
      label: "Take it back",
      to: `/orch/v1/releases/${release.id}/edits`,
      body: { edits: [{ reset: subject }] }
    },
    viewer,
    prefix,
    `/releases/${release.id}#edits`
  )
}

const edits = (content: Content): VNode | null => {
  const { release } = content
  const first = Math.max(0, release.edits.length - 100)
  return release.edits.length === 0 ? null : Blocks.section("edits", "What people changed", [
    h(
      "ol",
      { class: "panel rank" },
      ...release.edits.slice(-100).map((edit, index) =>
        h(
          "li",
          { key: index },
          edited(edit),
          h("span", { class: "soft small" }, `${edit.by}${edit.why === "" ? "" : `: ${edit.why}`}`),
          takeBack(content, edit, first + index)
        )
      )
    )
  ])
}

const leftOut = ({ plan }: Content): VNode | null =>
  plan.left_out.length === 0 ? null : h(
    "details",
    { class: "panel pad" },
    h(
      "summary",
      null,
      `${
        Blocks.count(plan.left_out.length, "thing goes", "things go")
      } nowhere: excluded, without a place, or there already`
    ),
    h("ul", { class: "small" }, ...plan.left_out.slice(0, 500).map((one) => h("li", { key: one }, one)))
  )

/** The page. */
export const page = (content: Content): Page => {
  const { now, plan, prefix, problem, release } = content
  const state = ReleaseStates.of(release)
  return {
    title: `Release ${release.id} ${state.word.toLowerCase()}`,
    mark: state.hue === "attn" ? "gate" : state.mark,
    section: "/releases",
    json: `/orch/v1/releases/${release.id}`,
    command: `orch release show ${release.id}`,
    body: [
      Blocks.head({
        title: `Release ${release.id}`,
        note: release.platform,
        crumbs: [["Releases", `${prefix}/releases`]],
        state,
        answer: answer(content),
        warn: problem !== undefined,
        actions: offered(content),
        below: [steps(content)]
      }),
      ...[
        questions(content),
        PlanEditor.section({ ...content, rows: PlanRows.rows(plan) }),
        edits(content),
        leftOut(content),
        repositories(content),
        Blocks.section("made-from", "Made from", [
          Blocks.facts([
            ["Platform", release.platform],
            [
              "Builds",
              Blocks.numbers(release.builds, (id) => `${prefix}/package-builds/${id}`)
            ],
            ["Asked for by", h("bdi", null, release.created_by)],
            ["Since", Times.time(release.created_at, now)],
            ["Changed", Times.time(release.modified_at, now)],
            ...(release.erratum === null ? [] : [["Readers are told", release.erratum.title] as const])
          ])
        ])
      ].filter((one) => one !== null)
    ]
  }
}
