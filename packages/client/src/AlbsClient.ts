/** The typed client of the build system's interface, `/api/v1`: a method for each endpoint, its errors typed. */
import { AlbsApi } from "@orch/api"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import type { Options } from "./ClientOptions.ts"
import { authorize, noteUnreadable } from "./OrchClient.ts"

/**
 * A client with a method for each endpoint, by group: `client.albsBuilds.get({ params: { build_id: "1" } })`.
 *
 * Each method fails with the errors its endpoint declares (`detail` has the words), with `HttpClientError` where there is no answer,
 * and with `SchemaError` where the answer is not what this version knows.
 */
export class AlbsClient extends Context.Service<AlbsClient, HttpApiClient.ForApi<typeof AlbsApi>>()(
  "@orch/client/AlbsClient"
) {
  /** A client over `fetch`; nothing is sent before the first call. */
  static readonly layer = (options: Options): Layer.Layer<AlbsClient> =>
    Layer.effect(
      AlbsClient,
      HttpApiClient.make(AlbsApi, {
        transformResponse: Effect.tapError((error) => Effect.sync(() => noteUnreadable(error))),
        transformClient: HttpClient.mapRequest((request) =>
          authorize(options)(HttpClientRequest.prependUrl(request, options.url))
        )
      })
    ).pipe(Layer.provide(FetchHttpClient.layer))
}

/** Runs one call with a client of its own. Fails as the call does. */
export const use = <A, E, R>(options: Options, call: (client: AlbsClient["Service"]) => Effect.Effect<A, E, R>) =>
  Effect.provide(Effect.flatMap(AlbsClient, call), AlbsClient.layer(options))
