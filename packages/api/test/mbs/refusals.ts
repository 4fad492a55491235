/** How tests look at queries and at what is refused. */
import { assert } from "@effect/vitest"
import * as MbsQuery from "@orch/api/mbs/MbsQuery"
import * as Result from "effect/Result"

export const refusal = (result: Result.Result<unknown, { readonly status: number; readonly message: string }>) =>
  Result.isFailure(result) ? [result.failure.status, result.failure.message] : assert.fail("expected a refusal")

export const query = (text: string) => Result.getOrThrow(MbsQuery.parseModules(new URLSearchParams(text)))
