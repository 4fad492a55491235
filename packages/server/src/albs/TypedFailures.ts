/** Failures of the build system's callers and submissions as the typed faces say them. */
import type { InvalidField } from "@orch/api/albs/AlbsError"
import * as ErrorBody from "@orch/api/ErrorBody"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import { whenAway } from "../http/Failures.ts"
import { type AlbsCaller, AlbsCallers, type Role } from "./AlbsCallers.ts"
import type { AlbsFailure } from "./AlbsFailure.ts"

const problem = ({ loc, msg, type }: InvalidField): ErrorBody.Problem => ({
  code: type,
  message: msg,
  where: loc.slice(1).join(".")
})

/** The answer that a failure stands for. */
export const of = (
  { detail, status }: AlbsFailure
):
  | ErrorBody.BadRequest
  | ErrorBody.Conflict
  | ErrorBody.Forbidden
  | ErrorBody.NotFound
  | ErrorBody.Unauthorized
  | ErrorBody.Unavailable
  | ErrorBody.Unprocessable =>
{
  if (typeof detail !== "string") {
    return ErrorBody.unprocessable(detail.map(({ msg }) => msg).join("; "), detail.map(problem))
  }
  switch (status) {
    case 401:
      return ErrorBody.unauthorized(detail)
    case 403:
      return ErrorBody.forbidden(detail)
    case 404:
      return ErrorBody.notFound(detail)
    case 409:
      return ErrorBody.conflict(detail)
    case 503:
      return ErrorBody.unavailable(detail)
    default:
      return ErrorBody.badRequest(detail)
  }
}

type Unidentified = ErrorBody.Forbidden | ErrorBody.Unauthorized | ErrorBody.Unavailable

/** Who asks, refused without the role. */
export const requireRole = (
  role: Role
): Effect.Effect<
  AlbsCaller,
  Unidentified,
  AlbsCallers | HttpServerRequest.HttpServerRequest
> =>
  Effect.gen(function*() {
    const { headers } = yield* HttpServerRequest.HttpServerRequest
    return yield* (yield* AlbsCallers).require(headers["authorization"], role).pipe(
      Effect.catchTag("AlbsFailure", ({ detail, status }): Effect.Effect<never, Unidentified> => {
        const message = typeof detail === "string" ? detail : "Forbidden"
        return status === 503
          ? Effect.fail(ErrorBody.unavailable(message))
          : status === 401 || headers["authorization"] === undefined
          ? Effect.fail(ErrorBody.unauthorized(message))
          : Effect.fail(ErrorBody.forbidden(message))
      }),
      whenAway
    )
  })
