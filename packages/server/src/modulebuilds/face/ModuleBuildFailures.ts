/** What goes wrong with module builds, as the typed faces say it. */
import * as ErrorBody from "@orch/api/ErrorBody"
import type { IllegalTransition } from "@orch/core/life/IllegalTransition"
import type { ProcessNotFound } from "@orch/core/ports/ProcessStore"
import * as Effect from "effect/Effect"
import * as PathNumber from "../../http/PathNumber.ts"
import type { SubmissionRefused } from "../submission/SubmissionRefused.ts"

/** A refused submission; its hint is part of the sentence. */
export const ofSubmission = (
  refused: SubmissionRefused
): ErrorBody.BadRequest | ErrorBody.Forbidden | ErrorBody.Unprocessable | ErrorBody.Unavailable => {
  const { hint, missing, problems, reason } = refused
  const more = missing === "name" ? "say it with \"name\"" : hint
  const message = more === undefined ? refused.message : `${refused.message}; ${more}`
  switch (reason) {
    case "malformed":
      return ErrorBody.badRequest(message, problems)
    case "forbidden":
      return ErrorBody.forbidden(message)
    case "invalid":
    case "impossible":
    case "unretrievable":
    // Nobody here asks for new builds only.
    case "conflict":
      return ErrorBody.unprocessable(message, problems)
    case "unreachable":
      return ErrorBody.unavailable(message)
  }
}

/** Turns a missing build into an answer. */
export const whenMissing = <A, E, R>(
  effect: Effect.Effect<A, E | ProcessNotFound, R>
): Effect.Effect<A, Exclude<E, ProcessNotFound> | ErrorBody.NotFound, R> =>
  Effect.catchTag(
    effect as Effect.Effect<A, ProcessNotFound, R>,
    "ProcessNotFound",
    ({ id }) => Effect.fail(ErrorBody.notFound(`There is no module build ${id}`))
  ) as never

export const ofTransition = ({ message }: IllegalTransition): ErrorBody.Conflict => ErrorBody.conflict(message)

/** The number of a module build in a path. */
export const moduleBuildId = PathNumber.of("module build")
