/**
 * Keeps event streams alive: the first bytes go out at once, so that a client knows it is connected, and a comment now and then,
 * so that proxies do not take a quiet stream for a dead one. Clients ignore comments (WHATWG, server-sent events). A server that stops ends them:
 * clients connect again, to another one.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { Draining } from "./Draining.ts"

const comment = (text: string): Uint8Array => new TextEncoder().encode(`: ${text}\n\n`)

const beats = Stream.concat(
  Stream.succeed(comment("connected")),
  Stream.map(Stream.fromSchedule(Schedule.spaced("15 seconds")), () => comment("alive"))
)

/** A middleware for all routes; answers that are no event streams pass unchanged. */
export const layer = HttpRouter.middleware(
  Effect.map(Draining, ({ over }) => (effect) =>
    Effect.map(effect, (response) => {
      const { body } = response
      if (body._tag !== "Stream" || !body.contentType.startsWith("text/event-stream")) return response
      const stream = Stream.merge(beats, body.stream, { haltStrategy: "right" })
      return HttpServerResponse.stream(Stream.interruptWhen(stream, over), {
        status: response.status,
        headers: { ...response.headers, "cache-control": "no-store", "x-accel-buffering": "no" },
        contentType: body.contentType
      })
    })),
  { global: true }
)
