/**
 * The typed client, derived from the description that the server implements: a method for each endpoint, its errors typed.
 *
 * @see ./OrchPromiseClient.ts for the same without Effect.
 */
import { OrchApi } from "@orch/api"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type { Options } from "./ClientOptions.ts"

export type { Options } from "./ClientOptions.ts"

/**
 * A client with a method for each endpoint, by group: `client.moduleBuilds.get({ params: { id: "1" } })`.
 *
 * Each method fails with the errors its endpoint declares (see `@orch/api/ErrorBody`), with `HttpClientError` where
 * there is no answer, and with `SchemaError` where the answer is not what this version knows.
 *
 * ```ts
 * import * as OrchClient from "@orch/client/OrchClient"
 *
 * const ready = OrchClient.use(
 *   { url: "http://127.0.0.1:8080" },
 *   (client) => client.moduleBuilds.list({ query: { state: "ready" } })
 * )
 * ```
 */
export class OrchClient extends Context.Service<OrchClient, HttpApiClient.ForApi<typeof OrchApi>>()(
  "@orch/client/OrchClient"
) {
  /** A client over `fetch`. Requests that change nothing are repeated twice where nobody answers. */
  static readonly layer = (options: Options): Layer.Layer<OrchClient> =>
    Layer.effect(OrchClient, make(options)).pipe(Layer.provide(FetchHttpClient.layer))
}

/**
 * Adds to a request as whom it is made: the bearer token, or else name and password, or nothing where neither is given.
 */
export const authorize = ({ basic, token }: Options) => (request: HttpClientRequest.HttpClientRequest) => {
  if (token !== undefined) return HttpClientRequest.bearerToken(request, token)
  if (basic === undefined) return request
  const colon = basic.indexOf(":")
  return colon < 0
    ? HttpClientRequest.basicAuth(request, basic, "")
    : HttpClientRequest.basicAuth(request, basic.slice(0, colon), basic.slice(colon + 1))
}

const unreadable = new WeakSet<object>()

/** Remembers that it is an answer that an error is about, where the error cannot say so itself. */
export const noteUnreadable = (error: unknown): void => {
  if (typeof error === "object" && error !== null) unreadable.add(error)
}

/** Whether it is an answer that the error is about, not what was to be sent; both are a `SchemaError`. */
export const isAboutAnswer = (error: object): boolean => unreadable.has(error)

const isRead = ({ method }: HttpClientRequest.HttpClientRequest): boolean => method === "GET" || method === "HEAD"

const make = (options: Options) =>
  HttpApiClient.make(OrchApi, {
    transformResponse: Effect.tapError((error) => Effect.sync(() => noteUnreadable(error))),
    transformClient: (client) =>
      client.pipe(
        HttpClient.mapRequest((request) => authorize(options)(HttpClientRequest.prependUrl(request, options.url))),
        HttpClient.transform((response, request) =>
          isRead(request)
            ? Effect.retry(response, {
              while: ({ reason }) => reason._tag === "TransportError",
              schedule: Schedule.exponential("100 millis"),
              times: 2
            })
            : response
        )
      )
  })

/** Runs one call with a client of its own, for scripts that make few. Fails as the call does. */
export const use = <A, E, R>(
  options: Options,
  call: (client: OrchClient["Service"]) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, Exclude<R, OrchClient>> =>
  Effect.flatMap(OrchClient, call).pipe(Effect.provide(OrchClient.layer(options)))
