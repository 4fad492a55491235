/** A document with its problems in their places: the lines around each, and what is wrong under it. */
import type { ModulePreview } from "@orch/api/orch/PreviewApi"
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import { h } from "../Markup.ts"
import * as States from "../States.ts"

type Problem = ModulePreview["problems"][number]

/** Lines that are shown around each problem, and of a document at most. */
const around = 2
const most = 2000

const marks = {
  error: States.shown("bad", "fail", "Error"),
  warning: States.shown("attn", "attn", "Warning"),
  note: States.shown("idle", "plan", "Note")
} as const

/** The numbers of the lines to show, in order; 0 stands where lines are left out. */
export const linesToShow = (places: ReadonlyArray<number>, total: number): ReadonlyArray<number> => {
  const wanted = new Set(
    places.flatMap((line) => Array.from({ length: 2 * around + 1 }, (_, index) => line - around + index))
      .filter((line) => line >= 1 && line <= total)
  )
  const sorted = [...wanted].sort((a, b) => a - b).slice(0, most)
  return sorted.flatMap((line, index) => index > 0 && sorted[index - 1] !== line - 1 ? [0, line] : [line])
}

const said = ({ column, hint, message, severity, where }: Problem, key: number): VNode =>
  h(
    "li",
    { key: `p${key}`, class: "remark" },
    h(
      "span",
      null,
      States.badge(marks[severity]),
      ` ${where === undefined ? "" : `${where}: `}${message}`,
      column === undefined ? "" : h("span", { class: "dim" }, ` (column ${column})`),
      hint === undefined ? "" : h("span", { class: "soft" }, ` ${hint}`)
    )
  )

/** The part of the page: problems with a line among the lines, and those without in a list before them. */
export const section = ({ problems, text }: ModulePreview): VNode => {
  const lines = text?.split("\n") ?? []
  const placed = text === null ? [] : problems.filter(({ line }) => line !== undefined && line <= lines.length)
  const others = problems.filter((one) => !placed.includes(one))
  const at = Map.groupBy(placed, ({ line }) => line!)
  return Blocks.section("problems", "What is wrong or odd", [
    others.length === 0 ? null : h(
      "ul",
      { class: "panel rank" },
      ...others.map((one, index) =>
        h(
          "li",
          { key: index },
          h(
            "span",
            null,
            States.badge(marks[one.severity]),
            one.where === undefined ? "" : [" ", h("strong", null, one.where)]
          ),
          h(
            "span",
            { class: "soft" },
            `${one.message}${one.line === undefined ? "" : `, line ${one.line}`}${
              one.hint === undefined ? "" : `. ${one.hint}`
            }`
          )
        )
      )
    ),
    placed.length === 0 ? null : h(
      "div",
      { class: "panel" },
      h(
        "div",
        { class: "log", tabIndex: 0, role: "region", "aria-label": "The document around its problems" },
        h(
          "ol",
          null,
          ...linesToShow([...at.keys()], lines.length).flatMap((number, index) => {
            if (number === 0) {
              return [h("li", { key: `gap${index}`, class: "dim", "aria-hidden": "true" }, h("span", null, "   ⋮"))]
            }
            const here = at.get(number) ?? []
            const kind = here.some(({ severity }) => severity === "error")
              ? "err"
              : here.length > 0
              ? "warns"
              : undefined
            return [
              h(
                "li",
                { key: number, id: `L${number}`, ...(kind === undefined ? {} : { class: kind }) },
                h("a", { href: `#L${number}` }, String(number)),
                h("span", null, lines[number - 1] ?? "")
              ),
              ...here.map((one, place) => said(one, number * 100 + place))
            ]
          })
        )
      )
    )
  ], { hint: Blocks.count(problems.length, "problem") })
}
