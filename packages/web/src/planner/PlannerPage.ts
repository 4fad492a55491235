/** `/submit`: what a submission would come to, before anything begins. */
import type { ModulePreview } from "@orch/api/orch/PreviewApi"
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as ShellLines from "../ShellLines.ts"
import * as States from "../States.ts"
import type { Viewer } from "../Viewer.ts"
import * as PlannedBuild from "./PlannedBuild.ts"
import * as ProblemText from "./ProblemText.ts"

/** What was filled in; texts are empty where nothing was. */
export interface Given {
  readonly scmurl: string
  readonly text: string
  /** For a text that says none. */
  readonly name: string
  readonly stream: string
  readonly scratch: boolean
}

/** What the page is made of. */
export interface Content {
  readonly given: Given
  /** What was answered; `undefined` where nothing was asked yet. */
  readonly preview: ModulePreview | undefined
  /** Why nothing could be answered, or why a submission was refused. */
  readonly problem: string | undefined
  readonly viewer: Viewer
  readonly prefix: string
}

/** Nothing was filled in. */
export const blank: Given = { scmurl: "", text: "", name: "", stream: "", scratch: false }

const errors = ({ problems }: ModulePreview) => problems.filter(({ severity }) => severity === "error").length

const answer = ({ preview, problem }: Content): Blocks.Content => {
  if (problem !== undefined) return problem
  if (preview === undefined) {
    return "Name a commit or paste a modulemd: its problems, contexts, batches and times are shown before anything begins."
  }
  const { builds, problems, refused } = preview
  if (refused !== null) {
    const wrong = errors(preview)
    return wrong > 1 ? `It would be refused: ${wrong} things are wrong.` : `It would be refused: ${refused.message}`
  }
  const fresh = builds.filter(({ outcome }) => outcome !== "exists").length
  const components = builds[0]?.components.length ?? 0
  const batches = new Set(builds[0]?.components.map(({ batch }) => batch)).size
  const odd = problems.length === 0
    ? ""
    : ` ${Blocks.count(problems.length, "thing is odd", "things are odd")} and would not stop it.`
  return fresh === 0
    ? `Nothing would begin: ${builds.length === 1 ? "this build is" : "these builds are"} there already.`
    : `${Blocks.count(fresh, "build")} would begin, with ${Blocks.count(components, "component")} in ${
      Blocks.count(batches, "batch", "batches")
    }.${odd}`
}

const state = ({ preview, problem }: Content): States.Shown | undefined =>
  problem !== undefined || (preview !== undefined && preview.refused !== null)
    ? States.shown("bad", "fail", "Would be refused")
    : preview === undefined
    ? undefined
    : preview.builds.every(({ outcome }) => outcome === "exists")
    ? States.shown("idle", "reuse", "There already")
    : preview.problems.length > 0
    ? States.shown("attn", "attn", "Would begin")
    : States.shown("good", "good", "Would begin")

const hidden = (name: string, value: string | undefined) =>
  value === undefined ? null : h("input", { type: "hidden", name, value })

const form = (content: Content): VNode => {
  const { given, prefix, preview, viewer } = content
  const begins = preview !== undefined && preview.refused === null &&
    preview.builds.some(({ outcome }) => outcome !== "exists")
  return h(
    "form",
    { class: "form", method: "post", action: `${prefix}/submit`, id: "plan", "data-plan": "" },
    hidden("proof", viewer.proof),
    h(
      "label",
      { class: "tall" },
      h("span", { class: "small soft" }, "Where the modulemd is: REPOSITORY?#COMMIT"),
      Blocks.field("scmurl", "git://src.example.org/modules/foo.git?#main", given.scmurl, { id: "filter" })
    ),
    h(
      "label",
      { class: "tall" },
      h("span", { class: "small soft" }, "or the modulemd itself"),
      h("textarea", {
        class: "paste",
        name: "text",
        id: "text",
        rows: given.text === "" ? 10 : 16,
        spellcheck: false,
        placeholder: "document: modulemd-stream\nversion: 2\ndata:"
      }, given.text)
    ),
    h(
      "div",
      { class: "row" },
      h(
        "label",
        { class: "btn", hidden: true, "data-upload": "text" },
        "Read a file",
        h("input", { type: "file", class: "vh", accept: ".yaml,.yml,.txt", "aria-label": "Read a file" })
      ),
      Blocks.field("name", "Name, where the text says none", given.name),
      Blocks.field("stream", "Stream, whatever it says", given.stream),
      h(
        "label",
        { class: "row small" },
        h("input", { type: "checkbox", name: "scratch", value: "yes", ...(given.scratch ? { checked: true } : {}) }),
        "Scratch: only to see whether it builds"
      )
    ),
    h(
      "div",
      { class: "row" },
      h("button", { class: begins ? "btn" : "btn main", name: "do", value: "check", id: "check" }, "Check"),
      begins && viewer.mayAct
        ? h("button", { class: "btn main", name: "do", value: "submit", id: "submit" }, "Submit")
        : null,
      begins && !viewer.mayAct
        ? h("span", { class: "dim small" }, "Sign in to submit, or use: orch module-build submit")
        : null
    )
  )
}

/** The page. */
export const page = (content: Content): Page => {
  const { preview, prefix } = content
  const shown = state(content)
  const { scmurl } = content.given
  return {
    title: shown === undefined ? "Plan a module" : `${shown.word}: plan a module`,
    mark: shown?.hue === "bad" ? "fail" : shown?.hue === "good" ? "good" : "plan",
    section: "/submit",
    isStill: true,
    command: scmurl === ""
      ? "orch module-build preview --yaml FILE"
      : ShellLines.line("orch", "module-build", "preview", scmurl),
    body: [
      Blocks.head({
        title: "Plan a module",
        answer: answer(content),
        warn: shown?.hue === "bad",
        ...(shown === undefined ? {} : { state: shown })
      }),
      ...(preview === undefined || preview.problems.length === 0 ? [] : [ProblemText.section(preview)]),
      form(content),
      ...(preview === undefined ? [] : preview.builds.flatMap((build) => PlannedBuild.sections(build, prefix)))
    ]
  }
}
