/** Turns whatever a call of the typed client fails with into one kind of error, `RequestFailed`. */
import * as Effect from "effect/Effect"
import type { HttpClientError } from "effect/http/HttpClientError"
import { isAboutAnswer } from "./OrchClient.ts"
import { type Problem, type Reason, RequestFailed } from "./RequestFailed.ts"

const unreadable = "the server gave an answer that cannot be understood"

/** Characters of a strange answer that are kept. */
const mostBody = 2000

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const isHttpClientError = (error: unknown): error is HttpClientError =>
  isObject(error) && error["_tag"] === "HttpClientError"

const isSchemaError = (error: unknown): error is Error => error instanceof Error && error.name === "SchemaError"

const reasonOf = (status: number): Reason =>
  status >= 500 || status === 429 ? "unavailable" : status >= 400 ? "refused" : "unreadable"

const optional = (key: string, value: unknown, type: "string" | "number") =>
  typeof value === type ? { [key]: value } : {}

const problemsOf = (value: unknown): ReadonlyArray<Problem> =>
  !Array.isArray(value) ?
    [] :
    value.flatMap((one: unknown): ReadonlyArray<Problem> =>
      !isObject(one) || typeof one["message"] !== "string" ? [] : [{
        code: typeof one["code"] === "string" ? one["code"] : "",
        message: one["message"],
        ...optional("where", one["where"], "string"),
        ...optional("line", one["line"], "number"),
        ...optional("column", one["column"], "number"),
        ...optional("hint", one["hint"], "string")
      }]
    )

/** `{ status, message, problems? }`, the form in which the typed faces refuse. */
const ofBody = (status: number, body: unknown, cause: unknown): RequestFailed | undefined =>
  isObject(body) && typeof body["message"] === "string" && body["message"] !== ""
    ? new RequestFailed({
      reason: reasonOf(status),
      status,
      message: body["message"],
      problems: problemsOf(body["problems"]),
      cause
    })
    : undefined

/** Statuses of the errors of the build system's interface, which say what is wrong in `detail`. */
const statusOf: Readonly<Record<string, number>> = {
  AlbsBadRequest: 400,
  AlbsUnauthorized: 401,
  AlbsForbidden: 403,
  AlbsNotFound: 404,
  AlbsConflict: 409,
  AlbsInvalid: 422,
  AlbsNotOffered: 501,
  AlbsUnavailable: 503
}

/** `{ detail }`, the form in which the build system's interface refuses: words, or a list of what is wrong with the request. */
const ofDetail = (status: number, body: unknown, cause: unknown): RequestFailed | undefined => {
  if (!isObject(body)) return undefined
  const { detail } = body
  if (typeof detail === "string" && detail !== "") {
    return new RequestFailed({ reason: reasonOf(status), status, message: detail, problems: [], cause })
  }
  if (!Array.isArray(detail)) return undefined
  const problems = detail.filter(isObject).flatMap(({ loc, msg, type }): ReadonlyArray<Problem> =>
    typeof msg === "string"
      ? [{ code: String(type ?? ""), message: msg, where: Array.isArray(loc) ? loc.slice(1).join(".") : "" }]
      : []
  )
  const message = problems.map((one) => `${one.where ?? ""}: ${one.message}`).join("; ")
  return new RequestFailed({ reason: reasonOf(status), status, message, problems, cause })
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An answer that the API's description does not have: a proxy's, an older or newer server's. */
const ofAnswer = (error: HttpClientError, status: number, text: string): RequestFailed =>
  (status >= 400 ? ofBody(status, parse(text), error) ?? ofDetail(status, parse(text), error) : undefined) ??
    new RequestFailed({
      reason: reasonOf(status),
      status,
      message: status >= 400
        ? `the server answered ${status}`
        : `${unreadable}: ${error.message}`,
      body: text.trim() === "" ? undefined : text.slice(0, mostBody),
      cause: error
    })

const words = (error: unknown): string => {
  const messages: Array<string> = []
  for (let next = error, depth = 0; isObject(next) && depth < 8; next = next["cause"], depth++) {
    // An AggregateError of several addresses has its words in what it holds.
    const inner = Array.isArray(next["errors"]) ? next["errors"].find(isObject) : undefined
    const message = next["message"] !== "" ? next["message"] : inner?.["message"]
    if (typeof message === "string" && message !== "") messages.push(message)
  }
  return messages.at(-1) ?? String(error)
}

/**
 * What went wrong, in one form. Never fails; an error that is neither of HTTP nor of a schema is taken for one of the caller's
 * machine, and its reason is `unreachable`.
 */
export const describe = (error: unknown): Effect.Effect<RequestFailed> => {
  if (error instanceof RequestFailed) return Effect.succeed(error)
  if (isObject(error) && typeof error["status"] === "number") {
    const described = ofBody(error["status"], error, error)
    if (described !== undefined) return Effect.succeed(described)
  }
  if (error instanceof Error && Object.hasOwn(statusOf, error.name)) {
    const described = ofDetail(statusOf[error.name]!, error, error)
    if (described !== undefined) return Effect.succeed(described)
  }
  if (isHttpClientError(error) && error.response !== undefined) {
    const { response } = error
    return Effect.map(
      Effect.catch(response.text, () => Effect.succeed("")),
      (text) => ofAnswer(error, response.status, text)
    )
  }
  if (isSchemaError(error)) {
    return Effect.succeed(
      isAboutAnswer(error)
        ? new RequestFailed({ reason: "unreadable", message: `${unreadable}: ${error.message}`, cause: error })
        : new RequestFailed({ reason: "invalid", message: error.message, cause: error })
    )
  }
  return Effect.succeed(new RequestFailed({ reason: "unreachable", message: words(error), cause: error }))
}

/** Whether the same request may be answered otherwise in a moment. */
export const isTransient = ({ reason }: Pick<RequestFailed, "reason">): boolean =>
  reason === "unreachable" || reason === "unavailable"
