/** `/builds/ID/compare/OTHER`: what differs between two builds of a stream. */
import type { BuildComparison } from "@orch/api/orch/ComparisonApi"
import type { ModuleBuildDetail } from "@orch/api/orch/ModuleBuildsApi"
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as ComparisonTables from "./ComparisonTables.ts"

/** What the page is made of. */
export interface Content {
  readonly build: ModuleBuildDetail
  readonly comparison: BuildComparison
  readonly prefix: string
}

/** What the page of a build says of the last one that was ready. */
export const section = (comparison: BuildComparison, prefix: string): VNode =>
  Blocks.section("changed", "Changed since it last worked", [
    h("p", { class: "soft" }, `${ComparisonTables.sentence(comparison)} ${ComparisonTables.took(comparison)}`),
    ...(comparison.inputs.length === 0
      ? []
      : [h("details", null, h("summary", null, "Show what differs"), ...ComparisonTables.tables(comparison))])
  ], {
    end: h(
      "a",
      { href: `${prefix}/builds/${comparison.to}/compare/${comparison.from}` },
      `Compared with ${comparison.from}`
    )
  })

/** The page. */
export const page = ({ build, comparison, prefix }: Content): Page => {
  const { artifacts, components, from, inputs, to } = comparison
  const same = inputs.length + components.length + artifacts.length === 0
  const named = `${build.name}:${build.stream}`
  return {
    title: `${named}: ${to} compared with ${from}`,
    section: "/builds",
    json: `/orch/v1/module-builds/${to}/compare/${from}`,
    command: `orch module-build compare ${to} ${from}`,
    body: [
      Blocks.head({
        title: `${named}: what differs`,
        crumbs: [["Builds", `${prefix}/builds`], [String(to), `${prefix}/builds/${to}`]],
        answer: same
          ? `Module builds ${from} and ${to} do not differ.`
          : [
            `From `,
            h("a", { href: `${prefix}/builds/${from}` }, `module build ${from}`),
            ` to ${to}, ${Blocks.count(inputs.length, "thing differs", "things differ")} that went in, ${
              Blocks.count(components.length, "component")
            } came to something else, and ${Blocks.count(artifacts.length, "package differs", "packages differ")}. `,
            ComparisonTables.took(comparison)
          ]
      }),
      ...ComparisonTables.tables(comparison)
    ]
  }
}
