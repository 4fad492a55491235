/**
 * Requests to one Pulp: as who we are, not too many at once, again where that is safe, and with answers decoded.
 *
 * Pulp knows no keys of idempotency: a write whose answer was lost is not sent again from here, unless it is said to be
 * `repeatable`. Whoever sends others looks for their effect first.
 */
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import { fromStatus, PulpError } from "./PulpError.ts"
import * as PulpSession from "./PulpSession.ts"
import * as PulpTransport from "./PulpTransport.ts"

/** Where a Pulp is, who we are there, and how many requests it gets at once and for how long. */
export interface Settings extends PulpTransport.Options {
  readonly credentials: PulpSession.Credentials
  /** Pulp's `API_ROOT`; `/pulp/` unless told. */
  readonly apiRoot?: string | undefined
  /** The domain everything is in, where Pulp has domains. */
  readonly domain?: string | undefined
  /** Requests at a time; 8 unless told. Pulp takes a lock at each dispatch, so more only wait elsewhere. */
  readonly concurrency?: number | undefined
  /** Milliseconds for which a request is repeated that Pulp does not answer; 90,000 unless told, which outlasts a restart. */
  readonly patienceMillis?: number | undefined
}

/** A request, with a body or with JSON, not both. Reads are repeatable unless told otherwise, writes are not. */
export interface Request extends Omit<PulpTransport.PulpRequest, "body"> {
  readonly body?: PulpTransport.PulpRequest["body"]
  readonly json?: Schema.Json | undefined
  /** Whether sending it twice is the same as sending it once. */
  readonly repeatable?: boolean | undefined
  /** Whether it is sent as nobody. */
  readonly anonymous?: boolean | undefined
}

/** An answer with a status below 400; `json` is decoded and not looked at yet. */
export interface Answer {
  readonly status: number
  readonly json: unknown
}

/** Requests to one Pulp. All of them fail with `PulpError`, whose `reason` says what there is to do. */
export interface PulpClient {
  readonly origin: string
  /** Where the API begins, such as `/pulp/api/v3/`, with the domain where there is one. */
  readonly root: string
  /** Answers below 400, decoded from JSON; a body that is empty is `null`. */
  readonly send: (request: Request) => Effect.Effect<Answer, PulpError>
  /** `path` is a `pulp_href` or a path below `root`. */
  readonly get: <A, I>(
    schema: Schema.Codec<A, I>,
    path: string,
    params?: Readonly<Record<string, string>>
  ) => Effect.Effect<A, PulpError>
  /** All entries of a list, in pages; `malformed` where there are more than `most`, which is a million unless told. */
  readonly list: <A, I>(
    schema: Schema.Codec<A, I>,
    path: string,
    params?: Readonly<Record<string, string>>,
    most?: number
  ) => Effect.Effect<ReadonlyArray<A>, PulpError>
  /** The answer as the schema has it; `malformed`, with the name of the request, where it is something else. */
  readonly decode: <A, I>(schema: Schema.Codec<A, I>, request: string, json: unknown) => Effect.Effect<A, PulpError>
  /** Requests sent so far, repeated ones included. */
  readonly requests: () => number
}

/** Entries of a list that one answer brings. */
const pageSize = 1000

const pages = 3

const parse = (request: string, text: string): Effect.Effect<unknown, PulpError> =>
  Effect.try({
    try: (): unknown => text === "" ? null : JSON.parse(text),
    catch: () => new PulpError({ reason: "malformed", request, message: `Pulp's answer to ${request} is no JSON` })
  })

/** Sends nothing yet; the session is opened by the first request. */
export const make = Effect.fnUntraced(function*(settings: Settings) {
  const transport = PulpTransport.make(yield* HttpClient.HttpClient, settings)
  const apiRoot = settings.apiRoot ?? "/pulp/"
  const root = `${apiRoot}${settings.domain === undefined ? "" : `${settings.domain}/`}api/v3/`
  const session = PulpSession.make(transport, settings.credentials, root)
  const permits = Semaphore.makeUnsafe(settings.concurrency ?? 8)
  const again = Schedule.min([Schedule.exponential("200 millis"), Schedule.spaced("5 seconds")]).pipe(
    Schedule.jittered,
    Schedule.upTo({ duration: settings.patienceMillis ?? 90_000 })
  )
  let sent = 0

  const send = (request: Request): Effect.Effect<Answer, PulpError> => {
    const path = request.path.startsWith("/") ? request.path : root + request.path
    const name = PulpTransport.describe({ method: request.method, path })
    const { anonymous = false, json, repeatable = request.method === "GET", ...rest } = request
    const attempt = Effect.suspend(() => {
      sent++
      return (anonymous ? transport : session).send({
        ...rest,
        path,
        ...(json === undefined ? {} : { body: () => HttpBody.jsonUnsafe(json) })
      })
    }).pipe(
      permits.withPermits(1),
      Effect.flatMap((answer) =>
        answer.status >= 400
          ? Effect.fail(fromStatus(name, answer.status, answer.text))
          : Effect.map(parse(name, answer.text), (json): Answer => ({ status: answer.status, json }))
      )
    )
    return Effect.retry(attempt, {
      schedule: again,
      while: (error) => error.reason === "unreachable" && (repeatable || error.unsent === true)
    })
  }

  const decode: PulpClient["decode"] = (schema, request, json) =>
    Effect.mapError(Schema.decodeUnknownEffect(schema)(json), (issue) =>
      new PulpError({
        reason: "malformed",
        request,
        message: `Pulp's answer to ${request} is not as expected: ${issue.message}`
      }))

  const get: PulpClient["get"] = (schema, path, params) =>
    Effect.flatMap(send({ method: "GET", path, params }), ({ json }) => decode(schema, `GET ${path}`, json))

  const list: PulpClient["list"] = Effect.fnUntraced(function*<A, I>(
    schema: Schema.Codec<A, I>,
    path: string,
    params: Readonly<Record<string, string>> = {},
    most = 1_000_000
  ) {
    const page = Schema.Struct({ count: Schema.Number, results: Schema.Array(schema) })
    const read = (offset: number) =>
      get(page, path, { ...params, limit: String(pageSize), ...(offset === 0 ? {} : { offset: String(offset) }) })
    const first = yield* read(0)
    if (first.count > most) {
      const request = `GET ${path}`
      return yield* new PulpError({ reason: "malformed", request, message: `${request}: more than ${most} entries` })
    }
    // A Pulp may give shorter pages than it was asked for: the length of the first says how long they are.
    const step = Math.max(1, first.results.length)
    const offsets = Array.from({ length: Math.ceil(first.count / step) - 1 }, (_, index) => (index + 1) * step)
    const others = first.results.length >= first.count
      ? []
      : yield* Effect.forEach(offsets, read, { concurrency: pages })
    return [...first.results, ...others.flatMap(({ results }) => results)]
  })

  const client: PulpClient = { origin: transport.origin, root, send, get, list, decode, requests: () => sent }
  return client
})
