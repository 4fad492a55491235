/**
 * Errors of the Module Build Service's API: `{ status, error, message }` in JSON.
 *
 * The original answers so only for the exceptions it knows; unknown URLs and wrong methods get a page there, JSON here.
 */
import * as Data from "effect/Data"

/** The `error` of each status, in HTTP's own words. */
export const titles = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Payload Too Large",
  422: "Unprocessable Entity",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable"
} as const

/** The statuses with which the interface refuses. */
export type Status = keyof typeof titles

/** A refusal. `message` has the original's words where it has any. */
export class MbsError extends Data.TaggedError("MbsError")<{
  readonly status: Status
  readonly message: string
  /** Ours: the single things that are wrong, where there are several. */
  readonly problems?: ReadonlyArray<unknown> | undefined
}> {}

const make = (status: Status) => (message: string): MbsError => new MbsError({ status, message })

/** 400, with this message: the original's ValidationError. */
export const invalid = make(400)
/** 401, with this message. */
export const unauthorized = make(401)
/** 403, with this message. */
export const forbidden = make(403)
/** 404, with this message. */
export const notFound = make(404)
/** 409, with this message. */
export const conflict = make(409)
/** 422, with this message: the original's UnprocessableEntity. */
export const unprocessable = make(422)
/** 503, with this message. */
export const unavailable = make(503)

/** The body of the answer, to be written as JSON; `problems` only where there are some. */
export const body = ({ message, problems, status }: MbsError): Readonly<Record<string, unknown>> => ({
  status,
  error: titles[status],
  message,
  ...(problems === undefined || problems.length === 0 ? {} : { problems })
})
