/** How two builds differ: what went in, what came of it, what came out. */
import type { BuildComparison } from "@orch/api/orch/ComparisonApi"
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import { h } from "../Markup.ts"
import * as Times from "../Times.ts"

type Input = BuildComparison["inputs"][number]
type Component = BuildComparison["components"][number]
type Artifact = BuildComparison["artifacts"][number]

const words: Readonly<Record<Input["what"], string>> = {
  version: "version",
  context: "context",
  arches: "architectures",
  macros: "macros",
  buildrequire: "buildroot",
  require: "requires",
  component: "commit of"
}

/** What counts when one asks why it fails now: not that it is another build. */
const counts = ({ what }: Input): boolean => what !== "version" && what !== "context"

const named = ({ name, what }: Input): string => name === null ? words[what] : `${words[what]} ${name}`

/** What went in that differs, in one sentence. */
export const sentence = ({ from, inputs }: BuildComparison): string => {
  const changed = inputs.filter(counts)
  if (changed.length === 0) return `Nothing that went in differs from module build ${from}, the last that was ready.`
  const shown = changed.slice(0, 4).map(named).join(", ")
  return `${Blocks.count(changed.length, "thing")} that went in ${
    changed.length === 1 ? "differs" : "differ"
  } from module build ${from}, the last that was ready: ${shown}${changed.length > 4 ? ", …" : ""}.`
}

const commit = /^[0-9a-f]{40,64}$/

const value = (text: string | null): Blocks.Content =>
  text === null
    ? h("span", { class: "dim" }, "none")
    : h("span", commit.test(text) ? { class: "mono", title: text } : null, commit.test(text) ? text.slice(0, 12) : text)

const sides = <Row extends { readonly from: string | null; readonly to: string | null }>(
  comparison: BuildComparison
): ReadonlyArray<Blocks.Column<Row>> => [
  { head: `In ${comparison.from}`, label: "was", cell: ({ from }) => value(from) },
  { head: `In ${comparison.to}`, label: "is", cell: ({ to }) => value(to) }
]

const seconds = (one: number | null | undefined): string =>
  one === null || one === undefined ? "not known" : Times.duration(one)

const side = (one: Component["from"]): Blocks.Content =>
  one === null
    ? h("span", { class: "dim" }, "none")
    : [one.state, h("span", { class: "sub" }, `${one.nvr ?? ""} ${one.seconds === null ? "" : seconds(one.seconds)}`)]

/** All of it; parts in which nothing differs are left out. */
export const tables = (comparison: BuildComparison): ReadonlyArray<VNode> => {
  const { artifacts, components, inputs } = comparison
  return [
    ...(inputs.length === 0 ? [] : [
      Blocks.section("inputs", "What went in", [
        Blocks.table<Input>("What went in", [
          { head: "What", kind: "row", cell: (one) => named(one) },
          ...sides<Input>(comparison)
        ], inputs)
      ])
    ]),
    ...(components.length === 0 ? [] : [
      Blocks.section("differing-components", "What came of it", [
        Blocks.table<Component>("Components that came to something else", [
          { head: "Component", kind: "row", cell: (one) => h("bdi", null, one.component) },
          { head: `In ${comparison.from}`, kind: "wide", label: "was", cell: (one) => side(one.from) },
          { head: `In ${comparison.to}`, kind: "wide", label: "is", cell: (one) => side(one.to) }
        ], components)
      ])
    ]),
    ...(artifacts.length === 0 ? [] : [
      Blocks.section("differing-artifacts", "What came out", [
        Blocks.table<Artifact>("Packages that differ", [
          { head: "Package", kind: "row", cell: ({ name }) => h("bdi", null, name) },
          { head: "Arch", label: "on", cell: ({ arch }) => arch },
          ...sides<Artifact>(comparison)
        ], artifacts)
      ])
    ])
  ]
}

/** How long both took. */
export const took = ({ took }: BuildComparison): string =>
  took.from === null && took.to === null ? "" : `It took ${seconds(took.to)}, and ${seconds(took.from)} before.`
