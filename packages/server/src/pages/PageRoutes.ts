/**
 * Pages for people. Each is put together from answers of `/orch/v1` that are asked for inside of this process, behind the same
 * guard and with the credentials of whoever looks: no page shows what a script could not read.
 */
import * as Assets from "@orch/web/Assets"
import * as Frame from "@orch/web/Frame"
import * as Viewer from "@orch/web/Viewer"
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
import * as PublicAddress from "../http/PublicAddress.ts"
import * as ActRoute from "./ActRoute.ts"
import * as PageAnswer from "./PageAnswer.ts"
import * as PageList from "./PageList.ts"
import type { Asked, PageModule } from "./PageModule.ts"

const saidIn = (body: unknown): string =>
  typeof body === "object" && body !== null && "message" in body ? String(body.message) : "The server could not answer"

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

/** All pages of an installation with these settings. */
export const layer = (settings: PageList.Settings) =>
  Layer.merge(
    assets,
    Layer.effectDiscard(Effect.gen(function*() {
      const router = yield* HttpRouter.HttpRouter
      const access = yield* Access
      const { publicUrl } = settings
      const prefix = publicUrl === undefined ? "" : new URL(publicUrl).pathname.replace(/\/$/, "")
      const features = PageList.features(settings)
      const site = { prefix, version: packageJson.version, assets: Assets.hash, features }

      const viewerOf = (_: HttpServerRequest.HttpServerRequest): Effect.Effect<Viewer.Viewer> =>
        Effect.succeed(
          access.isOpen
            ? { ...Viewer.stranger, name: "anonymous", isAdministrator: true, mayAct: true }
            : Viewer.stranger
        )

      const made = ({ address, make }: PageModule) =>
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
          const viewer = yield* viewerOf(request)
          const { page, status } = yield* make({
            ask,
            query: new URL(request.url, "http://localhost").searchParams,
            params: yield* HttpRouter.params,
            viewer,
            now: yield* Clock.currentTimeMillis,
            prefix,
            origin: PublicAddress.link(publicUrl, request, ""),
            features
          }).pipe(
            Effect.catch(({ message, status }) =>
              Effect.succeed({ status, page: Frame.problem(headings[status] ?? "It did not work", message) })
            )
          )
          return PageAnswer.page(request, Frame.html(page, site, viewer), status)
        }).pipe((handler) => HttpRouter.route("GET", address, handler))

      yield* router.addAll(PageList.all(settings).map(made))
      yield* router.add(
        "POST",
        "/act",
        Effect.gen(function*() {
          const request = yield* HttpServerRequest.HttpServerRequest
          const viewer = yield* viewerOf(request)
          return yield* ActRoute.handle(
            router,
            prefix,
            viewer,
            (page, status) => PageAnswer.page(request, Frame.html(page, site, viewer), status)
          )
        })
      )
    }))
  )
