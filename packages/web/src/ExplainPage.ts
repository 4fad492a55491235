/** `/builds/ID/explain`: everything that is known about why a build is where it is, to read. */
import type { ModuleBuildDetail, ModuleBuildExplanation } from "@orch/api/orch/ModuleBuildsApi"
import * as Blocks from "./Blocks.ts"
import type { Page } from "./Frame.ts"
import { h } from "./Markup.ts"

/** What the page is made of. */
export interface Content {
  readonly build: ModuleBuildDetail
  readonly explanation: ModuleBuildExplanation
  readonly prefix: string
}

/** The page. */
export const page = (
  { build, explanation, prefix }: Content
): Page => ({
  title: `Why ${build.name}:${build.stream} is where it is`,
  section: "/builds",
  json: `/orch/v1/module-builds/${build.id}/explain`,
  command: `orch module-build explain ${build.id}`,
  body: [
    h(
      "div",
      { class: "head" },
      h("h1", null, `Why ${build.name}:${build.stream} is where it is`),
      h(
        "p",
        { class: "answer" },
        explanation.reason === "" ? `It is in state ${explanation.state}.` : explanation.reason
      ),
      h("p", null, h("a", { href: `${prefix}/builds/${build.id}` }, `Module build ${build.id}`))
    ),
    h(
      "section",
      { class: "sec" },
      h("h2", null, "The whole"),
      h(
        "ul",
        null,
        ...(explanation.waits_for.length === 0 ? ["It waits for nothing."] : explanation.waits_for).map((one) =>
          h("li", { key: one }, one)
        )
      )
    ),
    h(
      "section",
      { class: "sec" },
      h("h2", null, "Components"),
      ...explanation.components.slice(0, Blocks.mostRows).map((one) =>
        h(
          "div",
          { key: one.component },
          h("h3", null, `${one.component}: ${one.state}`),
          h(
            "ul",
            null,
            ...[one.placement, one.reason, one.reuse ?? "", ...one.waits_for, ...one.remarks].filter((line) =>
              line !== ""
            ).map((line, index) => h("li", { key: index }, line))
          )
        )
      ),
      explanation.components.length <= Blocks.mostRows
        ? null
        : h("p", null, Blocks.notShown(explanation.components.length - Blocks.mostRows))
    )
  ]
})
