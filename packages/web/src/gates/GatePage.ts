/** `/gates`: may it pass; if not, which results are missing, and who has waived what? */
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as States from "../States.ts"
import * as Times from "../Times.ts"
import type { Viewer } from "../Viewer.ts"

/** One requirement of a decision, as the gate writes it. */
export interface Requirement {
  readonly type: string
  readonly testcase?: string | null | undefined
  readonly subject_identifier?: string | null | undefined
  readonly scenario?: string | null | undefined
  readonly source?: string | null | undefined
  readonly result_id?: number | null | undefined
  readonly waiver_id?: number | null | undefined
  readonly error_reason?: string | null | undefined
  readonly details?: string | null | undefined
}

/** A decision. */
export interface Decision {
  readonly policies_satisfied: boolean
  readonly summary: string
  readonly satisfied_requirements: ReadonlyArray<Requirement>
  readonly unsatisfied_requirements: ReadonlyArray<Requirement>
  readonly applicable_policies?: ReadonlyArray<string | null> | undefined
}

/** A waiver. */
export interface Waiver {
  readonly id: number
  readonly subject_type: string
  readonly subject_identifier: string
  readonly testcase: string
  readonly product_version: string
  readonly username: string
  readonly waived: boolean
  readonly comment: string
  readonly timestamp: string
}

/** A policy. */
export interface Policy {
  readonly id: string | null
  readonly product_versions: ReadonlyArray<string>
  readonly decision_context: string | null
  readonly decision_contexts: ReadonlyArray<string>
  readonly subject_type: string | null
  readonly rules: ReadonlyArray<{ readonly rule: string; readonly test_case_name?: string | undefined }>
}

/** What was asked; texts are empty where nothing was. */
export interface Question {
  readonly type: string
  readonly id: string
  readonly product: string
  readonly context: string
}

/** What the page is made of. */
export interface Content {
  readonly question: Question
  readonly decision: Decision | undefined
  readonly problem: string | undefined
  readonly policies: ReadonlyArray<Policy>
  readonly types: ReadonlyArray<string>
  readonly waivers: ReadonlyArray<Waiver>
  readonly viewer: Viewer
  readonly now: number
  readonly prefix: string
}

/** How a requirement looks: by what became of the test it names. */
export const shown = ({ type }: Requirement): States.Shown =>
  type.endsWith("-waived")
    ? States.shown("good", "reuse", "Waived")
    : type === "test-result-passed"
    ? States.shown("good", "good", "Passed")
    : type === "test-result-failed"
    ? States.shown("bad", "fail", "Failed")
    : type === "test-result-errored"
    ? States.shown("bad", "fail", "Broke")
    : type === "test-result-missing"
    ? States.shown("run", "queue", "No result yet")
    : type === "excluded"
    ? States.shown("idle", "same", "Not asked")
    : type === "fetched-gating-yaml"
    ? States.shown("good", "good", "Read")
    : States.shown("attn", "attn", "To look at")

const answer = ({ decision, policies, problem, question }: Content): string => {
  if (problem !== undefined) return problem
  if (decision === undefined) {
    return policies.length === 0
      ? "This server has no policies of its own; whatever is asked passes or is asked elsewhere."
      : `${
        Blocks.count(policies.length, "policy says", "policies say")
      } what may pass. Name a subject to see what it lacks.`
  }
  const missing = decision.unsatisfied_requirements
  return decision.policies_satisfied
    ? `${question.id} may pass: ${decision.summary}.`
    : `${question.id} may not pass: ${Blocks.count(missing.length, "requirement is", "requirements are")} not met${
      missing[0]?.testcase == null ? "" : `, first ${missing[0].testcase}`
    }.`
}

const hidden = (name: string, value: string | undefined): VNode | null =>
  value === undefined || value === "" ? null : h("input", { type: "hidden", name, value })

const waive = ({ prefix, question, viewer }: Content, { testcase }: Requirement): Blocks.Content =>
  !viewer.mayAct || testcase == null ? "" : h(
    "form",
    { class: "row", method: "post", action: Blocks.address(`${prefix}/gates`, { ...question }) },
    hidden("proof", viewer.proof),
    hidden("testcase", testcase),
    h(
      "label",
      { class: "field" },
      h("span", { class: "sr-only" }, `Why ${testcase} is waived`),
      h("input", { name: "comment", placeholder: "Why it does not count", required: true, autoComplete: "off" })
    ),
    h("button", { class: "btn" }, "Waive")
  )

