/** Finding anything, of the `/orch/v1` face. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import * as SearchText from "@orch/core/filter/SearchText"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { whenAway } from "../../http/Failures.ts"
import { Search } from "../Search.ts"

export const layer = HttpApiBuilder.group(
  OrchApi,
  "search",
  Effect.fn(function*(handlers) {
    const search = yield* Search
    return handlers.handleAll({
      find: ({ query: { q } }) => {
        if (q.length > SearchText.maximumLength) {
          return Effect.fail(ErrorBody.badRequest(`q has at most ${SearchText.maximumLength} characters`))
        }
        const text = SearchText.parse(q)
        return text === undefined ? Effect.succeed([]) : whenAway(search.find(text))
      }
    })
  })
)
