/** Offers Negotiate with each 401, and gives who was let in by it the answer by which they know the server. */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { Negotiation } from "./Negotiation.ts"

const name = "www-authenticate"

/** For every route. */
export const layer = HttpRouter.middleware(
  Effect.gen(function*() {
    const negotiation = yield* Negotiation
    return (effect) =>
      negotiation === undefined ? effect : Effect.gen(function*() {
        const request = yield* HttpServerRequest.HttpServerRequest
        const response = yield* effect
        const others = response.headers[name]
        if (response.status === 401) {
          // Browsers take a line for one challenge, so that one which shows a page is told of this one alone.
          const isPage = request.headers["sec-fetch-mode"] === "navigate"
          return HttpServerResponse.setHeader(
            response,
            name,
            others === undefined || isPage ? "Negotiate" : `Negotiate, ${others}`
          )
        }
        const answer = negotiation.answerTo(request)
        return answer === undefined ? response : HttpServerResponse.setHeader(response, name, `Negotiate ${answer}`)
      })
  }),
  { global: true }
)
