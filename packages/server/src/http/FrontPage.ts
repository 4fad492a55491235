/**
 * `/` in a browser: on to the builds. Whoever does not ask for HTML gets what any unknown path gets, as clients of the faces expect.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { answer } from "./Fallbacks.ts"

/** Whether `Accept` names HTML; what names everything, as programs do, is none. */
const isBrowser = (accept: string | undefined): boolean =>
  accept !== undefined && accept.split(",").some((one) => {
    const [type = "", ...parameters] = one.split(";").map((part) => part.trim().toLowerCase())
    return type === "text/html" && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })

export const layer = HttpRouter.add(
  "GET",
  "/",
  Effect.map(HttpServerRequest.HttpServerRequest, ({ headers }) =>
    isBrowser(headers["accept"])
      // Relative, so that it holds below any public address.
      ? HttpServerResponse.empty({ status: 302, headers: { location: "builds", vary: "accept" } })
      : HttpServerResponse.setHeader(answer(404, "There is nothing at /"), "vary", "accept"))
)
