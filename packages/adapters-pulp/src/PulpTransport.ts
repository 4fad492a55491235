/**
 * One HTTP exchange with a Pulp: a request there, text back, nothing decided. Answers are bounded in time and size.
 *
 * Stands on Effect's `HttpClient`, so that whoever needs client certificates, a proxy or a recorder brings one of their own;
 * `layer` is the usual one.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as Cookies from "effect/http/Cookies"
import type * as HttpBody from "effect/http/HttpBody"
import type * as HttpClient from "effect/http/HttpClient"
import type { HttpClientError } from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { PulpError } from "./PulpError.ts"

/** One request, as it is sent. */
export interface PulpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  /** From the server's root, such as a `pulp_href`. */
  readonly path: string
  readonly params?: Readonly<Record<string, string>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Made anew for each attempt, since a stream can be sent once. */
  readonly body?: (() => HttpBody.HttpBody) | undefined
  /** Milliseconds until a complete answer; the transport's own where not said. */
  readonly deadlineMillis?: number | undefined
}

/** One answer, whatever its status, with its whole body as text (UTF-8). */
export interface PulpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Values of the cookies that the answer set. */
  readonly cookies: Readonly<Record<string, string>>
  readonly text: string
}

/**
 * Exchanges with one server. `send` fails only where there is no whole answer: `unreachable`, or `malformed` for one
 * that is too long; a status of 500 is an answer.
 */
export interface PulpTransport {
  /** Scheme, host and port, without a slash at the end. */
  readonly origin: string
  readonly send: (request: PulpRequest) => Effect.Effect<PulpResponse, PulpError>
}

/** Where the server is, and how long and how large its answers may be. */
export interface Options {
  /** Such as `https://pulp.example.org`; a path in it is ignored. */
  readonly url: string
  /** Milliseconds until a complete answer; 60,000 unless told. */
  readonly timeoutMillis?: number | undefined
  /** In bytes; 64 MiB unless told. */
  readonly maxResponseBytes?: number | undefined
}

/** Client certificate and authorities, as PEM texts. */
export interface Tls {
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly ca?: string | undefined
}

/** Node's HTTP client with connections kept open, and a client certificate where one is given. */
export const layer = (tls: Tls = {}): Layer.Layer<HttpClient.HttpClient> =>
  NodeHttpClient.layerNodeHttpOptions({
    keepAlive: true,
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.ca === undefined ? {} : { ca: tls.ca })
  })

/** How a request is called in messages. */
export const describe = ({ method, path }: Pick<PulpRequest, "method" | "path">): string => `${method} ${path}`

const neverArrived = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"])

/** The system's code of a failure, which clients wrap in causes of their own. */
const codeOf = (error: unknown): string => {
  let cause: unknown = error
  for (let depth = 0; depth < 5 && typeof cause === "object" && cause !== null; depth++) {
    const { code } = cause as { readonly code?: unknown }
    if (typeof code === "string") return code
    const errors = (cause as { readonly errors?: unknown }).errors
    cause = Array.isArray(errors) ? errors[0] : (cause as { readonly cause?: unknown }).cause
  }
  return ""
}

const certificate = /^(?:CERT_|ERR_TLS|ERR_SSL|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|ERR_OSSL)/

const unreachable = (request: string, error: HttpClientError): PulpError => {
  const code = codeOf(error.reason)
  if (certificate.test(code)) {
    const message = `the certificate of the server does not do for ${request}: ${code}`
    return new PulpError({ reason: "refused", request, message, unsent: true })
  }
  return new PulpError({
    reason: "unreachable",
    request,
    message: `Pulp does not answer to ${request}: ${code === "" ? error.reason.message : code}`,
    ...(neverArrived.has(code) ? { unsent: true } : {})
  })
}

const readText = (request: string, response: HttpClientResponse.HttpClientResponse, limit: number) => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  return Stream.runForEach(response.stream, (chunk) => {
    size += chunk.byteLength
    if (size > limit) {
      const message = `Pulp's answer to ${request} exceeds ${limit} bytes`
      return Effect.fail(new PulpError({ reason: "malformed", request, message }))
    }
    chunks.push(chunk)
    return Effect.void
  }).pipe(
    Effect.map(() => Buffer.concat(chunks).toString("utf8")),
    Effect.mapError((error) => error._tag === "PulpError" ? error : unreachable(request, error))
  )
}

/** Nothing is asked yet. Throws a `TypeError` where `url` is no URL. */
export const make = (client: HttpClient.HttpClient, options: Options): PulpTransport => {
  const { origin } = new URL(options.url)
  const { maxResponseBytes = 64 * 1024 * 1024, timeoutMillis = 60_000 } = options
  const send = (wanted: PulpRequest): Effect.Effect<PulpResponse, PulpError> =>
    Effect.suspend(() => {
      const name = describe(wanted)
      const patience = wanted.deadlineMillis ?? timeoutMillis
      // A path comes from answers as well; set as one, it cannot lead to another host.
      const url = new URL(origin)
      url.pathname = wanted.path
      const request = HttpClientRequest.make(wanted.method)(url, {
        headers: { accept: "application/json", ...wanted.headers },
        ...(wanted.params === undefined ? {} : { urlParams: wanted.params }),
        ...(wanted.body === undefined ? {} : { body: wanted.body() })
      })
      return client.execute(request).pipe(
        Effect.mapError((error) => unreachable(name, error)),
        Effect.flatMap((response) =>
          Effect.map(readText(name, response, maxResponseBytes), (text): PulpResponse => ({
            status: response.status,
            headers: response.headers,
            cookies: Cookies.toRecord(response.cookies),
            text
          }))
        ),
        Effect.timeoutOrElse({
          duration: patience,
          orElse: () => {
            const message = `no complete answer to ${name} within ${patience} ms`
            return Effect.fail(new PulpError({ reason: "unreachable", request: name, message }))
          }
        })
      )
    })
  return { origin, send }
}
