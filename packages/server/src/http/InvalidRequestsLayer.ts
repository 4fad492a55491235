/** Says what does not fit in a request, without repeating what was sent. */
import { badRequest } from "@orch/api/ErrorBody"
import { InvalidRequests } from "@orch/api/InvalidRequests"
import * as Effect from "effect/Effect"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"

const maxMessage = 500

export const layer = HttpApiMiddleware.layerSchemaErrorTransform(InvalidRequests, (error) => {
  const detail = error.cause.message
  const message = detail.length > maxMessage ? `${detail.slice(0, maxMessage)}…` : detail
  return Effect.fail(badRequest(`${parts[error.kind] ?? "The request"} is not as it should be: ${message}`))
})

const parts: Readonly<Record<string, string>> = {
  Payload: "The body",
  Query: "The query",
  Params: "The path",
  Headers: "A header"
}
