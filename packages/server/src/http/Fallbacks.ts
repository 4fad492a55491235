/**
 * Answers what no route answers, and what every route needs: JSON for unknown paths, 501 for methods that a known path
 * does not offer, 503 while the server stops, `Retry-After` with every 503.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { Draining } from "./Draining.ts"
import * as KnownPaths from "./KnownPaths.ts"

/** Seconds a client should wait after a 503. */
const retryAfter = "5"

const titles = {
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Payload Too Large",
  415: "Unsupported Media Type",
  421: "Misdirected Request",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable"
} as const

export const answer = (status: keyof typeof titles, message: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe({ status, error: titles[status], message }, {
    status,
    ...(status === 503 ? { headers: { "retry-after": retryAfter } } : {})
  })

const isOfAlbs = ({ url }: HttpServerRequest.HttpServerRequest): boolean => /^\/api\/v1(?:[/?]|$)/.test(url)

/** The same in the words of the interface that was asked: those of AlmaLinux's build system and of PDC say `detail`. */
export const answerTo = (
  request: HttpServerRequest.HttpServerRequest,
  status: keyof typeof titles,
  message: string
): HttpServerResponse.HttpServerResponse => {
  const general = answer(status, message)
  return isOfAlbs(request) || /^\/rest_api\/v1(?:[/?]|$)/.test(request.url)
    ? HttpServerResponse.jsonUnsafe({ detail: message }, { status, headers: general.headers })
    : general
}

const isWrite = (method: string): boolean =>
  method === "POST" || method === "PUT" || method === "PATCH" || method === "DELETE"

const unmatched = (request: HttpServerRequest.HttpServerRequest): HttpServerResponse.HttpServerResponse => {
  const path = request.url.split("?")[0]!
  // A method that a known path does not offer is 501, as in the first API, `/rida`; clients of the gates' interfaces expect 405.
  const methods = KnownPaths.methodsOf(path)
  return methods.length > 0 && !methods.includes(request.method)
    ? answerTo(request, KnownPaths.isOfGates(path) ? 405 : 501, `${request.method} is not offered for ${path}`)
    : answerTo(request, 404, `There is nothing at ${path.slice(0, 200)}`)
}

/** The same as AlmaLinux's build system says it, below its root. */
const unmatchedOfAlbs = (request: HttpServerRequest.HttpServerRequest): HttpServerResponse.HttpServerResponse => {
  const methods = KnownPaths.methodsOf(request.url.split("?")[0]!)
  return methods.length > 0 && !methods.includes(request.method)
    ? HttpServerResponse.jsonUnsafe({ detail: "Method Not Allowed" }, {
      status: 405,
      headers: { allow: methods.join(", ") }
    })
    : HttpServerResponse.jsonUnsafe({ detail: "Not Found" }, { status: 404 })
}

export const layer = HttpRouter.middleware(
  Effect.gen(function*() {
    const draining = yield* Draining
    return (effect) =>
      Effect.gen(function*() {
        const request = yield* HttpServerRequest.HttpServerRequest
        if (isWrite(request.method)) {
          if (yield* draining.isDraining) {
            return answerTo(request, 503, "The server is stopping; another one will answer")
          }
        }
        const response = yield* effect
        return response.status === 503 && response.headers["retry-after"] === undefined
          ? HttpServerResponse.setHeader(response, "retry-after", retryAfter)
          : response
      }).pipe(
        Effect.catch((error) =>
          HttpServerError.isHttpServerError(error) && error.reason._tag === "RouteNotFound"
            ? Effect.map(
              HttpServerRequest.HttpServerRequest,
              (request) => isOfAlbs(request) ? unmatchedOfAlbs(request) : unmatched(request)
            )
            : Effect.fail(error)
        )
      )
  }),
  { global: true }
)
