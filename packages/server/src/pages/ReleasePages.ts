/** `/releases` and what lies below it. Edits of a plan are forms of the release's own page. */
import { PossibleAction } from "@orch/api/orch/ActionsApi"
import { listed } from "@orch/api/orch/Listed"
import {
  ReleaseDetail,
  type ReleaseEditRequest,
  ReleaseExplanation,
  ReleasePlanView,
  ReleaseSummary
} from "@orch/api/orch/ReleasesApi"
import * as Blocks from "@orch/web/Blocks"
import * as ReleaseList from "@orch/web/releases/ReleaseList"
import * as ReleasePage from "@orch/web/releases/ReleasePage"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Asked, offsetIn, type PageModule, part, type Posted, textIn } from "./PageModule.ts"

const list = Effect.fnUntraced(function*({ ask, now, prefix, query }: Asked) {
  const said = textIn(query)
  const filter = { state: said("state"), platform: said("platform"), package: said("package") }
  const offset = offsetIn(query)
  const found = yield* ask(
    Blocks.address("/orch/v1/releases/", { ...filter, limit: ReleaseList.size, offset }),
    listed(ReleaseSummary)
  )
  const { package: name, platform, state } = filter
  return { status: 200, page: ReleaseList.page({ ...found, state, platform, name, offset, now, prefix }) }
})

const shown = Effect.fnUntraced(
  function*({ ask, now, params, prefix, query, viewer }: Asked, problem: string | undefined, status: number) {
    const at = `/orch/v1/releases/${part(params["id"])}`
    const [release, plan, explanation, actions] = yield* Effect.all([
      ask(at, ReleaseDetail),
      ask(`${at}/plan`, ReleasePlanView),
      ask(`${at}/explain`, ReleaseExplanation),
      ask(`${at}/actions`, Schema.Array(PossibleAction))
    ])
    return {
      status,
      page: ReleasePage.page({
        release,
        plan,
        explanation,
        actions,
        problem,
        all: query.get("show") === "all",
        repository: query.get("repository") ?? "",
        offset: offsetIn(query),
        viewer,
        now,
        prefix
      })
    }
  }
)

/** The edits that a form asks for; a sentence where it asks for none. */
const editsOf = (form: URLSearchParams): ReadonlyArray<ReleaseEditRequest> | string => {
  const packages = form.getAll("package")
  const modules = form.getAll("module")
  const repository = (form.get("repository") ?? "").trim()
  const why = (form.get("why") ?? "").trim()
  const said = why === "" ? {} : { why }
  if (packages.length + modules.length === 0) return "Choose what is to be changed."
  switch (form.get("do")) {
    case "place":
      return repository === "" ? "Say where it is to go." : [
        ...packages.map((place) => ({ place, repositories: [repository], ...said })),
        ...modules.map((place_module) => ({ place_module, repositories: [repository], ...said }))
      ]
    case "exclude":
      return why === "" ? "Say why it is left out." : [...packages, ...modules].map((exclude) => ({ exclude, why }))
    case "force":
      return why === "" ? "Say why it goes out all the same." : packages.map((force) => ({ force, why }))
    case "reset":
      return [...packages, ...modules].map((reset) => ({ reset, ...said }))
    default:
      return "Say what is to be done."
  }
}

const edit = Effect.fnUntraced(function*(asking: Posted) {
  const { form, params, query, send } = asking
  const edits = editsOf(form)
  if (typeof edits === "string") return yield* shown(asking, edits, 400)
  const id = part(params["id"])
  return yield* send(`/orch/v1/releases/${id}/edits`, { edits }, ReleaseSummary).pipe(
    Effect.map(() => ({ go: `/releases/${id}${query.size === 0 ? "" : `?${query}`}#plan` })),
    Effect.catch(({ message, status }) => shown(asking, message, status))
  )
})

export const pages: ReadonlyArray<PageModule> = [
  { address: "/releases", make: list },
  { address: "/releases/:id", make: (asking) => shown(asking, undefined, 200), post: edit }
]
