/** What failures of the inside look like from outside, the same in every face. */
import * as ErrorBody from "@orch/api/ErrorBody"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Effect from "effect/Effect"

const away = "The database does not answer; try again in a moment"

/** Turns the store's failure into an answer; what it was is logged, since clients are not told. */
export const whenAway = <A, E, R>(
  effect: Effect.Effect<A, E | StoreUnavailable, R>
): Effect.Effect<A, Exclude<E, StoreUnavailable> | ErrorBody.Unavailable, R> =>
  Effect.catchTag(
    effect as Effect.Effect<A, StoreUnavailable, R>,
    "StoreUnavailable",
    (error) => Effect.andThen(Effect.logWarning(error.message, error.cause), Effect.fail(ErrorBody.unavailable(away)))
  ) as never
