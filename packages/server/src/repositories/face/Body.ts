/** Reading a posted JSON body within bounds. */
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import * as JsonBounds from "../../http/JsonBounds.ts"
import * as Answer from "./Answer.ts"
import type { Call } from "./Call.ts"

const mostBytes = 1024 * 1024

/** The parsed body, or the answer that refuses it. */
export const json = (call: Call): Effect.Effect<Result.Result<unknown, HttpServerResponse>> => {
  const tooLarge = Result.fail(Answer.refuse(call, 413, `The body must not be larger than ${mostBytes} bytes.`))
  if (Number(call.request.headers["content-length"] ?? "0") > mostBytes) return Effect.succeed(tooLarge)
  return call.request.text.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.fromInputUnsafe(mostBytes)),
    Effect.match({
      onFailure: () => tooLarge,
      onSuccess: (text) => {
        const problem = JsonBounds.problem(text)
        if (problem !== undefined) return Result.fail(Answer.badRequest(call, problem))
        try {
          return Result.succeed(JSON.parse(text) as unknown)
        } catch (error) {
          return Result.fail(Answer.badRequest(call, `The body is not JSON: ${(error as Error).message}`))
        }
      }
    })
  )
}
