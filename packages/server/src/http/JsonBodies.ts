/**
 * Takes the bodies of the typed faces for JSON whatever their `Content-Type` says.
 *
 * The first API never looked at the header, and scripts post with a bare `curl -d`, which calls everything a form. What
 * is not JSON is refused for that, with 400.
 */
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"

const typed = /^\/(rida|orch)\//

export const layer = HttpRouter.middleware(
  (effect) =>
    Effect.flatMap(
      HttpServerRequest.HttpServerRequest,
      (request) =>
        request.method === "POST" && typed.test(request.url)
          ? Effect.provideService(
            effect,
            HttpServerRequest.HttpServerRequest,
            request.modify({ headers: Headers.set(request.headers, "content-type", "application/json") })
          )
          : effect
    ),
  { global: true }
)
