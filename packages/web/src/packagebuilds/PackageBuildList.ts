/** `/package-builds`: what goes on and what needs a person, of package builds. */
import type { PackageBuildSummary } from "@orch/api/orch/PackageBuildsApi"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as States from "../States.ts"
import * as Times from "../Times.ts"
import * as PackageStates from "./PackageStates.ts"

/** What the page is made of; texts are empty where the filter is not set. */
export interface Content {
  readonly items: ReadonlyArray<PackageBuildSummary>
  readonly total: number
  readonly owner: string
  readonly project: string
  readonly running: string
  readonly offset: number
  readonly now: number
  readonly prefix: string
}

/** Builds of one page. */
export const size = 50

const progress = (build: PackageBuildSummary): Blocks.Content => {
  const failed = PackageStates.count(build, "failed")
  const words = `${PackageStates.count(build, "completed", "excluded")} of ${
    Object.values(build.tasks).reduce((sum, one) => sum + one, 0)
  }${failed > 0 ? `, ${failed} failed` : ""}`
  return h("div", { class: "barline" }, PackageStates.bar(build, words), h("span", null, words))
}

/** The page. */
export const page = (content: Content): Page => {
  const { items, now, offset, owner, prefix, project, running, total } = content
  const filter = { owner, project, running }
  const at = (more: Readonly<Record<string, string | number>>) =>
    Blocks.address(`${prefix}/package-builds`, { ...filter, ...more })
  const filtered = owner !== "" || project !== "" || running !== ""
  const wrong = items.filter((one) => PackageStates.ofBuild(one).hue === "bad").length
  const going = items.filter(({ finished_at }) => finished_at === null).length
  return {
    title: "Package builds",
    mark: wrong > 0 ? "fail" : "plan",
    section: "/package-builds",
    json: Blocks.address("/orch/v1/package-builds/", filter),
    command: "orch build list",
    body: [
      Blocks.head({
        title: "Package builds",
        answer: items.length === 0
          ? filtered
            ? "No package build fits this filter."
            : "No package was built yet. Ask for one with: orch build submit"
          : `${Blocks.count(total, "package build")}; of those shown ${going === 1 ? "1 goes" : `${going} go`} on and ${
            wrong === 0 ? "none" : wrong
          } failed.`
      }),
      Blocks.views("Views", [["All", at({ running: "" }), running === ""], [
        "Going on",
        at({ running: "true" }),
        running === "true"
      ], ["Ended", at({ running: "false" }), running === "false"]]),
      Blocks.ask(`${prefix}/package-builds`, "Filter package builds", [
        Blocks.field("project", "Package", project, { id: "filter" }),
        Blocks.field("owner", "Owner", owner),
        running === "" ? null : h("input", { type: "hidden", name: "running", value: running })
      ], "Filter"),
      ...(items.length === 0 ? [] : [
        Blocks.table<PackageBuildSummary>(
          "Package builds, newest first",
          [
            { head: "State", kind: "state", cell: (one) => States.badge(PackageStates.ofBuild(one)) },
            {
              head: "Packages",
              kind: "row",
              cell: (one) =>
                h(
                  "a",
                  { href: `${prefix}/package-builds/${one.id}` },
                  h("bdi", null, PackageStates.nameOf(one)),
                  ` (${one.id})`
                )
            },
            { head: "Platforms", label: "for", cell: ({ platforms }) => platforms.join(", ") },
            { head: "Tasks", kind: "wide", cell: progress },
            { head: "Why", kind: "wide", cell: ({ state_reason }) => state_reason },
            { head: "Owner", label: "of", cell: ({ owner }) => h("bdi", null, owner) },
            { head: "Since", kind: "num", label: "since", cell: ({ created_at }) => Times.time(created_at, now) }
          ],
          items,
          { idOf: ({ id }) => `b-${id}` }
        )
      ]),
      ...[
        Blocks.listPager({ offset, size, shown: items.length, total }, at)
      ].filter((one) => one !== null)
    ]
  }
}
