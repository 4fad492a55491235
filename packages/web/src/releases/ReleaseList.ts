/** `/releases`: what may go out, what goes out, what went out. */
import type { ReleaseSummary } from "@orch/api/orch/ReleasesApi"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as States from "../States.ts"
import * as Times from "../Times.ts"
import * as ReleaseStates from "./ReleaseStates.ts"

/** What the page is made of; texts are empty where the filter is not set. */
export interface Content {
  readonly items: ReadonlyArray<ReleaseSummary>
  readonly total: number
  readonly state: string
  readonly platform: string
  /** Name of a package that they bring. */
  readonly name: string
  readonly offset: number
  readonly now: number
  readonly prefix: string
}

/** Releases of one page. */
export const size = 50

/** The page. */
export const page = (content: Content): Page => {
  const { items, name, now, offset, platform, prefix, state, total } = content
  const filter = { state, platform, package: name }
  const at = (more: Readonly<Record<string, string | number>>) =>
    Blocks.address(`${prefix}/releases`, { ...filter, ...more })
  const open = items.filter((one) => one.state === "planned")
  const blocked = open.filter(({ blocks }) => blocks > 0).length
  const filtered = state !== "" || platform !== "" || name !== ""
  return {
    title: "Releases",
    mark: blocked > 0 ? "gate" : "plan",
    section: "/releases",
    json: Blocks.address("/orch/v1/releases/", filter),
    command: "orch release list",
    body: [
      Blocks.head({
        title: "Releases",
        answer: items.length === 0
          ? filtered
            ? "No release fits this filter."
            : "Nothing was released yet. Plan a release of builds with: orch release plan"
          : `${Blocks.count(total, "release")}; of those shown ${open.length} may be committed${
            blocked > 0 ? `, and something stands in the way of ${blocked} of them` : ""
          }.`
      }),
      Blocks.views("State", [
        ["All", at({ state: "" }), state === ""],
        ...(["planned", "committing", "released", "failed"] as const).map((one) =>
          [ReleaseStates.of({ state: one, blocks: 0 }).word, at({ state: one }), state === one] as const
        )
      ]),
      Blocks.ask(`${prefix}/releases`, "Filter releases", [
        Blocks.field("package", "Package", name, { id: "filter" }),
        Blocks.field("platform", "Platform", platform),
        state === "" ? null : h("input", { type: "hidden", name: "state", value: state })
      ], "Filter"),
      ...(items.length === 0 ? [] : [
        Blocks.table<ReleaseSummary>("Releases, newest first", [
          { head: "State", kind: "state", cell: (one) => States.badge(ReleaseStates.of(one)) },
          {
            head: "Release",
            kind: "row",
            cell: ({ id, platform }) => h("a", { href: `${prefix}/releases/${id}` }, `${id}, ${platform}`)
          },
          {
            head: "Builds",
            label: "of builds",
            cell: ({ builds }) => builds.slice(0, 5).join(", ") + (builds.length > 5 ? `, … ${builds.length}` : "")
          },
          { head: "In the way", kind: "num", label: "in the way", cell: ({ blocks }) => String(blocks) },
          { head: "To be seen", kind: "num", label: "to be seen", cell: ({ warns }) => String(warns) },
          { head: "Why", kind: "wide", cell: ({ state_reason }) => state_reason },
          { head: "By", label: "by", cell: ({ created_by }) => h("bdi", null, created_by) },
          { head: "Changed", kind: "num", label: "changed", cell: ({ modified_at }) => Times.time(modified_at, now) }
        ], items)
      ]),
      ...[
        Blocks.listPager({ offset, size, shown: items.length, total }, at)
      ].filter((one) => one !== null)
    ]
  }
}
