/** The plan of a release with its editor: choose things, then say where they go. Works by keyboard, on a phone, and without script. */
import type { ReleaseDetail } from "@orch/api/orch/ReleasesApi"
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import { h } from "../Markup.ts"
import type { Viewer } from "../Viewer.ts"
import * as PlanRows from "./PlanRows.ts"

/** What the part is made of. */
export interface Content {
  readonly release: ReleaseDetail
  readonly rows: ReadonlyArray<PlanRows.Row>
  /** Whether all rows are shown, or those that a person should look at. */
  readonly all: boolean
  /** Name of a repository whose things alone are shown; empty for all. */
  readonly repository: string
  readonly offset: number
  readonly viewer: Viewer
  readonly prefix: string
}

/** Rows of one page. */
const size = 200

const placesOf = ({ places }: PlanRows.Row): Blocks.Content =>
  places.length === 0 ? h("span", { class: "dim" }, "nowhere") : places.map((place, index) =>
    h(
      "div",
      { key: index },
      place.repository,
      h(
        "span",
        { class: "sub" },
        `${place.trust}: ${PlanRows.reason(place)}${place.there === "nothing" ? "" : `, there: ${place.there}`}`
      )
    )
  )

const table = (shown: ReadonlyArray<PlanRows.Row>, editable: boolean, prefix: string): VNode =>
  Blocks.table<PlanRows.Row>("What goes where", [
    ...(editable
      ? [{
        head: "Choose",
        cell: (row: PlanRows.Row) =>
          h(
            "label",
            { class: "row" },
            h("input", { type: "checkbox", name: row.kind, value: row.id }),
            h("span", { class: "sr-only" }, `Choose ${row.id}`)
          )
      }]
      : []),
    {
      head: "Package or module",
      kind: "row",
      cell: ({ id, kind }) => [h("bdi", null, id), kind === "module" ? h("span", { class: "sub" }, "module") : ""]
    },
    { head: "Goes to, and why", kind: "wide", cell: placesOf },
    { head: "To look at", kind: "wide", cell: ({ unusual }) => unusual ?? "" },
    {
      head: "Signed by",
      label: "signed by",
      cell: ({ kind, signers }) =>
        kind === "module" ? "" : signers.length === 0 ? "nobody" : h("span", { class: "mono" }, signers.join(", "))
    },
    {
      head: "Build",
      kind: "num",
      label: "build",
      cell: ({ build }) => h("a", { href: `${prefix}/package-builds/${build}` }, String(build))
    }
  ], shown)

const button = (name: string, label: string, main = false) =>
  h("button", { class: main ? "btn main" : "btn", name: "do", value: name }, label)

/** The part of the page. */
export const section = (content: Content): VNode => {
  const { all, offset, prefix, release, repository, rows, viewer } = content
  const found = rows.filter((row) =>
    (all || repository !== "" || row.unusual !== undefined) &&
    (repository === "" || row.places.some((place) => place.repository === repository))
  )
  const shown = found.slice(offset, offset + size)
  const editable = release.state === "planned" && viewer.mayAct
  const at = (more: Readonly<Record<string, string | number>>) =>
    Blocks.address(`${prefix}/releases/${release.id}`, more)
  const repositories = PlanRows.byRepository(rows)
  const filter = { ...(all ? { show: "all" } : {}), ...(repository === "" ? {} : { repository }) }
  const unusual = rows.filter((row) => row.unusual !== undefined).length
  return Blocks.section("plan", "What goes where", [
    Blocks.views("Which", [
      [`To look at (${unusual})`, at({}), !all && repository === ""],
      [`All (${rows.length})`, at({ show: "all" }), all],
      ...repositories.map(([name, things]) =>
        [`${name} (${things})`, at({ repository: name }), repository === name] as const
      )
    ]),
    shown.length === 0
      ? Blocks.empty(
        rows.length === 0
          ? "The plan brings nothing."
          : "Everything goes where it usually goes, and nothing is in the way."
      )
      : h(
        "form",
        { class: "form", method: "post", action: at(filter), id: "edit" },
        viewer.proof === undefined ? null : h("input", { type: "hidden", name: "proof", value: viewer.proof }),
        table(shown, editable, prefix),
        editable
          ? h(
            "div",
            { class: "row panel pad", role: "group", "aria-label": "Change what is chosen" },
            h(
              "label",
              { class: "field" },
              h("span", { class: "sr-only" }, "Repository"),
              h("input", {
                name: "repository",
                list: "repositories",
                placeholder: "Move to repository",
                autoComplete: "off"
              }),
              h(
                "datalist",
                { id: "repositories" },
                ...repositories.map(([name]) => h("option", { key: name, value: name }))
              )
            ),
            Blocks.field("why", "Why", ""),
            button("place", "Move", true),
            button("exclude", "Leave out"),
            button("force", "Release anyway"),
            button("reset", "As planned")
          )
          : null
      ),
    Blocks.listPager({ offset, size, shown: shown.length, total: found.length }, (query) => at({ ...filter, ...query }))
  ], {
    hint: `${Blocks.count(rows.length, "thing")} to ${Blocks.count(repositories.length, "repository", "repositories")}`
  })
}
