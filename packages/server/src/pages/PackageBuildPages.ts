/** `/package-builds` and what lies below it. */
import { PossibleAction } from "@orch/api/orch/ActionsApi"
import { listed } from "@orch/api/orch/Listed"
import { PackageBuildDetail, PackageBuildExplanation, PackageBuildSummary } from "@orch/api/orch/PackageBuildsApi"
import { PackageChecks } from "@orch/api/orch/PackageChecksApi"
import * as Blocks from "@orch/web/Blocks"
import * as PackageBuildList from "@orch/web/packagebuilds/PackageBuildList"
import * as PackageBuildPage from "@orch/web/packagebuilds/PackageBuildPage"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Asked, offsetIn, type PageModule, part, textIn } from "./PageModule.ts"

const list = Effect.fnUntraced(function*({ ask, now, prefix, query }: Asked) {
  const said = textIn(query)
  const filter = { owner: said("owner"), project: said("project"), running: said("running") }
  const offset = offsetIn(query)
  const found = yield* ask(
    Blocks.address("/orch/v1/package-builds/", { ...filter, limit: PackageBuildList.size, offset }),
    listed(PackageBuildSummary)
  )
  return { status: 200, page: PackageBuildList.page({ ...found, ...filter, offset, now, prefix }) }
})

const build = Effect.fnUntraced(function*({ ask, features, now, origin, params, prefix, viewer }: Asked) {
  const at = `/orch/v1/package-builds/${part(params["id"])}`
  const [detail, explanation, checks, actions] = yield* Effect.all([
    ask(at, PackageBuildDetail),
    ask(`${at}/explain`, PackageBuildExplanation),
    ask(`${at}/checks`, PackageChecks),
    ask(`${at}/actions`, Schema.Array(PossibleAction))
  ])
  return {
    status: 200,
    page: PackageBuildPage.page({
      build: detail,
      explanation,
      checks,
      actions,
      mayRelease: features.has("releases"),
      viewer,
      now,
      prefix,
      origin
    })
  }
})

export const pages: ReadonlyArray<PageModule> = [
  { address: "/package-builds", make: list },
  { address: "/package-builds/:id", make: build }
]
