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

/** The library adds one route, which answers every request with the same page. */
const limited = Layer.effect(
  HttpRouter.HttpRouter,
  Effect.map(HttpRouter.HttpRouter, (router): HttpRouter.HttpRouter => ({
    ...router,
    add: ((method: "GET", path: "/docs", handler: Answer) =>
      router.add(
        method,
        path,
        Effect.map(handler, HttpServerResponse.setHeader("content-security-policy", policy))
      )) as unknown as HttpRouter.HttpRouter["add"]
  }))
)

/** The page. Fonts of the library's own would come from elsewhere. */
export const layer = HttpApiScalar.layer(OrchApi, { path: "/docs", scalar: { withDefaultFonts: false } }).pipe(
  Layer.provide(limited)
)
