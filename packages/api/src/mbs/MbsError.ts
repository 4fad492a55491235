/**
 * Errors of the Module Build Service's API: `{ status, error, message }` in JSON.
 *
 * The original answers so only for the exceptions it knows; unknown URLs and wrong methods get a page there, JSON here.
 */
import * as Data from "effect/Data"

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

export type Status = keyof typeof titles

export class MbsError extends Data.TaggedError("MbsError")<{
  readonly status: Status
  readonly message: string
  /** Ours: the single things that are wrong, where there are several. */
  readonly problems?: ReadonlyArray<unknown> | undefined
}> {}

const make = (status: Status) => (message: string): MbsError => new MbsError({ status, message })

/** The original's ValidationError. */
export const invalid = make(400)
export const unauthorized = make(401)
export const forbidden = make(403)
export const notFound = make(404)
export const conflict = make(409)
/** The original's UnprocessableEntity. */
export const unprocessable = make(422)
export const unavailable = make(503)

/** The body of the answer. */
export const body = ({ message, problems, status }: MbsError): Readonly<Record<string, unknown>> => ({
  status,
  error: titles[status],
  message,
  ...(problems === undefined || problems.length === 0 ? {} : { problems })
})
