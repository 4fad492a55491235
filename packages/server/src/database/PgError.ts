/** Turns failures of the database into the words of the ports. */
import { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"

/** Nothing is known to have been written when this is seen. */
export const unavailable = (operation: string) => (cause: unknown): StoreUnavailable =>
  new StoreUnavailable({ operation, message: "The database did not answer as it should", cause })

/** Whether something that was thrown is a failure of the database: one that SQL raised, or one on the way of undoing it. */
export const isOfDatabase = (defect: unknown): boolean =>
  typeof defect === "object" && defect !== null && "_tag" in defect
  && (defect._tag === "SqlError" || defect._tag === "StoreUnavailable" || defect._tag === "PgConnectionError")

/**
 * Where a connection breaks in a transaction, undoing it fails as well, and `effect/sql` raises that as a defect: to its caller
 * it means the same, since nothing was committed.
 */
const withoutDefects = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  operation: string
): Effect.Effect<A, E | StoreUnavailable, R> =>
  Effect.catchCause(effect, (cause): Effect.Effect<never, E | StoreUnavailable> => {
    const defect = cause.reasons.find((reason) => reason._tag === "Die" && isOfDatabase(reason.defect))
    return defect === undefined ? Effect.failCause(cause) : Effect.fail(unavailable(operation)(cause))
  })

/** Lets a port's method fail with `StoreUnavailable` alone where SQL fails. */
export const asUnavailable =
  (operation: string) =>
  <A, E, R>(effect: Effect.Effect<A, E | SqlError, R>): Effect.Effect<A, Exclude<E, SqlError> | StoreUnavailable, R> =>
    Effect.catchTag(
      withoutDefects(effect, operation) as Effect.Effect<A, SqlError, R>,
      "SqlError",
      (error) => Effect.fail(unavailable(operation)(error))
    ) as never

/** Classes of SQLSTATE that say of the values themselves that they cannot be stored: another try fails as well. */
const ofValues = /^(?:22|23|54)/

/** Whether a statement failed by what it was to store, and not by the state of the database. */
export const isOfValues = ({ reason }: SqlError): boolean => {
  const { cause } = reason
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
  return typeof code === "string" && ofValues.test(code)
}
