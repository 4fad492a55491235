/** What failures of the inside look like from outside, the same in every face. */
import * as ErrorBody from "@orch/api/ErrorBody"
import type { IllegalTransition } from "@orch/core/modulebuild/Transition"
import type { ModuleBuildNotFound, StoreUnavailable } from "@orch/core/ports/ProcessStore"
import * as Effect from "effect/Effect"
import type { SubmissionRefused } from "../modulebuilds/submission/SubmissionRefused.ts"

const away = "The database does not answer; try again in a moment"

export const ofSubmission = (
  refused: SubmissionRefused
): ErrorBody.BadRequest | ErrorBody.Forbidden | ErrorBody.Unprocessable | ErrorBody.Unavailable => {
  switch (refused.reason) {
    case "malformed":
      return ErrorBody.badRequest(refused.message, refused.problems)
    case "forbidden":
      return ErrorBody.forbidden(refused.message)
    case "invalid":
    case "unretrievable":
      return ErrorBody.unprocessable(refused.message, refused.problems)
    case "unreachable":
      return ErrorBody.unavailable(refused.message)
  }
}

/** Turns the store's failure into an answer; what it was is logged, since clients are not told. */
export const whenAway = <A, E, R>(
  effect: Effect.Effect<A, E | StoreUnavailable, R>
): Effect.Effect<A, Exclude<E, StoreUnavailable> | ErrorBody.Unavailable, R> =>
  Effect.catchTag(
    effect as Effect.Effect<A, StoreUnavailable, R>,
    "StoreUnavailable",
    (error) => Effect.andThen(Effect.logWarning(error.message, error.cause), Effect.fail(ErrorBody.unavailable(away)))
  ) as never

/** Turns a missing build into an answer. */
export const whenMissing = <A, E, R>(
  effect: Effect.Effect<A, E | ModuleBuildNotFound, R>
): Effect.Effect<A, Exclude<E, ModuleBuildNotFound> | ErrorBody.NotFound, R> =>
  Effect.catchTag(
    effect as Effect.Effect<A, ModuleBuildNotFound, R>,
    "ModuleBuildNotFound",
    ({ id }) => Effect.fail(ErrorBody.notFound(`There is no module build ${id}`))
  ) as never

export const ofTransition = ({ message }: IllegalTransition): ErrorBody.Conflict => ErrorBody.conflict(message)

/** Ids come as text in the path: what is no id of ours names nothing. */
export const moduleBuildId = (text: string): Effect.Effect<number, ErrorBody.NotFound> =>
  /^\d{1,15}$/.test(text)
    ? Effect.succeed(Number(text))
    : Effect.fail(ErrorBody.notFound(`There is no module build ${JSON.stringify(text.slice(0, 100))}`))
