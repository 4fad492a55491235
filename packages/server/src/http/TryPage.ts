/**
 * `/docs`: a page of a library, where people try endpoints. It is held to this server by its policy: its script and styles are written
 * into it, and a browser lets it ask nobody else, whatever a newer version of it would like to.
 */
import { OrchApi } from "@orch/api"
import * as Effect from "effect/Effect"
import * as HttpApiScalar from "effect/http-api/HttpApiScalar"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"

const policy = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src data:",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'"
].join("; ")

type Answer = Effect.Effect<HttpServerResponse.HttpServerResponse>

/** The library adds one route, which answers every request with the same page: what answers. */
const made = Effect.fnUntraced(function*(router: HttpRouter.HttpRouter) {
  let answer: Answer = Effect.succeed(HttpServerResponse.empty({ status: 404 }))
  const caught = Layer.succeed(HttpRouter.HttpRouter, {
    ...router,
    add: ((_method: "GET", _path: "/docs", handler: Answer) =>
      Effect.sync(() => {
        answer = handler
      })) as unknown as HttpRouter.HttpRouter["add"]
  })
  // Fonts of the library's own would come from elsewhere.
  const page = HttpApiScalar.layer(OrchApi, { path: "/docs", scalar: { withDefaultFonts: false } })
  yield* Effect.scoped(Layer.build(page.pipe(Layer.provide(caught))))
  return Effect.map(answer, HttpServerResponse.setHeader("content-security-policy", policy))
})

/** The page. Three megabytes are loaded for it, by the first who wants it. */
export const layer = HttpRouter.use((router) =>
  Effect.flatMap(
    Effect.cached(Effect.uninterruptible(made(router))),
    (page) => router.add("GET", "/docs", Effect.flatten(page))
  )
)
