/** The outgoing request in the form of `fetch`, for libraries that take one of the caller's. GET only, JSON expected. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { NamedBy } from "./AddressRules.ts"
import * as OutgoingRequest from "./OutgoingRequest.ts"

export interface Bounds {
  readonly timeoutMillis: number
  readonly maxBytes: number
  readonly namedBy: NamedBy
}

/** A deadline that passes rejects with a `TimeoutError`, as `fetch` with a signal of time does; so do libraries tell it. */
const failure = ({ message, reason }: OutgoingRequest.OutgoingFailed): Error =>
  Object.assign(new Error(message), reason === "late" ? { name: "TimeoutError" } : {})

/** A function that asks a URL within the bounds; an answer that is not whole is no answer. */
export const make =
  (bounds: Bounds) => async (url: string, { headers }: { readonly headers: Headers }): Promise<Response> => {
    const asked = await Effect.runPromise(
      Effect.result(OutgoingRequest.send({ ...bounds, method: "GET", url, headers: Object.fromEntries(headers) }))
    )
    if (Result.isFailure(asked)) throw failure(asked.failure)
    const { body, end, status } = asked.success
    if (end !== "whole") throw new Error(`the answer is not whole: ${end}`)
    return new Response(status === 204 || status === 304 ? null : new Uint8Array(body), { status })
  }
