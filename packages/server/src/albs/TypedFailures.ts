/** Failures of the build system's submissions as the typed faces say them. */
import type { InvalidField } from "@orch/api/albs/AlbsError"
import * as ErrorBody from "@orch/api/ErrorBody"
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
