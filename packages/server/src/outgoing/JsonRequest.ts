/**
 * Asks other services that the configuration names for JSON: with a deadline, no redirects, a bounded answer that is checked before
 * anybody sees it.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as OutgoingRequest from "./OutgoingRequest.ts"

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
  readonly init?: Pick<OutgoingRequest.Options, "method" | "headers" | "body">
}

/** Sends this as JSON. */
export const post = (body: unknown): NonNullable<Options["init"]> => ({
  method: "POST",
  headers: { accept: "application/json", "content-type": "application/json" },
  body: JSON.stringify(body)
})

/** Sends this as a form. */
export const postForm = (fields: Readonly<Record<string, string>>): NonNullable<Options["init"]> => ({
  method: "POST",
  headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded;charset=UTF-8" },
  body: new URLSearchParams(fields).toString()
})

/** As much of a refusal as is worth showing. */
const mostSaid = 500

const get: NonNullable<Options["init"]> = { method: "GET", headers: { accept: "application/json" } }

/** The parsed body of a good answer; the failure is what to tell. */
const read = (
  { body, end, status }: OutgoingRequest.Answer,
  maxBytes: number
): Effect.Effect<unknown, { readonly message: string; readonly said?: string }> => {
  if (end === "tooLarge") return Effect.fail({ message: `the answer is larger than ${maxBytes} bytes` })
  if (end === "brokenOff") return Effect.fail({ message: "the answer broke off" })
  const text = body.toString("utf8")
  if (status < 200 || status >= 300) {
    return Effect.fail({ message: `status ${status}`, said: text.slice(0, mostSaid) })
  }
  return Effect.try({
    try: () => JSON.parse(text) as unknown,
    catch: (error) => ({ message: error instanceof Error ? error.message : String(error) })
  })
}

export const ask = <A>(
  url: string,
  schema: Schema.Codec<A, unknown>,
  { init = get, maxBytes, timeoutMillis }: Options
): Effect.Effect<A, JsonRequestFailed> =>
  OutgoingRequest.send({ ...init, url, maxBytes, timeoutMillis, namedBy: "operator" }).pipe(
    Effect.flatMap((answer) => read(answer, maxBytes)),
    Effect.flatMap(Schema.decodeUnknownEffect(schema)),
    Effect.mapError((error) =>
      new JsonRequestFailed({
        message: `${URL.parse(url)?.pathname ?? "an address"}: ${error.message}`,
        ...("said" in error && error.said !== undefined ? { said: error.said } : {})
      })
    )
  )
