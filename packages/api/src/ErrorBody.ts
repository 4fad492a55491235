/**
 * Errors as clients see them: `{ status, error, message, problems? }`, the shape of the Module Build Service with the
 * single problems added. One class for each status, so that an endpoint's type says which it may answer.
 */
import * as Schema from "effect/Schema"

/** One thing that is wrong with what was sent. */
export const Problem = Schema.Struct({
  /** A stable code, such as `unknown-key`. */
  code: Schema.String,
  message: Schema.String,
  /** Which part: a file, a component, a field. */
  where: Schema.optionalKey(Schema.String),
  /** From 1. */
  line: Schema.optionalKey(Schema.Number),
  column: Schema.optionalKey(Schema.Number),
  hint: Schema.optionalKey(Schema.String)
})
export interface Problem extends Schema.Schema.Type<typeof Problem> {}

const fields = <const Status extends number, const Title extends string>(status: Status, title: Title) => ({
  status: Schema.Literal(status),
  error: Schema.Literal(title),
  message: Schema.String,
  problems: Schema.optionalKey(Schema.Array(Problem))
})

/** 400: the request cannot be understood; `problems` says what of it. */
export class BadRequest extends Schema.Error<BadRequest>("BadRequest")(fields(400, "Bad Request"), {
  httpApiStatus: 400,
  description: "The request cannot be understood"
}) {}

/** 401: the server does not know who asks. */
export class Unauthorized extends Schema.Error<Unauthorized>("Unauthorized")(fields(401, "Unauthorized"), {
  httpApiStatus: 401,
  description: "Who asks has to be known"
}) {}

/** 403: the source is not on the allow-list, or whoever asks may not do this. */
export class Forbidden extends Schema.Error<Forbidden>("Forbidden")(fields(403, "Forbidden"), {
  httpApiStatus: 403,
  description: "The source is not allow-listed, or who asks may not"
}) {}

/** 404: there is no such thing. */
export class NotFound extends Schema.Error<NotFound>("NotFound")(fields(404, "Not Found"), {
  httpApiStatus: 404,
  description: "There is no such thing"
}) {}

/** 409: it exists, in a state that does not allow this. */
export class Conflict extends Schema.Error<Conflict>("Conflict")(fields(409, "Conflict"), {
  httpApiStatus: 409,
  description: "It is in a state that does not allow this"
}) {}

/** 422: the request is well-formed and cannot be carried out, with all that stands in the way in `problems`. */
export class Unprocessable extends Schema.Error<Unprocessable>("Unprocessable")(fields(422, "Unprocessable Entity"), {
  httpApiStatus: 422,
  description: "The modulemd is not valid, or components cannot be retrieved"
}) {}

/**
 * 503: the service is stopping or its database is away. The answer's `Retry-After` says after how many seconds to try
 * again.
 */
export class Unavailable extends Schema.Error<Unavailable>("Unavailable")(fields(503, "Service Unavailable"), {
  httpApiStatus: 503,
  description: "The service is stopping, or its database is away; try again after the seconds in Retry-After"
}) {}

type Problems = { readonly problems?: ReadonlyArray<Problem> }
const optional = (problems: ReadonlyArray<Problem> | undefined): Problems =>
  problems === undefined || problems.length === 0 ? {} : { problems }

/** An error body for 400. `message` is a sentence for people; no problems and an empty list of them are the same. */
export const badRequest = (message: string, problems?: ReadonlyArray<Problem>): BadRequest =>
  new BadRequest({ status: 400, error: "Bad Request", message, ...optional(problems) })

/** An error body for 401, with a sentence for people. */
export const unauthorized = (message: string): Unauthorized =>
  new Unauthorized({ status: 401, error: "Unauthorized", message })

/** An error body for 403, with a sentence for people. */
export const forbidden = (message: string): Forbidden => new Forbidden({ status: 403, error: "Forbidden", message })

/** An error body for 404, with a sentence for people. */
export const notFound = (message: string): NotFound => new NotFound({ status: 404, error: "Not Found", message })

/** An error body for 409, with a sentence for people. */
export const conflict = (message: string): Conflict => new Conflict({ status: 409, error: "Conflict", message })

/** An error body for 422. `message` is a sentence for people; no problems and an empty list of them are the same. */
export const unprocessable = (message: string, problems?: ReadonlyArray<Problem>): Unprocessable =>
  new Unprocessable({ status: 422, error: "Unprocessable Entity", message, ...optional(problems) })

/** An error body for 503, with a sentence for people. */
export const unavailable = (message: string): Unavailable =>
  new Unavailable({ status: 503, error: "Service Unavailable", message })
