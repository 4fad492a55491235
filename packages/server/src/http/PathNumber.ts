/** Numbers of things in paths: they come as text, and what is no number of ours names nothing. */
import * as ErrorBody from "@orch/api/ErrorBody"
import * as Effect from "effect/Effect"

/** Reads the number of such a thing, of up to 15 digits; anything else is a thing that is not there. */
export const of = (what: string) => (text: string): Effect.Effect<number, ErrorBody.NotFound> =>
  /^\d{1,15}$/.test(text)
    ? Effect.succeed(Number(text))
    : Effect.fail(ErrorBody.notFound(`There is no ${what} ${JSON.stringify(text.slice(0, 100))}`))
