/** The nodes of a campaign or of an impact by tier, as marks: problems first, each with its name. */
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import { h } from "../Markup.ts"
import * as States from "../States.ts"

/** What a tier has to know of a node. */
export interface Mark {
  readonly name: string
  readonly tier: number
  readonly state: States.Shown
  /** Whether it may be counted instead of drawn where there are very many. */
  readonly isQuiet: boolean
  readonly href: string
}

/** Above so many nodes in all, a tier counts the quiet ones. */
const most = 2000

/** Marks of one tier at most. */
const mostOfTier = 400

/** The words of a tier: how many are in which state, in the order of the marks. */
export const words = (marks: ReadonlyArray<Mark>): string => {
  const counted = new Map<string, number>()
  for (const { state } of marks) counted.set(state.word, (counted.get(state.word) ?? 0) + 1)
  return [...counted].map(([word, count]) => `${count.toLocaleString("en")} ${word.toLowerCase()}`).join(", ")
}

/** The part of a page; marks are in the order in which they are to be shown within their tier. */
export const section = (
  marks: ReadonlyArray<Mark>,
  tierAddress: (tier: number) => string,
  end?: VNode
): VNode | null => {
  if (marks.length === 0) return null
  const tiers = [...Map.groupBy(marks, ({ tier }) => tier)].sort(([a], [b]) => a - b)
  const few = marks.length <= most
  return Blocks.section("tiers", "By tier", [
    h(
      "ol",
      { class: "panel" },
      ...tiers.map(([tier, all]) => {
        const wanted = few ? all : all.filter(({ isQuiet }) => !isQuiet)
        const shown = wanted.slice(0, mostOfTier)
        const left = all.length - shown.length
        return h(
          "li",
          { key: tier, class: "tier" },
          h("a", { href: tierAddress(tier) }, `Tier ${tier}`),
          shown.length === 0
            ? h("span", { class: "soft small" }, "nothing to look at")
            : h(
              "div",
              { class: "cells" },
              ...shown.map(({ href, name, state }) =>
                h(
                  "a",
                  { key: name, href, "aria-label": `${name}: ${state.word}`, title: `${name}: ${state.word}` },
                  States.mark(state.mark, state.hue)
                )
              ),
              left > 0 ? h("span", { class: "soft small" }, `and ${left.toLocaleString("en")} more`) : null
            ),
          h("span", { class: "small soft" }, words(all))
        )
      })
    )
  ], { hint: "each mark is a module stream; what needs a person comes first", ...(end === undefined ? {} : { end }) })
}
