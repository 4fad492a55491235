/** Turns failures of the database into the words of the ports. */
import { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"

/** Nothing is known to have been written when this is seen. */
export const unavailable = (operation: string) => (cause: unknown): StoreUnavailable =>
  new StoreUnavailable({ operation, message: "The database did not answer as it should", cause })

/** Lets a port's method fail with `StoreUnavailable` alone where SQL fails. */
export const asUnavailable =
  (operation: string) =>
  <A, E, R>(effect: Effect.Effect<A, E | SqlError, R>): Effect.Effect<A, Exclude<E, SqlError> | StoreUnavailable, R> =>
    Effect.catchTag(
      effect as Effect.Effect<A, SqlError, R>,
      "SqlError",
      (error) => Effect.fail(unavailable(operation)(error))
    ) as never
