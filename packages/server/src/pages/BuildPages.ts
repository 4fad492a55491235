/** `/builds/ID` and what lies below it: why it is where it is, and the logs of its components. */
import { PossibleAction } from "@orch/api/orch/ActionsApi"
import { BuildComparison } from "@orch/api/orch/ComparisonApi"
import { type FeedEntry, FeedPage as Feed } from "@orch/api/orch/FeedApi"
import { LogLines } from "@orch/api/orch/LogsApi"
import { ModuleBuildDetail, ModuleBuildExplanation } from "@orch/api/orch/ModuleBuildsApi"
import * as Blocks from "@orch/web/Blocks"
import * as BuildPage from "@orch/web/BuildPage"
import * as ComparePage from "@orch/web/compare/ComparePage"
import * as ComponentPage from "@orch/web/ComponentPage"
import * as ComponentTable from "@orch/web/ComponentTable"
import * as ExplainPage from "@orch/web/ExplainPage"
import * as LogExcerpt from "@orch/web/log/LogExcerpt"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Asked, missing, type PageModule, part } from "./PageModule.ts"

/** Lines of the log that matters; a log that cannot be read leaves the rest of the page standing. */
const excerptOf = (ask: Asked["ask"], build: ModuleBuildDetail, { first_error: error }: FeedEntry) => {
  const which = error !== null && error.line !== null
    ? LogExcerpt.aroundLine(error.component, error.attempt, error.line)
    : build.completed_at === null
    ? LogExcerpt.ofRunning(build)
    : undefined
  if (which === undefined) return Effect.undefined
  const { attempt, component, count, from } = which
  const log = `/orch/v1/logs/module-build/${build.id}/${part(component)}/${attempt}/lines`
  return ask(Blocks.address(log, { from, count }), LogLines).pipe(
    Effect.map((found): LogExcerpt.Excerpt => ({ ...which, from: found.from, lines: found.lines })),
    Effect.orElseSucceed(() => undefined)
  )
}

const build = Effect.fnUntraced(function*({ ask, now, origin, params, prefix, query, viewer }: Asked) {
  const id = params["id"] ?? ""
  // Shaman's pages had projects there.
  if (/^[a-z][\w.-]{0,99}$/i.test(id)) return { go: `/commits/${part(id)}`, isForEver: true }
  if (!/^\d{1,9}$/.test(id)) return yield* Effect.fail(missing("module build"))
  const [detail, explanation, comparison, page, possible] = yield* Effect.all([
    ask(`/orch/v1/module-builds/${id}`, ModuleBuildDetail),
    ask(`/orch/v1/module-builds/${id}/explain`, ModuleBuildExplanation),
    ask(`/orch/v1/module-builds/${id}/compare/last-ready`, BuildComparison).pipe(
      // The first of its stream has nothing to be compared with.
      Effect.catchIf(({ status }) => status === 404, () => Effect.undefined)
    ),
    ask(`/orch/v1/feed/?limit=1&before=${Number(id) + 1}`, Feed),
    ask(`/orch/v1/module-builds/${id}/actions`, Schema.Array(PossibleAction))
  ])
  const entry = page.items.find((one) => one.id === detail.id)
  if (entry === undefined) return yield* Effect.fail(missing("module build"))
  const excerpt = yield* excerptOf(ask, detail, entry)
  const components = {
    sort: ComponentTable.sorts.find((one) => one === query.get("sort")) ?? "order",
    name: (query.get("name") ?? "").trim()
  }
  return {
    status: 200,
    page: BuildPage.page({
      build: detail,
      explanation,
      entry,
      comparison,
      excerpt,
      components,
      possible,
      origin,
      viewer,
      now,
      prefix
    })
  }
})

const component = Effect.fnUntraced(function*({ ask, now, params, prefix, viewer }: Asked) {
  const id = params["id"] ?? ""
  if (!/^\d{1,9}$/.test(id)) return yield* Effect.fail(missing("module build"))
  const detail = yield* ask(`/orch/v1/module-builds/${id}`, ModuleBuildDetail)
  const found = detail.components.find(({ name }) => name === params["component"])
  if (found === undefined) return yield* Effect.fail(missing("component of this build"))
  const filter = [["package", found.name], ["name", detail.name], ["stream", detail.stream]]
    .map(([key, value]) => `${key}:"${value!.replaceAll("\"", "")}"`).join(" ")
  const [explanation, history, possible] = yield* Effect.all([
    ask(`/orch/v1/module-builds/${id}/explain`, ModuleBuildExplanation),
    ask(Blocks.address("/orch/v1/feed/", { q: filter, limit: 20 }), Feed),
    ask(`/orch/v1/module-builds/${id}/actions`, Schema.Array(PossibleAction))
  ])
  return {
    status: 200,
    page: ComponentPage.page({
      build: detail,
      component: found,
      explanation,
      history,
      possible,
      viewer,
      now,
      prefix
    })
  }
})

const compare = Effect.fnUntraced(function*({ ask, params, prefix }: Asked) {
  const id = part(params["id"])
  const [build, comparison] = yield* Effect.all([
    ask(`/orch/v1/module-builds/${id}`, ModuleBuildDetail),
    ask(`/orch/v1/module-builds/${id}/compare/${part(params["other"])}`, BuildComparison)
  ])
  return { status: 200, page: ComparePage.page({ build, comparison, prefix }) }
})

const explain = Effect.fnUntraced(function*({ ask, params, prefix }: Asked) {
  const id = part(params["id"])
  const [detail, explanation] = yield* Effect.all([
    ask(`/orch/v1/module-builds/${id}`, ModuleBuildDetail),
    ask(`/orch/v1/module-builds/${id}/explain`, ModuleBuildExplanation)
  ])
  return { status: 200, page: ExplainPage.page({ build: detail, explanation, prefix }) }
})

export const pages: ReadonlyArray<PageModule> = [
  { address: "/builds/:id", make: build },
  { address: "/builds/:id/explain", make: explain },
  { address: "/builds/:id/:component", make: component },
  { address: "/builds/:id/compare/:other", make: compare }
]
