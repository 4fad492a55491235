/**
 * Requests that pages and forms send inside of this process: behind the guard, with the rights of whoever asks. Each is a request of
 * its own, whatever the method of the one it is asked for; so its route is measured as its own, too.
 */
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import type * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

/** What is sent. */
export interface Sent {
  /** A path of this server with its query. */
  readonly to: string
  readonly method: string
  /** JSON. */
  readonly body: string | undefined
  /** What proves that it is of a page of ours; empty where nobody is signed in. */
  readonly proof: string
}

/** Whether a browser says that it is a page of ours that sends this; whose name the origin is was looked at before. */
export const isOfOurPage = ({ headers }: HttpServerRequest.HttpServerRequest): boolean =>
  headers["sec-fetch-site"] === undefined
    ? headers["origin"] !== undefined && headers["origin"] !== "null"
    : headers["sec-fetch-site"] === "same-origin"

/** What a form sent; nothing of one that has more than `most` characters or cannot be read. */
export const formIn = (request: HttpServerRequest.HttpServerRequest, most: number): Effect.Effect<URLSearchParams> =>
  request.text.pipe(
    Effect.map((text) => new URLSearchParams(text.length > most ? "" : text)),
    Effect.orElseSucceed(() => new URLSearchParams())
  )

/** Sends it with the credentials of `request`; the answer's status, and its JSON where it has any. */
export const send = (
  router: HttpRouter.HttpRouter,
  request: HttpServerRequest.HttpServerRequest,
  { body, method, proof, to }: Sent
) =>
  Effect.gen(function*() {
    const inner = HttpServerRequest.fromWeb(
      // Every server answers to this name.
      new Request(`http://localhost${to}`, { method, ...(body === undefined ? {} : { body }) })
    ).modify({
      url: to,
      remoteAddress: request.remoteAddress,
      // The very headers where nothing is sent: who is signed in is looked up once for all that a page asks.
      headers: method === "GET"
        ? request.headers
        : Headers.setAll(Headers.removeMany(request.headers, ["content-length", "transfer-encoding"]), {
          "content-type": "application/json",
          "x-orch-proof": proof
        })
    })
    const answer = yield* Effect.scoped(router.asHttpEffect()).pipe(
      Effect.provideService(HttpServerRequest.HttpServerRequest, inner),
      Effect.orDie
    )
    const said: unknown = yield* Effect.promise(() => HttpServerResponse.toWeb(answer).json().catch(() => undefined))
    return { status: answer.status, body: said }
  })

/** What an answer says is wrong. */
export const saidIn = ({ body, status }: { readonly status: number; readonly body: unknown }): string =>
  typeof body === "object" && body !== null && "message" in body
    ? String(body.message)
    : `The server answered ${status}`
