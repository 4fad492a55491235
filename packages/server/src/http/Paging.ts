/** `limit` and `offset` of lists, checked and bounded, and the `Link` header that leads to the neighbours. */
import * as ErrorBody from "@orch/api/ErrorBody"
import { ModuleBuildState, stateNumber } from "@orch/core/modulebuild/ModuleBuild"
import * as Effect from "effect/Effect"

export interface Paging {
  readonly limit: number
  readonly offset: number
}

export const maxLimit = 1000

const number = (name: string, text: string | undefined, fallback: number, maximum: number) => {
  if (text === undefined) return Effect.succeed(fallback)
  return /^\d{1,12}$/.test(text)
    ? Effect.succeed(Math.min(Number(text), maximum))
    : Effect.fail(ErrorBody.badRequest(`${name} must be a whole number, not ${JSON.stringify(text.slice(0, 100))}`))
}

/** A larger limit than the maximum is taken as that; `Link` tells how to go on. */
export const parse = Effect.fnUntraced(function*(
  query: { readonly limit?: string | undefined; readonly offset?: string | undefined },
  fallback: number,
  maximum = maxLimit
) {
  const limit = yield* number("limit", query.limit, fallback, maximum)
  const offset = yield* number("offset", query.offset, 0, Number.MAX_SAFE_INTEGER)
  return { limit: Math.max(1, limit), offset }
})

/** RFC 8288 links to first, prev, next and last; other parameters are kept. */
export const link = (
  path: string,
  { limit, offset }: Paging,
  total: number,
  others: ReadonlyArray<readonly [string, string]>
): string => {
  const to = (at: number, relation: string): string => {
    const parameters = new URLSearchParams([...others.map(([key, value]) => [key, value]), ["limit", `${limit}`], [
      "offset",
      `${at}`
    ]])
    return `<${path}?${parameters}>; rel="${relation}"`
  }
  const last = total === 0 ? 0 : Math.floor((total - 1) / limit) * limit
  return [
    to(0, "first"),
    ...(offset > 0 ? [to(Math.max(0, offset - limit), "prev")] : []),
    ...(offset + limit < total ? [to(offset + limit, "next")] : []),
    to(last, "last")
  ].join(", ")
}

/** State filters: names or the numbers of the Module Build Service, once, repeated, or separated by commas. */
export const states = Effect.fnUntraced(function*(given: string | ReadonlyArray<string> | undefined) {
  if (given === undefined) return undefined
  const words = [given].flat().flatMap((one) => one.split(",")).map((one) => one.trim()).filter((one) => one !== "")
  const found: Array<typeof ModuleBuildState.Type> = []
  for (const word of words) {
    const state = ModuleBuildState.literals.find((one) => one === word || `${stateNumber[one]}` === word)
    if (state === undefined) {
      return yield* ErrorBody.badRequest(
        `${JSON.stringify(word.slice(0, 100))} is no state; states are ${ModuleBuildState.literals.join(", ")}`
      )
    }
    found.push(state)
  }
  return found.length === 0 ? undefined : found
})
