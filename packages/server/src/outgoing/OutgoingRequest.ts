/**
 * The one way by which the server asks others over HTTP: where to is checked on the address that the connection is made to, after the
 * name was resolved and with no second look-up in between; the whole has a deadline, what is read has a bound, no redirect is
 * followed, and every request has a connection of its own, so that nothing said too much is taken for the next answer.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Dns from "node:dns"
import * as Http from "node:http"
import * as Https from "node:https"
import { isIP, type LookupFunction } from "node:net"
import * as AddressRules from "./AddressRules.ts"

export interface Options {
  readonly method: "GET" | "HEAD" | "POST" | "PATCH"
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** For the whole of it. */
  readonly timeoutMillis: number
  /** Of the answer's body; more is not read. */
  readonly maxBytes: number
  readonly namedBy: AddressRules.NamedBy
  /** Whether the other side's certificate is checked; yes without it. */
  readonly tlsVerify?: boolean
}

export interface Answer {
  readonly status: number
  readonly headers: Http.IncomingHttpHeaders
  /** As much of the body as came within the bound. */
  readonly body: Buffer
  /** `tooLarge` and `brokenOff`: the body goes on, or should have. */
  readonly end: "whole" | "tooLarge" | "brokenOff"
}

/** `refused`: the rules forbid it, nothing was sent. `late`: no answer in time. `unanswered`: nobody answered as HTTP does. */
export class OutgoingFailed extends Data.TaggedError("OutgoingFailed")<{
  readonly reason: "refused" | "late" | "unanswered"
  readonly message: string
}> {}

class AddressRefused extends Error {}

const refusal = (host: string, address: string): AddressRefused => {
  const place = AddressRules.placeOf(address) === "never"
    ? "a link-local, metadata or multicast address, which is never asked"
    : "an address of this machine or a private network; ORCH_OUTGOING_ALLOW can allow it"
  return new AddressRefused(host === address ? `${host} is ${place}` : `${host} is at ${address}, ${place}`)
}

/** Resolves a name, and hands on those of its addresses that may be asked. */
const checkedLookup = (namedBy: AddressRules.NamedBy): LookupFunction => (host, options, callback) => {
  Dns.lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, [])
    const permitted = addresses.filter(({ address }) => AddressRules.permits(namedBy, host, address))
    const [first] = permitted
    if (first === undefined) return callback(refusal(host, addresses[0]?.address ?? host), [])
    return options.all === true ? callback(null, permitted) : callback(null, first.address, first.family)
  })
}

/** Why a URL is not asked at all; undefined when it may be. A host written as an address is never looked up, so it is checked here. */
const refused = (url: URL | null, namedBy: AddressRules.NamedBy): string | undefined => {
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return "not an http or https address"
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1")
  return isIP(host) === 0 || AddressRules.permits(namedBy, host, host) ? undefined : refusal(host, host).message
}

const reading = (call: Http.ClientRequest, maxBytes: number, done: (answer: Answer) => void) =>
(
  response: Http.IncomingMessage
): void => {
  const chunks: Array<Buffer> = []
  let size = 0
  const finish = (end: Answer["end"]) => {
    done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks), end })
    call.destroy()
  }
  response.on("data", (chunk: Buffer) => {
    if (size > maxBytes) return
    size += chunk.length
    chunks.push(size > maxBytes ? chunk.subarray(0, chunk.length - (size - maxBytes)) : chunk)
    if (size > maxBytes) finish("tooLarge")
  })
  response.on("end", () => finish("whole"))
  response.on("error", () => finish("brokenOff"))
}

/** Sends one request. The status, whatever it is, is an answer; see `Answer.end` for a body that is not whole. */
export const send = (options: Options): Effect.Effect<Answer, OutgoingFailed> =>
  Effect.callback<Answer, OutgoingFailed>((resume) => {
    const url = URL.parse(options.url)
    const problem = refused(url, options.namedBy)
    if (url === null || problem !== undefined) {
      resume(Effect.fail(new OutgoingFailed({ reason: "refused", message: problem ?? "not an address" })))
      return
    }
    const body = options.body === undefined ? undefined : Buffer.from(options.body, "utf8")
    const settings = {
      method: options.method,
      agent: false,
      lookup: checkedLookup(options.namedBy),
      headers: {
        ...options.headers,
        ...(body === undefined ? {} : { "content-length": `${body.length}` }),
        connection: "close"
      }
    }
    const call = url.protocol === "https:"
      ? Https.request(url, { ...settings, rejectUnauthorized: options.tlsVerify ?? true })
      : Http.request(url, settings)
    call.on("response", reading(call, options.maxBytes, (answer) => resume(Effect.succeed(answer))))
    call.on("error", (error) =>
      resume(Effect.fail(
        new OutgoingFailed({
          reason: error instanceof AddressRefused ? "refused" : "unanswered",
          message: messageOf(error)
        })
      )))
    call.end(body)
    return Effect.sync(() => void call.destroy())
  }).pipe(
    Effect.timeoutOrElse({
      duration: options.timeoutMillis,
      orElse: () =>
        Effect.fail(
          new OutgoingFailed({ reason: "late", message: `no answer within ${options.timeoutMillis / 1000} s` })
        )
    })
  )

/** A name with several addresses fails with all their errors at once, and no message of its own. */
const messageOf = (error: Error): string =>
  error instanceof AggregateError && error.message === ""
    ? [...new Set(error.errors.map((each: unknown) => each instanceof Error ? each.message : String(each)))].join("; ")
    : error.message
