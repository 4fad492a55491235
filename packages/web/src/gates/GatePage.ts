/** `/gates`: may it pass; if not, which results are missing, and who has waived what? */
import type { Policy } from "@orch/api/gating/GatingLists"
import type { BoundWaiver, GateAnswer, GateRequirement } from "@orch/api/orch/GatesApi"
import type { VNode } from "preact"
import * as Actions from "../Actions.ts"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as ShellLines from "../ShellLines.ts"
import * as States from "../States.ts"
import * as Times from "../Times.ts"
import type { Viewer } from "../Viewer.ts"

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
  /** One for each point that policies name; empty where nothing was asked, or nothing applies. */
  readonly answers: ReadonlyArray<GateAnswer>
  readonly problem: string | undefined
  readonly policies: ReadonlyArray<Policy>
  readonly types: ReadonlyArray<string>
  readonly waivers: ReadonlyArray<BoundWaiver>
  readonly viewer: Viewer
  readonly now: number
  readonly prefix: string
}

/** A value of a requirement as text; empty where it has none. */
const text = (requirement: GateRequirement, key: string): string => {
  const value = requirement[key]
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : ""
}

/** How a requirement looks: by what became of the test it names. */
export const shown = (requirement: GateRequirement): States.Shown => {
  const type = text(requirement, "type")
  if (type.endsWith("-waived")) return States.shown("good", "reuse", "Waived")
  switch (type) {
    case "test-result-passed":
      return States.shown("good", "good", "Passed")
    case "test-result-failed":
      return States.shown("bad", "fail", "Failed")
    case "test-result-errored":
      return States.shown("bad", "fail", "Broke")
    case "test-result-missing":
      return States.shown("run", "queue", "No result yet")
    case "excluded":
      return States.shown("idle", "same", "Not asked")
    case "fetched-gating-yaml":
      return States.shown("good", "good", "Read")
    default:
      return States.shown("attn", "attn", "To look at")
  }
}

const answer = ({ answers, policies, problem, question }: Content): string => {
  if (problem !== undefined) return problem
  if (question.id === "") {
    return policies.length === 0
      ? "This server has no policies of its own; whatever is asked passes or is asked elsewhere."
      : `${
        Blocks.count(policies.length, "policy says", "policies say")
      } what may pass. Name a subject to see what it lacks.`
  }
  if (answers.length === 0) return `No policy speaks of ${question.id}.`
  const held = answers.filter(({ satisfied }) => !satisfied)
  const first = held[0]?.unsatisfied[0]
  return held.length === 0
    ? `${question.id} may pass everywhere: ${answers.map((one) => one.summary).join("; ")}.`
    : `${question.id} may not pass at ${held.map((one) => one.decision_context).join(", ")}: ${
      Blocks.count(held.reduce((sum, one) => sum + one.unsatisfied.length, 0), "requirement is", "requirements are")
    } not met${first === undefined || text(first, "testcase") === "" ? "" : `, first ${text(first, "testcase")}`}.`
}

/** A waiver that is about no result ends by itself. */
const waivedFor = 7 * 24 * 3_600_000

const here = ({ question }: Content): string => Blocks.address("/gates", { ...question })

const waive = (content: Content, point: GateAnswer, requirement: GateRequirement): Blocks.Content => {
  const { now, prefix, question, viewer } = content
  const test = text(requirement, "testcase")
  const result = requirement["result_id"]
  if (!viewer.mayAct || test === "") return ""
  return Actions.form(
    {
      id: `waive-${point.decision_context}-${point.product_version}-${test}`.replaceAll(/[^\w.-]/g, "-"),
      label: "Waive",
      to: "/orch/v1/gates/waivers",
      body: {
        subject_type: question.type,
        subject: question.id,
        test,
        product_version: point.product_version,
        ...(typeof result === "number" ? { result } : { expires: new Date(now + waivedFor).toISOString() })
      },
      text: {
        name: "comment",
        label: typeof result === "number" ? "Why this result does not count" : "Why it need not pass for seven days",
        required: true
      }
    },
    viewer,
    prefix,
    here(content)
  )
}

