/** Asks other services for JSON: with a deadline, no redirects, a bounded answer that is checked before anybody sees it. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * Why there is no answer. The message names no more of the URL than its path; what the service said of a refusal stands apart,
 * since it may repeat what it was sent.
 */
export class JsonRequestFailed extends Schema.TaggedError<JsonRequestFailed>()("JsonRequestFailed", {
  message: Schema.String,
  said: Schema.optionalKey(Schema.String)
}) {}

export interface Options {
  readonly timeoutMillis: number
  readonly maxBytes: number
  /** GET without it. */
  readonly init?: Pick<RequestInit, "method" | "headers" | "body">
}

/** Sends this as JSON. */
export const post = (body: unknown): NonNullable<Options["init"]> => ({
  method: "POST",
  headers: { accept: "application/json", "content-type": "application/json" },
  body: JSON.stringify(body)
})

class Refused extends Error {
  readonly said: string
  constructor(status: number, said: string) {
    super(`status ${status}`)
    this.said = said
  }
}

/** As much of a refusal as is worth showing. */
const mostSaid = 500

/** The text of a body of bounded size. */
const textOf = async (response: Response, maxBytes: number): Promise<string> => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}

/** What began it: `fetch` wraps what the system said. */
const innermost = (error: Error): Error => error.cause instanceof Error ? innermost(error.cause) : error

export const ask = <A>(
  url: string,
  schema: Schema.Codec<A, unknown>,
  { init = { headers: { accept: "application/json" } }, maxBytes, timeoutMillis }: Options
): Effect.Effect<A, JsonRequestFailed> =>
  Effect.tryPromise(async (interrupted) => {
    const signal = AbortSignal.any([interrupted, AbortSignal.timeout(timeoutMillis)])
    const response = await fetch(url, { ...init, redirect: "error", signal })
    const text = await textOf(response, maxBytes)
    if (!response.ok) throw new Refused(response.status, text.slice(0, mostSaid))
    return JSON.parse(text) as unknown
  }).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(schema)),
    Effect.mapError((error) => {
      const cause = innermost(error)
      return new JsonRequestFailed({
        message: `${new URL(url).pathname}: ${cause.message}`,
        ...(cause instanceof Refused ? { said: cause.said } : {})
      })
    })
  )
