/** Why a request of AlmaLinux's build system's clients is not answered with success: the status, and `detail` of the body. */
import type { InvalidField } from "@orch/api/albs/AlbsError"
import * as Data from "effect/Data"

/** The detail is a text, or for 422 every problem of the request. */
export class AlbsFailure extends Data.TaggedError("AlbsFailure")<{
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 422 | 429 | 501 | 503
  readonly detail: string | ReadonlyArray<InvalidField>
}> {}

const failure = (status: Exclude<AlbsFailure["status"], 422>) => (detail: string): AlbsFailure =>
  new AlbsFailure({ status, detail })

export const badRequest = failure(400)
export const unauthorized = failure(401)
export const forbidden = failure(403)
export const notFound = failure(404)
export const conflict = failure(409)
export const notOffered = failure(501)
export const unavailable = failure(503)

/** 422 with every problem. */
export const invalid = (problems: ReadonlyArray<InvalidField>): AlbsFailure =>
  new AlbsFailure({ status: 422, detail: problems })

/** 422 with one problem. */
export const invalidAt = (loc: ReadonlyArray<string | number>, msg: string, type = "value_error"): AlbsFailure =>
  invalid([{ loc: [...loc], msg, type }])
