/** How tests look at what is refused. */
import { assert } from "@effect/vitest"
import * as Result from "effect/Result"

/** The failure of a result that has to be one. */
export const failure = <E>(result: Result.Result<unknown, E>): E =>
  Result.isFailure(result) ? result.failure : assert.fail("expected a refusal")

/** The message of such a failure. */
export const message = (result: Result.Result<unknown, { readonly message: string }>): string => failure(result).message
