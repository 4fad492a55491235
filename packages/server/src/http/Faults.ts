/**
 * Answers what handlers did not expect: a defect becomes 503 where the database or the disk is its cause, else 500, with the number
 * of the request in answer and log. Each is logged once, with its cause; clients are not told it.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as FullDisk from "../database/FullDisk.ts"
import { isOfDatabase } from "../database/PgError.ts"
import { answerTo } from "./Fallbacks.ts"

/** Errors that pass once there are handles or memory again. */
const passing = new Set(["EMFILE", "ENFILE", "ENOMEM"])

const isPassing = (defect: unknown): boolean =>
  isOfDatabase(defect) || FullDisk.isSaidBy(defect) ||
  (typeof defect === "object" && defect !== null && passing.has(String((defect as { readonly code?: unknown }).code)))

/** What the causes of a failure are: the errors and defects in it. */
const contents = (cause: Cause.Cause<unknown>): ReadonlyArray<unknown> =>
  cause.reasons.flatMap((reason) =>
    reason._tag === "Die" ? [reason.defect] : reason._tag === "Fail" ? [reason.error] : []
  )

const respond = (request: HttpServerRequest.HttpServerRequest, cause: Cause.Cause<unknown>) => {
  const found = contents(cause)
  const isAway = found.some(isPassing)
  const response: HttpServerResponse.HttpServerResponse = isAway
    ? answerTo(request, 503, "The server cannot store anything just now; try again in a moment")
    : answerTo(request, 500, "The server made a mistake; its log says which, by the x-request-id of this answer")
  return Effect.as(
    isAway
      ? Effect.logWarning("A request could not be served", cause)
      : Effect.logError("A request met a mistake of the server", cause),
    response
  )
}

/** A middleware for all routes. What the HTTP layer itself raises, such as an unknown path, passes. */
export const layer = HttpRouter.middleware(
  Effect.map(FullDisk.FullDisk, ({ note }) => (effect) =>
    Effect.catchCause(effect, (cause) => {
      const found = contents(cause)
      const isHttp = found.length > 0 && found.every((one) => HttpServerError.isHttpServerError(one))
      if (Cause.hasInterruptsOnly(cause) || isHttp) return Effect.failCause(cause)
      return Effect.andThen(
        found.some((one) => FullDisk.isSaidBy(one)) ? note : Effect.void,
        Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => respond(request, cause))
      )
    })),
  { global: true }
)