const checklist = (content: Content): VNode | null => {
  const { decision } = content
  if (decision === undefined) return null
  const met = new Set(decision.satisfied_requirements)
  return Blocks.section("requirements", "What is required", [
    Blocks.table<Requirement>("Requirements", [
      { head: "State", kind: "state", cell: (one) => States.badge(shown(one)) },
      {
        head: "Test",
        kind: "row",
        cell: ({ subject_identifier, testcase, type }) => testcase ?? subject_identifier ?? type
      },
      { head: "Scenario", label: "scenario", cell: ({ scenario }) => scenario ?? "" },
      {
        head: "Why",
        kind: "wide",
        cell: ({ details, error_reason, result_id, source, waiver_id }) =>
          [
            error_reason ?? details ?? "",
            waiver_id == null ? "" : `waiver ${waiver_id}`,
            result_id == null
              ? ""
              : h("a", { href: `${content.prefix}/api/v2.0/results/${result_id}` }, `result ${result_id}`),
            source == null ? "" : h("span", { class: "sub" }, source)
          ].flatMap((one, index) => one === "" ? [] : index === 0 ? [one] : [" ", one])
      },
      { head: "Waive", kind: "wide", cell: (one) => met.has(one) ? "" : waive(content, one) }
    ], [...decision.unsatisfied_requirements, ...decision.satisfied_requirements])
  ], { hint: decision.applicable_policies?.join(", ") })
}

const waivers = ({ now, waivers }: Content): VNode | null =>
  waivers.length === 0 ? null : Blocks.section("waivers", "Waivers, newest first", [
    Blocks.table<Waiver>("Waivers", [
      {
        head: "State",
        kind: "state",
        cell: ({ waived }) =>
          States.badge(waived ? States.shown("good", "reuse", "Waived") : States.shown("idle", "cancel", "Taken back"))
      },
      { head: "Test", kind: "row", cell: ({ testcase }) => testcase },
      {
        head: "Of",
        kind: "wide",
        cell: (
          { product_version, subject_identifier, subject_type }
        ) => [h("bdi", null, subject_identifier), h("span", { class: "sub" }, `${subject_type}, ${product_version}`)]
      },
      { head: "By", label: "by", cell: ({ username }) => h("bdi", null, username) },
      { head: "Why", kind: "wide", cell: ({ comment }) => comment },
      {
        head: "When",
        kind: "num",
        label: "at",
        cell: ({ timestamp }) => Times.time(`${timestamp.replace(/Z$/, "")}Z`, now)
      }
    ], waivers)
  ])

const policyTable = ({ policies }: Content): VNode | null =>
  policies.length === 0 ? null : Blocks.section("policies", "Policies", [
    Blocks.table<Policy>("Policies", [
      { head: "Policy", kind: "row", cell: ({ id }) => id ?? "without a name" },
      { head: "For", kind: "wide", cell: ({ product_versions }) => product_versions.join(", ") },
      {
        head: "At",
        label: "at",
        cell: ({ decision_context, decision_contexts }) =>
          [decision_context, ...decision_contexts].filter((one) => one !== null).join(", ")
      },
      { head: "Subjects", label: "of", cell: ({ subject_type }) => subject_type ?? "any" },
      {
        head: "Needs",
        kind: "wide",
        cell: ({ rules }) => rules.map(({ rule, test_case_name }) => test_case_name ?? rule).join(", ")
      }
    ], policies)
  ])

/** The page. */
export const page = (content: Content): Page => {
  const { decision, prefix, problem, question, types } = content
  const state = decision === undefined
    ? undefined
    : decision.policies_satisfied
    ? States.shown("good", "good", "May pass")
    : States.shown("attn", "gate", "At the gate")
  return {
    title: state === undefined ? "Gates" : `${question.id}: ${state.word.toLowerCase()}`,
    mark: state?.mark ?? "gate",
    section: "/gates",
    json: "/api/v1.0/policies",
    body: [
      Blocks.head({
        title: question.id === "" ? "Gates" : h("bdi", null, question.id),
        ...(question.id === "" ? {} : { crumbs: [["Gates", `${prefix}/gates`] as const] }),
        ...(state === undefined ? {} : { state }),
        answer: answer(content),
        warn: problem !== undefined
      }),
      Blocks.ask(`${prefix}/gates`, "Ask a gate", [
        Blocks.field("type", "Kind of subject", question.type, { list: "types" }),
        h("datalist", { id: "types" }, ...types.map((one) => h("option", { key: one, value: one }))),
        Blocks.field("id", "Subject: an NVR, an update", question.id, { id: "filter" }),
        Blocks.field("product", "Product version", question.product),
        Blocks.field("context", "Decision context", question.context)
      ], "May it pass?"),
      ...[checklist(content), waivers(content), policyTable(content)].filter((one) => one !== null)
    ]
  }
}
