/** What every post to a project goes through before anything is written: the project's name, the body. */
import * as PostFields from "@orch/api/shaman/PostFields"
import * as Effect from "effect/Effect"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import * as Answer from "./Answer.ts"
import * as Body from "./Body.ts"
import type * as Call from "./Call.ts"

/** The decoded post, or the answer that refuses it. */
export const receive = Effect.fnUntraced(function*<A>(
  call: Call.Call,
  project: string,
  decode: (project: string, body: unknown) => Result.Result<A, PostFields.InvalidPost>
): Effect.fn.Return<Result.Result<A, HttpServerResponse>, never> {
  const problem = PostFields.nameProblem(project)
  if (problem !== undefined) return Result.fail(Answer.badRequest(call, `project: ${problem}`))
  const body = yield* Body.json(call)
  return Result.flatMap(
    body,
    (value) => Result.mapError(decode(project, value), (error) => Answer.badRequest(call, error.message))
  )
})
