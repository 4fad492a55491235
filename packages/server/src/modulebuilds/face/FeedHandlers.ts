/** The feed of the `/orch/v1` face. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import * as FilterText from "@orch/core/filter/FilterText"
import * as BuildFilter from "@orch/core/modulebuild/BuildFilter"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Result from "effect/Result"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import { whenAway } from "../../http/Failures.ts"
import * as Paging from "../../http/Paging.ts"
import { ModuleBuildFeed } from "../ModuleBuildFeed.ts"

/** Filters that are counted at once. */
const mostCounted = 20
const mostListed = 200

/** A filter's text as terms; what is wrong in it is told with its column. */
const termsOf = (text: string): Effect.Effect<ReadonlyArray<FilterText.Term>, ErrorBody.BadRequest> => {
  const read = FilterText.parse(text, BuildFilter.keys)
  return Result.isSuccess(read) ? Effect.succeed(read.success) : Effect.fail(ErrorBody.badRequest(
    `The filter cannot be understood: ${read.failure[0]!.message}`,
    read.failure.map(({ allowed, at, message }) => ({
      code: "filter",
      message,
      where: "q",
      line: 1,
      column: at + 1,
      ...(allowed.length === 0 ? {} : { hint: allowed.join(", ") })
    }))
  ))
}

const asking = Effect.all({ me: Effect.map(CurrentCaller, ({ name }) => name), now: Clock.currentTimeMillis })

const numberOf = (text: string | undefined): Effect.Effect<number | undefined, ErrorBody.BadRequest> =>
  text === undefined
    ? Effect.undefined
    : /^\d{1,15}$/.test(text)
    ? Effect.succeed(Number(text))
    : Effect.fail(ErrorBody.badRequest("before must be the number of a build"))

export const layer = HttpApiBuilder.group(
  OrchApi,
  "feed",
  Effect.fn(function*(handlers) {
    const feed = yield* ModuleBuildFeed
    return handlers.handleAll({
      list: Effect.fnUntraced(function*({ query: { before, limit: given, q = "" } }) {
        const { limit: asked } = yield* Paging.parse(given === undefined ? {} : { limit: given }, 50)
        const limit = Math.min(asked, mostListed)
        const terms = yield* termsOf(q)
        const { items, more, total } = yield* feed.list({
          terms,
          asking: yield* asking,
          before: yield* numberOf(before),
          // One more says whether there is a next page.
          limit: limit + 1
        }).pipe(whenAway)
        const shown = items.slice(0, limit)
        return {
          items: shown,
          total,
          more,
          next: items.length > limit ? shown.at(-1)!.id : null,
          q: FilterText.format(terms)
        }
      }),
      counts: Effect.fnUntraced(function*({ query }) {
        const texts = typeof query.q === "string" ? [query.q] : query.q
        if (texts.length > mostCounted) {
          return yield* ErrorBody.badRequest(`At most ${mostCounted} filters are counted at once`)
        }
        const filters = yield* Effect.forEach(texts, termsOf)
        const totals = yield* feed.counts(filters, yield* asking).pipe(whenAway)
        return totals.map((total, place) => ({ q: texts[place]!, ...total }))
      })
    })
  })
)
