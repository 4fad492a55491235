/**
 * `/` in a browser: on to the builds. Whoever does not ask for HTML gets what any unknown path gets, as clients of the faces expect.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as AcceptHtml from "./AcceptHtml.ts"
import { answer } from "./Fallbacks.ts"

export const layer = HttpRouter.add(
  "GET",
  "/",
  Effect.map(HttpServerRequest.HttpServerRequest, ({ headers }) =>
    AcceptHtml.isNamed(headers["accept"])
      // Relative, so that it holds below any public address.
      ? HttpServerResponse.empty({ status: 302, headers: { location: "builds", vary: "accept" } })
      : HttpServerResponse.setHeader(answer(404, "There is nothing at /"), "vary", "accept"))
)
