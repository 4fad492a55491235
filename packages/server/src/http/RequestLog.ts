/** One line for each request: method, path without its query (which may hold secrets), status, milliseconds. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"

/** Asked every few seconds by machines; their lines would hide all others. */
const quiet = /^\/(health|metrics)(\/|$)/

export const layer = HttpRouter.middleware(
  (effect) =>
    Effect.gen(function*() {
      const request = yield* HttpServerRequest.HttpServerRequest
      const began = yield* Clock.currentTimeMillis
      const response = yield* effect
      const path = request.url.split("?")[0]!
      if (!quiet.test(path)) {
        const ended = yield* Clock.currentTimeMillis
        yield* Effect.logInfo("request").pipe(
          Effect.annotateLogs({ method: request.method, path, status: response.status, ms: ended - began })
        )
      }
      return response
    }),
  { global: true }
)
