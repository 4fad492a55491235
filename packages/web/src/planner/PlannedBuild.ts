/** One build that a submission would make: its identity, what it is resolved against, its order. */
import type { PreviewedBuild, PreviewedComponent } from "@orch/api/orch/PreviewApi"
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import { h } from "../Markup.ts"
import * as OrderDrawing from "../order/OrderDrawing.ts"
import * as States from "../States.ts"
import * as Times from "../Times.ts"

const planned = States.shown("idle", "plan", "Planned")

const outcomes = {
  new: planned,
  resumed: States.shown("run", "run", "Would go on"),
  exists: States.shown("good", "reuse", "There already")
} as const

const usually = (seconds: number | null): string =>
  seconds === null ? "time not known" : `about ${Times.duration(seconds)}`

const columns = (build: PreviewedBuild): ReadonlyArray<Blocks.Column<PreviewedComponent>> => [
  { head: "Batch", kind: "num", label: "batch", cell: ({ batch }) => String(batch) },
  { head: "Component", kind: "row", cell: ({ name }) => h("bdi", null, name) },
  {
    head: "Why it stands there",
    kind: "wide",
    cell: ({ placement, remarks }) => [placement, ...remarks.map((one) => h("span", { class: "sub", key: one }, one))]
  },
  {
    head: "From",
    kind: "wide",
    cell: ({ commit, ref, repository }) => [
      h("span", { class: "mono" }, repository),
      h("span", { class: "sub mono" }, `${ref ?? "default branch"}${commit === null ? "" : `, ${commit.slice(0, 12)}`}`)
    ]
  },
  {
    head: "Usually takes",
    kind: "num",
    label: build.components.length === 0 ? "" : "usually",
    cell: ({ seconds }) => usually(seconds)
  }
]

/** Its parts of the page. */
export const sections = (build: PreviewedBuild, prefix: string): ReadonlyArray<VNode> => {
  const { arches, buildrequires, components, context, id, name, outcome, platform, remarks, stream, version } = build
  const key = `${name}-${context}`
  const drawing = OrderDrawing.section(components.map((one) => ({
    name: one.name,
    batch: one.batch,
    after: one.after,
    seconds: one.seconds ?? undefined,
    state: planned,
    line: usually(one.seconds),
    href: `#${key}-${one.name}`
  })))
  return [
    Blocks.section(key, `${name}:${stream}, context ${context}`, [
      Blocks.facts([
        ["State", [
          States.badge(outcomes[outcome]),
          id === null ? "" : [" ", h("a", { href: `${prefix}/builds/${id}` }, `module build ${id}`)]
        ]],
        ["Version", h("span", { class: "mono" }, version)],
        ["Against", Object.entries(buildrequires).map(([module, one]) => `${module}:${one}`).join(", ")],
        ["Platform", platform],
        ["Architectures", arches.join(", ")],
        ...remarks.map((one) => ["Doubt", one] as const)
      ])
    ]),
    ...(drawing === null ? [] : [drawing]),
    Blocks.table(`Components of ${name}:${stream}, ${context}`, columns(build), components, {
      idOf: (one) => `${key}-${one.name}`
    })
  ]
}
