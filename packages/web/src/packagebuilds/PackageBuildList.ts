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

const progress = ({ tasks }: PackageBuildSummary): Blocks.Content => {
  const count = (...states: ReadonlyArray<string>) => states.reduce((sum, one) => sum + (tasks[one] ?? 0), 0)
  const total = Object.values(tasks).reduce((sum, one) => sum + one, 0)
  const words = `${count("completed", "excluded")} of ${total}${
    count("failed") > 0 ? `, ${count("failed")} failed` : ""
  }`
  return h(
    "div",
    { class: "barline" },
    Blocks.bar(
      [[count("completed", "excluded"), "good"], [count("started", "processing"), "run"], [
        count("queued"),
        "run",
        true
      ], [count("failed"), "bad"]],
      total,
      words
    ),
    h("span", null, words)
  )
}

const names = (packages: ReadonlyArray<string>): string =>
  packages.length > 3 ? `${packages.slice(0, 3).join(", ")} and ${packages.length - 3} more` : packages.join(", ")

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
              cell: ({ id, packages }) =>
                h("a", { href: `${prefix}/package-builds/${id}` }, h("bdi", null, names(packages)), ` (${id})`)
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
        Blocks.pager(
          offset === 0 ? undefined : at({ offset: Math.max(0, offset - size) }),
          offset + items.length < total ? at({ offset: offset + size }) : undefined
        )
      ].filter((one) => one !== null)
    ]
  }
}
