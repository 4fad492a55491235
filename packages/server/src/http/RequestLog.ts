/**
 * One line for each request: method, path without its query (which may hold secrets), status, milliseconds. Each request has a
 * number, which its answer, its line and whatever else is logged of it carry. What is measured of requests is taken here, too.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Logger from "effect/Logger"
import { randomUUID } from "node:crypto"
import * as Redaction from "../Redaction.ts"
import * as MatchedRoute from "./MatchedRoute.ts"
import * as RequestTimes from "./RequestTimes.ts"

/** The number that a proxy gave the request, where it is one, so that both logs name the same. */
export const requestId = (given: string | ReadonlyArray<string> | undefined): string =>
  typeof given === "string" && /^[\w.-]{8,100}$/.test(given) ? given : randomUUID()

/** Asked every few seconds by machines; their lines would hide all others. */
const quiet = /^\/(health|metrics)(\/|$)/

/** The middleware of all routes. It changes nothing of an answer but its `x-request-id`, and fails as the route does. */
export const layer = HttpRouter.middleware(
  (effect) =>
    Effect.gen(function*() {
      const request = yield* HttpServerRequest.HttpServerRequest
      const began = yield* Clock.currentTimeNanos
      const id = requestId(request.headers["x-request-id"])
      const response = yield* Effect.map(
        Effect.annotateLogs(effect, { requestId: id }),
        HttpServerResponse.setHeader("x-request-id", id)
      )
      const took = (yield* Clock.currentTimeNanos) - began
      RequestTimes.observe({ method: request.method, route: MatchedRoute.of(request), status: response.status }, took)
      const path = request.url.split("?")[0]!
      const loggers = yield* Logger.CurrentLoggers
      if (loggers.size === 0 || quiet.test(path)) return response
      const line = {
        requestId: id,
        method: request.method,
        path,
        status: response.status,
        ms: Number(took / 1_000_000n)
      }
      if (Redaction.isJsonAlone(loggers)) Redaction.writeRequest(line)
      else yield* Effect.annotateLogs(Effect.logInfo("request"), line)
      return response
    }),
  { global: true }
)
