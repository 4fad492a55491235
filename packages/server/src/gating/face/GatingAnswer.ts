/** Requests and answers as the gates' three established interfaces have them: JSON, errors with a `message`. */
import type { GatingProblem } from "@orch/api/gating/GatingProblem"
import * as Problem from "@orch/api/gating/GatingProblem"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { anonymous } from "../../auth/Caller.ts"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import { PublicUrl } from "../../http/PublicAddress.ts"
import * as PublicAddress from "../../http/PublicAddress.ts"

/** One request, taken apart. */
export interface Call {
  readonly request: HttpServerRequest
  /** Where the interface begins, such as `https://orch.example.org/api/v2.0`. */
  readonly root: string
  /** The path below it, with a slash before it. */
  readonly path: string
  readonly query: ReadonlyArray<readonly [string, string]>
  /** The query as it was sent, part by part. */
  readonly rawQuery: ReadonlyArray<string>
}

/** An answer that ends the work. */
export class Refused {
  readonly _tag = "Refused"
  readonly response: HttpServerResponse.HttpServerResponse
  constructor(response: HttpServerResponse.HttpServerResponse) {
    this.response = response
  }
}

export const json = (value: unknown, status = 200): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe(value, { status })

/** An error in words. */
export const refuse = (status: number, message: string): Effect.Effect<never, Refused> =>
  Effect.fail(new Refused(json({ message }, status)))

const functionName = /^[A-Za-z_$][\w$]{0,99}(?:\.[A-Za-z_$][\w$]{0,99}){0,9}$/

/**
 * The answer as a call of the function that `callback` names, which pages elsewhere may load as a script. Only of what everybody may read: what
 * somebody was let in for stays JSON, which a page elsewhere cannot read.
 */
export const asScript = Effect.fnUntraced(function*(call: Call, response: HttpServerResponse.HttpServerResponse) {
  const callback = parameter(call, "callback") ?? ""
  const caller = yield* CurrentCaller
  if (callback === "" || response.status !== 200 || response.body._tag !== "Uint8Array" || caller !== anonymous) {
    return response
  }
  if (!functionName.test(callback)) return yield* refuse(400, "callback must be the name of a function")
  const text = Buffer.from(response.body.body).toString("utf8")
  return HttpServerResponse.text(`${callback}(${text});`, {
    contentType: "application/javascript",
    headers: { "x-content-type-options": "nosniff" }
  })
})

/** 400 with one entry for each field. */
export const invalid = (problems: ReadonlyArray<GatingProblem>): Effect.Effect<never, Refused> =>
  Effect.fail(new Refused(json(Problem.body(problems), 400)))

/** Takes a request apart; what cannot be stored is refused. */
export const parse = Effect.fnUntraced(function*(request: HttpServerRequest, version: string) {
  const publicUrl = yield* PublicUrl
  const mark = request.url.indexOf("?")
  const path = mark < 0 ? request.url : request.url.slice(0, mark)
  const raw = mark < 0 ? "" : request.url.slice(mark + 1)
  const query = [...new URLSearchParams(raw)]
  if (query.some(([key, value]) => key.includes("\0") || value.includes("\0"))) {
    return yield* refuse(400, "The address holds a NUL character")
  }
  const begin = path.toLowerCase().lastIndexOf(version) + version.length
  return {
    request,
    root: PublicAddress.link(publicUrl, request, path.slice(0, begin)),
    path: path.slice(begin),
    query,
    rawQuery: raw === "" ? [] : raw.split("&")
  } satisfies Call
})

/** The last value of a parameter. */
export const parameter = ({ query }: Call, name: string): string | undefined =>
  query.findLast(([key]) => key === name)?.[1]

/** The values of a parameter, which commas separate; empty ones are left out. */
export const several = ({ query }: Call, name: string): ReadonlyArray<string> =>
  query.filter(([key]) => key === name).flatMap(([, value]) => value.split(",")).filter((value) => value !== "")

/** The same without blanks around each. */
export const trimmed = (call: Call, name: string): ReadonlyArray<string> =>
  several(call, name).map((value) => value.trim()).filter((value) => value !== "")

/** A whole number of a parameter. */
export const number = Effect.fnUntraced(function*(call: Call, name: string, fallback: number, most: number) {
  const text = parameter(call, name)
  if (text === undefined || text === "") return fallback
  if (!/^-?\d{1,9}$/.test(text)) {
    return yield* invalid([{
      loc: [name],
      msg: "Input should be a valid integer, unable to parse string as an integer",
      input: text.slice(0, 100)
    }])
  }
  return Math.min(Number(text), most)
})

const isJson = ({ headers }: HttpServerRequest): boolean =>
  /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(headers["content-type"] ?? "")

/** The JSON of a body. */
export const body = Effect.fnUntraced(function*({ request }: Call, unreadable = "Failed to decode JSON object: ") {
  if (!isJson(request)) {
    return yield* refuse(
      415,
      "Did not attempt to load JSON data because the request Content-Type was not 'application/json'."
    )
  }
  const text = yield* Effect.catch(request.text, () => refuse(413, "The body is larger than this server takes"))
  return yield* Effect.try({ try: () => JSON.parse(text) as unknown, catch: (error) => error as Error }).pipe(
    Effect.catch(({ message }) => refuse(400, unreadable.endsWith(" ") ? unreadable + message : unreadable))
  )
})

/** The same address with another value of a parameter, at its place or at the end. */
export const withParameter = ({ path, rawQuery, root }: Call, name: string, value: number): string => {
  const isIt = (part: string) => part.startsWith(`${name}=`)
  const parts = rawQuery.map((part) => isIt(part) ? `${name}=${value}` : part)
  return `${root}${path}?${(rawQuery.some(isIt) ? parts : [...parts, `${name}=${value}`]).join("&")}`
}
