/**
 * Pages for people. Each is put together from answers of `/orch/v1` that are asked for inside of this process, behind the same
 * guard and with the credentials of whoever looks: no page shows what a script could not read.
 */
import * as Assets from "@orch/web/Assets"
import * as Frame from "@orch/web/Frame"
import * as PlainText from "@orch/web/PlainText"
import type { Viewer } from "@orch/web/Viewer"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as AcceptText from "../http/AcceptText.ts"
import { answer } from "../http/Fallbacks.ts"
import * as PublicAddress from "../http/PublicAddress.ts"
import * as ActRoute from "./ActRoute.ts"
import * as InnerRequest from "./InnerRequest.ts"
import * as PageAnswer from "./PageAnswer.ts"
import * as PageFrame from "./PageFrame.ts"
import * as PageList from "./PageList.ts"
import type { Asked, PageModule, Refused } from "./PageModule.ts"
import * as SignInRoutes from "./SignInRoutes.ts"

/** Characters of a form that is looked at. */
const mostForm = 4_000_000

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
      const frame = yield* PageFrame.make(settings)
      const { features, prefix } = frame.site
      const asking = Effect.fnUntraced(function*(viewer: Viewer, proof: string) {
        const request = yield* HttpServerRequest.HttpServerRequest
        const reach = <A, I>(sent: InnerRequest.Sent, schema: Schema.Codec<A, I>) =>
          InnerRequest.send(router, request, sent).pipe(
            Effect.flatMap((answer) =>
              answer.status < 300
                ? Effect.orDie(Schema.decodeUnknownEffect(schema)(answer.body))
                : Effect.fail({ status: answer.status, message: InnerRequest.saidIn(answer) })
            )
          )
        return {
          ask: (to, schema) => reach({ to, method: "GET", body: undefined, proof: "" }, schema),
          send: (to, body, schema, method = "POST") => reach({ to, method, body: JSON.stringify(body), proof }, schema),
          query: new URL(request.url, "http://localhost").searchParams,
          params: yield* HttpRouter.params,
          viewer,
          now: yield* Clock.currentTimeMillis,
          prefix,
          origin: PublicAddress.link(settings.publicUrl, request, ""),
          features
        } satisfies Asked
      })

      const wrong = ({ message, status }: Refused) =>
        Effect.succeed({ status, page: Frame.problem(headings[status] ?? "It did not work", message) })

      const got = ({ address, make }: PageModule) =>
        Effect.gen(function*() {
          const request = yield* HttpServerRequest.HttpServerRequest
          const viewer = yield* frame.viewerOf(request)
          const asked = yield* asking(viewer, viewer.proof ?? "")
          const made = yield* make(asked).pipe(Effect.catch(wrong))
          if ("go" in made) {
            return HttpServerResponse.empty({
              status: made.isForEver ? 301 : 302,
              headers: { location: `${prefix}${made.go}` }
            })
          }
          if ("text" in made) return PageAnswer.file(request, made.text, made.type)
          const { page, status } = made
          if (AcceptText.isWanted(request.headers)) {
            const more = [
              ...(page.json === undefined ? [] : [`As JSON: ${asked.origin}${page.json}`]),
              ...(page.command === undefined ? [] : [`The same: ${page.command}`])
            ]
            return PageAnswer.text(request, PlainText.of(page.body, more), status)
          }
          return yield* frame.renewed(request, frame.send(request, viewer, page, status))
        }).pipe((handler) => HttpRouter.route("GET", address, handler))

      const sent = ({ address, post }: PageModule) =>
        post === undefined ? [] : [
          Effect.gen(function*() {
            const request = yield* HttpServerRequest.HttpServerRequest
            const viewer = yield* frame.viewerOf(request)
            const form = yield* InnerRequest.formIn(request, mostForm)
            const asked = yield* asking(viewer, form.get("proof") ?? "")
            const made = yield* InnerRequest.isOfOurPage(request)
              ? post({ ...asked, form }).pipe(Effect.catch(wrong))
              : wrong({ status: 400, message: "The form is not of a page of this server" })
            return "go" in made
              ? HttpServerResponse.empty({ status: 303, headers: { location: `${prefix}${made.go}` } })
              : frame.send(request, viewer, made.page, made.status)
          }).pipe((handler) => HttpRouter.route("POST", address, handler))
        ]

      yield* router.addAll(PageList.all(settings).flatMap((one) => [got(one), ...sent(one)]))
      yield* router.add("POST", "/act", ActRoute.handle(router, frame))
      yield* SignInRoutes.add(router, frame, settings.publicUrl)
    }))
  )
