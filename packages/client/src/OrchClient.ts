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

export interface Options {
  /** Where the server is, such as `http://127.0.0.1:8080`. */
  readonly url: string
  /** Sent as a bearer token. */
  readonly token?: string | undefined
  /** `name:password`, sent as HTTP Basic when there is no token. */
  readonly basic?: string | undefined
}

export class OrchClient extends Context.Service<OrchClient, HttpApiClient.ForApi<typeof OrchApi>>()(
  "@orch/client/OrchClient"
) {
  /** A client over `fetch`. Requests that can be repeated are, a few times, while the server cannot be reached. */
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

/** Runs one call with a client of its own, for scripts that make few. */
export const use = <A, E, R>(
  options: Options,
  call: (client: OrchClient["Service"]) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, Exclude<R, OrchClient>> =>
  Effect.flatMap(OrchClient, call).pipe(Effect.provide(OrchClient.layer(options)))
