/**
 * Pages for people. Each is put together from answers of `/orch/v1` that are asked for inside of this process, behind the same
 * guard and with the credentials of whoever looks: no page shows what a script could not read.
 */
import { FeedPage as Feed } from "@orch/api/orch/FeedApi"
import { LogLines, LogMatches, LogOverview } from "@orch/api/orch/LogsApi"
import { ModuleBuildDetail, ModuleBuildExplanation } from "@orch/api/orch/ModuleBuildsApi"
import * as Assets from "@orch/web/Assets"
import * as BuildPage from "@orch/web/BuildPage"
import * as FeedPage from "@orch/web/FeedPage"
import * as Frame from "@orch/web/Frame"
import * as LogPage from "@orch/web/LogPage"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import packageJson from "../../package.json" with { type: "json" }
import { Access } from "../auth/Access.ts"
import { answer } from "../http/Fallbacks.ts"
import * as PageAnswer from "./PageAnswer.ts"

/** An answer of `/orch/v1` that is none of the expected kind: its status, and what it says. */
interface Refused {
  readonly status: number
  readonly message: string
}

const saidIn = (body: unknown): string =>
  typeof body === "object" && body !== null && "message" in body ? String(body.message) : "The server could not answer"

/** What a page is put together with. */
interface Asked {
  readonly ask: <A, I>(path: string, schema: Schema.Codec<A, I>) => Effect.Effect<A, Refused>
  readonly query: URLSearchParams
  readonly params: Readonly<Record<string, string | undefined>>
  readonly mayAct: boolean
  readonly now: number
  readonly prefix: string
}

const part = (text: string | undefined): string => encodeURIComponent(text ?? "")

const feed = ({ ask, now, prefix, query }: Asked) => {
  const q = query.get("q") ?? ""
  const asked = new URLSearchParams(q === "" ? {} : { q })
  const before = query.get("before")
  if (before !== null) asked.set("before", before)
  return ask(`/orch/v1/feed/?${asked}`, Feed).pipe(
    Effect.map((page) => ({ status: 200, page: FeedPage.page({ q, feed: page, problem: undefined, now, prefix }) })),
    // A filter that cannot be understood stays in its field, with what is wrong with it.
    Effect.catch((refused) =>
      refused.status === 400
        ? Effect.succeed({
          status: 400,
          page: FeedPage.page({ q, feed: undefined, problem: refused.message, now, prefix })
        })
        : Effect.fail(refused)
    )
  )
}

const missing: Refused = { status: 404, message: "There is no such module build" }

const build = Effect.fnUntraced(function*({ ask, mayAct, now, params, prefix }: Asked) {
  const id = params["id"] ?? ""
  if (!/^\d{1,9}$/.test(id)) return yield* Effect.fail(missing)
  const [detail, explanation, page] = yield* Effect.all([
    ask(`/orch/v1/module-builds/${id}`, ModuleBuildDetail),
    ask(`/orch/v1/module-builds/${id}/explain`, ModuleBuildExplanation),
    ask(`/orch/v1/feed/?limit=1&before=${Number(id) + 1}`, Feed)
  ])
  const entry = page.items.find((one) => one.id === detail.id)
  if (entry === undefined) return yield* Effect.fail(missing)
  return { status: 200, page: BuildPage.page({ build: detail, explanation, entry, mayAct, now, prefix }) }
})

const explain = Effect.fnUntraced(function*({ ask, now, params, prefix }: Asked) {
  const id = part(params["id"])
  const [detail, explanation] = yield* Effect.all([
    ask(`/orch/v1/module-builds/${id}`, ModuleBuildDetail),
    ask(`/orch/v1/module-builds/${id}/explain`, ModuleBuildExplanation)
  ])
  return { status: 200, page: BuildPage.explainPage({ build: detail, explanation, now, prefix }) }
})

const log = Effect.fnUntraced(function*({ ask, params, prefix, query }: Asked) {
  const attempt = params["attempt"] ?? "latest"
  const at = `/orch/v1/logs/module-build/${part(params["id"])}/${part(params["component"])}/${part(attempt)}`
  const overview = yield* ask(at, LogOverview)
  const from = query.get("from") ?? String(LogPage.start(overview))
  const lines = yield* ask(`${at}/lines?${new URLSearchParams({ from, count: String(LogPage.window) })}`, LogLines)
  const find = query.get("find") ?? ""
  const matches = find === ""
    ? undefined
    : yield* ask(`${at}/find?${new URLSearchParams({ text: find, ignore_case: "true", limit: "100" })}`, LogMatches)
  return {
    status: 200,
    page: LogPage.page({
      id: Number(params["id"]),
      component: params["component"] ?? "",
      attempt: attempt === "latest" ? overview.attempts : Number(attempt),
      overview,
      lines,
      find,
      matches,
      prefix
    })
  }
})

type Make = (asked: Asked) => Effect.Effect<{ readonly status: number; readonly page: Frame.Page }, Refused>

const pages: Readonly<Record<`/${string}`, Make>> = {
  "/builds": feed,
  "/builds/:id": build,
  "/builds/:id/explain": explain,
  "/builds/:id/:component/log": log,
  "/builds/:id/:component/:attempt/log": log
}

const assets = HttpRouter.add(
  "GET",
  "/assets/:name",
  Effect.gen(function*() {
    const { name = "" } = yield* HttpRouter.params
    const request = yield* HttpServerRequest.HttpServerRequest
    const found = Assets.find(name)
    return found === undefined
      ? answer(404, `There is nothing at ${request.url.slice(0, 200)}`)
      : PageAnswer.asset(request, found)
  })
)

const headings: Readonly<Record<number, string>> = { 401: "Not known", 403: "Not allowed", 404: "Not found" }

/** All pages; `publicUrl` says below which path they are reached. */
export const layer = (publicUrl: string | undefined) =>
  Layer.merge(
    assets,
    Layer.effectDiscard(Effect.gen(function*() {
      const router = yield* HttpRouter.HttpRouter
      const access = yield* Access
      const prefix = publicUrl === undefined ? "" : new URL(publicUrl).pathname.replace(/\/$/, "")
      const site = { prefix, version: packageJson.version, assets: Assets.hash }

      const made = (make: Make) =>
        Effect.gen(function*() {
          const request = yield* HttpServerRequest.HttpServerRequest
          const ask: Asked["ask"] = (path, schema) =>
            Effect.scoped(router.asHttpEffect()).pipe(
              Effect.provideService(HttpServerRequest.HttpServerRequest, request.modify({ url: path })),
              Effect.orDie,
              Effect.flatMap((response) =>
                Effect.map(Effect.promise(() => HttpServerResponse.toWeb(response).json()), (body: unknown) => ({
                  status: response.status,
                  body
                }))
              ),
              Effect.flatMap(({ body, status }) =>
                status === 200
                  ? Effect.orDie(Schema.decodeUnknownEffect(schema)(body))
                  : Effect.fail({ status, message: saidIn(body) })
              )
            )
          const { page, status } = yield* make({
            ask,
            query: new URL(request.url, "http://localhost").searchParams,
            params: yield* HttpRouter.params,
            mayAct: access.isOpen,
            now: yield* Clock.currentTimeMillis,
            prefix
          }).pipe(
            Effect.catch(({ message, status }) =>
              Effect.succeed({ status, page: Frame.problem(headings[status] ?? "It did not work", message, "builds") })
            )
          )
          return PageAnswer.page(request, Frame.html(page, site), status)
        })

      yield* router.addAll(
        Object.entries(pages).map(([path, make]) => HttpRouter.route("GET", path as `/${string}`, made(make)))
      )
    }))
  )
