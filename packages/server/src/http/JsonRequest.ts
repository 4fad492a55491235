/** Asks other services for JSON: with a deadline, no redirects, a bounded answer that is checked before anybody sees it. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** What the service said, or that it said nothing; the message names no more of the URL than its path. */
export class JsonRequestFailed extends Schema.TaggedError<JsonRequestFailed>()("JsonRequestFailed", {
  message: Schema.String
}) {}

export interface Options {
  readonly timeoutMillis: number
  readonly maxBytes: number
  /** Sent as JSON with POST; GET without it. */
  readonly body?: unknown
}

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
  { body, maxBytes, timeoutMillis }: Options
): Effect.Effect<A, JsonRequestFailed> =>
  Effect.tryPromise(async (interrupted) => {
    const response = await fetch(url, {
      redirect: "error",
      signal: AbortSignal.any([interrupted, AbortSignal.timeout(timeoutMillis)]),
      ...(body === undefined
        ? { headers: { accept: "application/json" } }
        : {
          method: "POST",
          headers: { accept: "application/json", "content-type": "application/json" },
          body: JSON.stringify(body)
        })
    })
    const text = await textOf(response, maxBytes)
    if (!response.ok) throw new Error(`status ${response.status}: ${text.slice(0, 500)}`)
    return JSON.parse(text) as unknown
  }).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(schema)),
    Effect.mapError((error) =>
      new JsonRequestFailed({ message: `${new URL(url).pathname}: ${innermost(error).message}` })
    )
  )
