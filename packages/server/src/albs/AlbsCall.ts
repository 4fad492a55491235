/** One request of AlmaLinux's build system's clients: its body bare or wrapped, within bounds, and how it is answered. */
import * as AlbsBody from "@orch/api/albs/AlbsBody"
import * as LaxInput from "@orch/api/albs/LaxInput"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { clean } from "../database/StorableText.ts"
import * as JsonBounds from "../http/JsonBounds.ts"
import * as AlbsFailure from "./AlbsFailure.ts"

/** A request, taken apart. */
export interface AlbsCall {
  readonly request: HttpServerRequest
  readonly params: Readonly<Record<string, string | undefined>>
  readonly query: URLSearchParams
  /** Scheme and host by which the client reaches this server, such as `http://127.0.0.1:8080`. */
  readonly origin: string
}

/** What a handler may answer with. */
export type Answer<R = never> = Effect.Effect<
  HttpServerResponse.HttpServerResponse,
  AlbsFailure.AlbsFailure | StoreUnavailable,
  R
>

const mostBytes = 16 * 1024 * 1024

/** Of a form; names and values of more of them take seconds to be told apart. */
const mostOfForm = 64 * 1024

const tooLarge = (most: number): AlbsFailure.AlbsFailure =>
  new AlbsFailure.AlbsFailure({ status: 413, detail: `The body must not be larger than ${most} bytes` })

/** The request with what leads to it. `publicUrl` wins over what the client says. */
export const make = (
  request: HttpServerRequest,
  params: Readonly<Record<string, string | undefined>>,
  publicUrl: string | undefined
): AlbsCall => ({
  request,
  params,
  query: new URL(request.originalUrl, "http://localhost").searchParams,
  origin: (publicUrl ??
    `${request.headers["x-forwarded-proto"] === "https" ? "https" : "http"}://${
      request.headers["host"] ?? "localhost"
    }`).replace(/\/+$/, "")
})

/** The body as text. */
const read = Effect.fnUntraced(function*({ request }: AlbsCall, most = mostBytes) {
  const bytes = yield* request.arrayBuffer.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.fromInputUnsafe(most)),
    Effect.mapError(() => tooLarge(most))
  )
  return yield* Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    catch: () => AlbsFailure.invalidAt(["body"], "The body is not UTF-8", "json_invalid")
  })
})

/** The body as JSON; an empty one is an empty object. */
const json = Effect.fnUntraced(function*(call: AlbsCall) {
  const text = yield* read(call)
  if (text.trim() === "") return {}
  const problem = JsonBounds.problem(text)
  if (problem !== undefined) return yield* AlbsFailure.invalidAt(["body"], problem, "json_invalid")
  return yield* Effect.try({
    try: (): unknown => JSON.parse(text, (_, value: unknown) => typeof value === "string" ? clean(value) : value),
    catch: () => AlbsFailure.invalidAt(["body"], "JSON decode error", "json_invalid")
  })
})

/** The body as a form, or as JSON, read by a schema. Fails with every problem it has. */
export const form = Effect.fnUntraced(function*<A>(call: AlbsCall, schema: Schema.Codec<A, unknown>) {
  const type = call.request.headers["content-type"] ?? ""
  const given = /^application\/json/i.test(type)
    ? yield* json(call)
    : Object.fromEntries(new URLSearchParams(yield* read(call, mostOfForm)))
  return yield* Effect.fromResult(Result.mapError(AlbsBody.decode(schema, given, []), AlbsFailure.invalid))
})

/** The body, read by a schema, bare or wrapped in any of these names. Fails with every problem it has. */
export const body = <A>(
  call: AlbsCall,
  schema: Schema.Codec<A, unknown>,
  ...names: ReadonlyArray<string>
): Effect.Effect<A, AlbsFailure.AlbsFailure> =>
  Effect.flatMap(
    json(call),
    (given) => Effect.fromResult(Result.mapError(AlbsBody.decode(schema, given, names), AlbsFailure.invalid))
  )

/** The nearest number that is kept exactly: there is nothing of a larger one, either. */
const exact = (number: number): number => Math.min(Math.max(number, -Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)

const number = (
  root: "path" | "query",
  name: string,
  text: string
): Effect.Effect<number, AlbsFailure.AlbsFailure> => {
  const read = LaxInput.integer(text)
  return read === undefined
    ? Effect.fail(AlbsFailure.invalidAt(
      [root, name],
      "Input should be a valid integer, unable to parse string as an integer",
      "int_parsing"
    ))
    : Effect.succeed(exact(read))
}

/** A number of the path. */
export const id = (call: AlbsCall, name: string): Effect.Effect<number, AlbsFailure.AlbsFailure> =>
  number("path", name, call.params[name] ?? "")

/** A text of the path, decoded. */
export const text = (call: AlbsCall, name: string): string => clean(call.params[name] ?? "")

/** A number of the query; `undefined` when it is absent. */
export const queryNumber = (
  call: AlbsCall,
  name: string
): Effect.Effect<number | undefined, AlbsFailure.AlbsFailure> => {
  const given = call.query.get(name)
  return given === null || given === "" ? Effect.undefined : number("query", name, given)
}

/** Pages that are counted: no list has more. */
const mostPages = 1_000_000_000

/** The page that is asked for, 0 or more; `undefined` when none is. */
export const page = Effect.fnUntraced(function*(call: AlbsCall) {
  const asked = yield* queryNumber(call, "pageNumber")
  if (asked === undefined || asked >= 0) return asked === undefined ? undefined : Math.min(asked, mostPages)
  return yield* AlbsFailure.invalidAt(
    ["query", "pageNumber"],
    "Input should be greater than or equal to 0",
    "greater_than_equal"
  )
})

/** A truth value of the query; `undefined` when it is absent. */
export const queryFlag = (
  call: AlbsCall,
  name: string
): Effect.Effect<boolean | undefined, AlbsFailure.AlbsFailure> => {
  const given = call.query.get(name)
  if (given === null || given === "") return Effect.undefined
  const read = LaxInput.truth(given)
  return read === undefined
    ? Effect.fail(AlbsFailure.invalidAt(
      ["query", name],
      "Input should be a valid boolean, unable to interpret input",
      "bool_parsing"
    ))
    : Effect.succeed(read)
}

/** A text of the query; `undefined` when it is absent or empty. */
export const queryText = (call: AlbsCall, name: string): string | undefined =>
  clean(call.query.get(name) ?? "") || undefined

/** The answer, written by the endpoint's schema: what does not fit it is a defect of ours. */
export const answer = <A, I>(
  schema: Schema.Codec<A, I>,
  value: A,
  status = 200
): HttpServerResponse.HttpServerResponse => HttpServerResponse.jsonUnsafe(Schema.encodeSync(schema)(value), { status })

/** An answer without a body. */
export const empty = (status: number): HttpServerResponse.HttpServerResponse => HttpServerResponse.empty({ status })

/** What clients see of a failure. */
export const failed = ({ detail, status }: AlbsFailure.AlbsFailure): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe({ detail }, {
    status,
    ...(status === 401 ? { headers: { "www-authenticate": "Bearer" } } : {}),
    ...(status === 429 ? { headers: { "retry-after": "60" } } : {})
  })
