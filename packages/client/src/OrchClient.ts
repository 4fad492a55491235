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

/** Which server to talk to, and as whom. */
export interface Options {
  /** Where the server is, such as `http://127.0.0.1:8080`. */
  readonly url: string
  /** Sent as a bearer token. */
  readonly token?: string | undefined
  /** `name:password`, sent as HTTP Basic when there is no token. */
  readonly basic?: string | undefined
}

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
  /** A client over `fetch`. It connects when it is first called; a call that finds no server fails at once. */
  static readonly layer = (options: Options): Layer.Layer<OrchClient> =>
    Layer.effect(OrchClient, make(options)).pipe(Layer.provide(FetchHttpClient.layer))
}

const make = ({ basic, token, url }: Options) =>
  HttpApiClient.make(OrchApi, {
    transformClient: HttpClient.mapRequest((request) => {
      const addressed = HttpClientRequest.prependUrl(request, url)
      if (token !== undefined) return HttpClientRequest.bearerToken(addressed, token)
      if (basic === undefined) return addressed
      const colon = basic.indexOf(":")
      return colon < 0
        ? HttpClientRequest.basicAuth(addressed, basic, "")
        : HttpClientRequest.basicAuth(addressed, basic.slice(0, colon), basic.slice(colon + 1))
    })
  })

/** Runs one call with a client of its own, for scripts that make few. Fails as the call does. */
export const use = <A, E, R>(
  options: Options,
  call: (client: OrchClient["Service"]) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, Exclude<R, OrchClient>> =>
  Effect.flatMap(OrchClient, call).pipe(Effect.provide(OrchClient.layer(options)))