const checklist = (content: Content, point: GateAnswer, index: number): VNode => {
  const met = new Set(point.satisfied_requirements)
  const { decision_context: context, policies, product_version: product } = point
  return Blocks.section(index === 0 ? "requirements" : `requirements-${index + 1}`, `At ${context} of ${product}`, [
    Blocks.table<GateRequirement>(`Requirements at ${context} of ${product}`, [
      { head: "State", kind: "state", cell: (one) => States.badge(shown(one)) },
      {
        head: "Test",
        kind: "row",
        cell: (one) => text(one, "testcase") || text(one, "subject_identifier") || text(one, "type")
      },
      { head: "Scenario", label: "scenario", cell: (one) => text(one, "scenario") },
      {
        head: "Why",
        kind: "wide",
        cell: (one) => [
          text(one, "error_reason") || text(one, "details"),
          text(one, "waiver_id") === "" ? "" : ` waiver ${text(one, "waiver_id")}`,
          text(one, "result_id") === ""
            ? ""
            : [
              " ",
              h(
                "a",
                { href: `${content.prefix}/api/v2.0/results/${text(one, "result_id")}` },
                `result ${text(one, "result_id")}`
              )
            ]
        ]
      },
      { head: "Waive", kind: "wide", cell: (one) => met.has(one) ? "" : waive(content, point, one) }
    ], [...point.unsatisfied, ...point.satisfied_requirements])
  ], { hint: policies.filter((one) => one !== null).join(", ") })
}

const waivers = (content: Content): VNode | null => {
  const { now, prefix, viewer } = content
  return content.waivers.length === 0 ? null : Blocks.section("waivers", "Waivers, newest first", [
    Blocks.table<BoundWaiver>("Waivers", [
      {
        head: "State",
        kind: "state",
        cell: ({ counts, revoked }) =>
          States.badge(
            counts
              ? States.shown("good", "reuse", "Counts")
              : States.shown("idle", "cancel", revoked === null ? "Has ended" : "Taken back")
          )
      },
      { head: "Test", kind: "row", cell: ({ test }) => test },
      {
        head: "Of",
        kind: "wide",
        cell: ({ product_version, subject, subject_type }) => [
          h("bdi", null, subject),
          h("span", { class: "sub" }, `${subject_type}, ${product_version ?? "every product version"}`)
        ]
      },
      {
        head: "About",
        kind: "wide",
        cell: ({ expires, result }) => [
          result === null ? "" : `result ${result} `,
          expires === null ? "" : ["until ", Times.time(expires, now)]
        ]
      },
      { head: "Why", kind: "wide", cell: ({ comment }) => comment },
      { head: "By", label: "by", cell: ({ by }) => h("bdi", null, by) },
      { head: "When", kind: "num", label: "at", cell: ({ made }) => Times.time(made, now) },
      {
        head: "Take back",
        cell: ({ counts, id }) =>
          counts && viewer.mayAct
            ? Actions.form(
              { id: `revoke-${id}`, label: "Take back", to: `/orch/v1/gates/waivers/${id}/revoke` },
              viewer,
              prefix,
              here(content)
            )
            : ""
      }
    ], content.waivers)
  ])
}

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
  const { answers, prefix, problem, question, types } = content
  const { context, id, product, type } = question
  const state = answers.length === 0
    ? undefined
    : answers.every(({ satisfied }) => satisfied)
    ? States.shown("good", "good", "May pass")
    : States.shown("attn", "gate", "At the gate")
  return {
    title: state === undefined ? "Gates" : `${id}: ${state.word.toLowerCase()}`,
    mark: state?.mark ?? "gate",
    section: "/gates",
    json: id === "" ? "/orch/v1/gates/waivers" : Blocks.address("/orch/v1/gates/decisions", {
      subject_type: type,
      subject: id,
      product_version: product,
      decision_context: context
    }),
    command: id === "" ? "orch gate waivers" : ShellLines.line("orch", "gate", "decide", id, "--type", type),
    body: [
      Blocks.head({
        title: id === "" ? "Gates" : h("bdi", null, id),
        ...(id === "" ? {} : { crumbs: [["Gates", `${prefix}/gates`] as const] }),
        ...(state === undefined ? {} : { state }),
        answer: answer(content),
        warn: problem !== undefined
      }),
      Blocks.ask(`${prefix}/gates`, "Ask a gate", [
        Blocks.field("id", "Subject: an NVR, a module, an update", id, { id: "filter" }),
        Blocks.field("type", "Kind of subject", type, { list: "types" }),
        h("datalist", { id: "types" }, ...types.map((one) => h("option", { key: one, value: one }))),
        Blocks.field("product", "Product version, or all", product),
        Blocks.field("context", "Decision context, or all", context)
      ], "May it pass?"),
      ...answers.map((one, index) => checklist(content, one, index)),
      ...[waivers(content), policyTable(content)].filter((one) => one !== null)
    ]
  }
}
