/**
 * One HTTP exchange with a hub: bytes there, text back, nothing decided.
 *
 * Node's own client, because a hub needs client certificates, private authorities, an exact Content-Length (mod_wsgi refuses
 * chunked bodies) and the difference between "never arrived" and "no answer". Bodies are bounded both ways in time and size.
 */
import * as Effect from "effect/Effect"
import * as http from "node:http"
import * as https from "node:https"
import { HubUnreachable } from "./KojiError.ts"

/** One HTTP request to a hub. */
export interface HubRequest {
  /** Hub method, for messages. */
  readonly method: string
  /** Login by certificate or Kerberos has an address of its own. */
  readonly path: "" | "/ssllogin"
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly contentType: "text/xml" | "application/octet-stream"
  readonly body: Uint8Array
  /**
   * How long to wait for the answer; the transport's own time unless told. Shorter, where the caller wants to ask again sooner,
   * or longer, for what a hub takes long to do.
   */
  readonly deadlineMillis?: number | undefined
}

/** One HTTP answer, whatever its status. `text` is decoded from UTF-8. */
export interface HubResponse {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
}

/** Connections to one hub. */
export interface HubTransport {
  readonly server: URL
  /** Deadline of an exchange that has none of its own (milliseconds). */
  readonly timeoutMillis: number
  /**
   * Sends a request and waits for the whole answer. Fails with `HubUnreachable`, which says whether the request may
   * have arrived.
   */
  readonly send: (request: HubRequest) => Effect.Effect<HubResponse, HubUnreachable>
  readonly close: Effect.Effect<void>
}

/** Where the hub is, and how to talk to it. */
export interface Options {
  /** Hub URL without trailing slash. */
  readonly server: string
  /** PEM texts. `cert` and `key` may be the same text, as Koji keeps both in one file. */
  readonly tls?: { readonly cert?: string; readonly key?: string; readonly ca?: string } | undefined
  /** Deadline of one exchange in milliseconds, unless it has one of its own. */
  readonly timeoutMillis?: number | undefined
  /** In bytes; the default of 64 MiB is what the XML reader takes. */
  readonly maxResponseBytes?: number | undefined
}

const neverArrived = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"])
const certificate = /^(CERT_|ERR_TLS|ERR_SSL|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|EPROTO|ERR_OSSL)/

const unreachable = (
  method: string,
  cause: unknown,
  otherwise: "lost" | "connect" = "lost"
): HubUnreachable => {
  const code = String((cause as { code?: unknown }).code ?? "")
  const text = cause instanceof Error && cause.message !== "" ? cause.message.trim() : code
  const reason = neverArrived.has(code) ? "connect" : certificate.test(code) ? "tls" : otherwise
  return new HubUnreachable({ reason, method, text, ...(code === "" ? {} : { code }) })
}

/** Connections that are opened when they are needed. Throws `TypeError` for a server that is no URL. */
export const make = (options: Options): HubTransport => {
  const server = new URL(options.server)
  const { timeoutMillis = 120_000, maxResponseBytes = 64 * 1024 * 1024 } = options
  const secure = server.protocol === "https:"
  const agent = secure
    ? new https.Agent({
      keepAlive: true,
      cert: options.tls?.cert,
      key: options.tls?.key ?? options.tls?.cert,
      ca: options.tls?.ca
    })
    : new http.Agent({ keepAlive: true })
  const { request: open } = secure ? https : http

  const send = (request: HubRequest): Effect.Effect<HubResponse, HubUnreachable> =>
    Effect.callback((resume) => {
      const patience = request.deadlineMillis ?? timeoutMillis
      const url = new URL(server)
      url.pathname = url.pathname.replace(/\/+$/, "") + request.path
      url.search = new URLSearchParams(request.query).toString()
      const fail = (cause: unknown) => resume(Effect.fail(unreachable(request.method, cause)))
      let outgoing: http.ClientRequest
      try {
        outgoing = open(url, {
          agent,
          method: "POST",
          headers: {
            "User-Agent": "koji/1",
            "Content-Type": request.contentType,
            "Content-Length": request.body.byteLength,
            ...request.headers
          }
        })
      } catch (cause) {
        // Node.js throws for what cannot be sent at all, such as with a key that is not the certificate's.
        return resume(Effect.fail(unreachable(request.method, cause, "connect")))
      }
      const deadline = setTimeout(
        () => outgoing.destroy(new Error(`no complete answer within ${patience} ms`)),
        patience
      )
      outgoing.on("close", () => clearTimeout(deadline))
      outgoing.on("error", fail)
      outgoing.on("response", (incoming) => {
        const chunks: Array<Buffer> = []
        let size = 0
        incoming.on("data", (chunk: Buffer) => {
          size += chunk.byteLength
          if (size > maxResponseBytes) outgoing.destroy(new Error(`the answer exceeds ${maxResponseBytes} bytes`))
          else chunks.push(chunk)
        })
        incoming.on("error", fail)
        incoming.on("close", () => {
          if (!incoming.complete) fail(new Error("the connection broke inside the answer"))
        })
        incoming.on("end", () =>
          resume(Effect.succeed({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: Buffer.concat(chunks).toString("utf8")
          })))
      })
      outgoing.end(request.body)
      return Effect.sync(() => {
        clearTimeout(deadline)
        outgoing.destroy()
      })
    })

  return { server, timeoutMillis, send, close: Effect.sync(() => agent.destroy()) }
}
