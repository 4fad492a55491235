/**
 * Errors of AlmaLinux's build system: `{ "detail": TEXT }`, and for bodies that do not fit a list of problems, each with its place.
 *
 * One class for each status, so that an endpoint's type says which it may answer.
 */
import * as Schema from "effect/Schema"

const detail = { detail: Schema.String }

/** 400: it cannot be meant. */
export class AlbsBadRequest extends Schema.Error<AlbsBadRequest>("AlbsBadRequest")(detail, {
  httpApiStatus: 400,
  description: "It cannot be meant"
}) {}

/** 401: the token is not known or has expired. */
export class AlbsUnauthorized extends Schema.Error<AlbsUnauthorized>("AlbsUnauthorized")(detail, {
  httpApiStatus: 401,
  description: "The token is not known or has expired"
}) {}

/** 403: no token, or one that does not allow this. */
export class AlbsForbidden extends Schema.Error<AlbsForbidden>("AlbsForbidden")(detail, {
  httpApiStatus: 403,
  description: "There is no token, or it does not allow this"
}) {}

/** 404: there is no such thing. */
export class AlbsNotFound extends Schema.Error<AlbsNotFound>("AlbsNotFound")(detail, {
  httpApiStatus: 404,
  description: "There is no such thing"
}) {}

/** 409: it is there already, or in a state that does not allow this. */
export class AlbsConflict extends Schema.Error<AlbsConflict>("AlbsConflict")(detail, {
  httpApiStatus: 409,
  description: "It is there already, or in a state that does not allow this"
}) {}

/** One thing that is wrong with a request: `loc` leads to it, beginning with `body`, `query` or `path`. */
export const InvalidField = Schema.Struct({
  type: Schema.String,
  loc: Schema.Array(Schema.Union([Schema.String, Schema.Number])),
  msg: Schema.String
})
/** One thing that is wrong with a request. */
export interface InvalidField extends Schema.Schema.Type<typeof InvalidField> {}

/** 422: the request does not fit; every problem is named. */
export class AlbsInvalid extends Schema.Error<AlbsInvalid>("AlbsInvalid")({ detail: Schema.Array(InvalidField) }, {
  httpApiStatus: 422,
  description: "The request does not fit; every problem is named"
}) {}

/** 501: not offered by this server. */
export class AlbsNotOffered extends Schema.Error<AlbsNotOffered>("AlbsNotOffered")(detail, {
  httpApiStatus: 501,
  description: "This server does not offer it"
}) {}

/** 503: the service is stopping, or its database is away. */
export class AlbsUnavailable extends Schema.Error<AlbsUnavailable>("AlbsUnavailable")(detail, {
  httpApiStatus: 503,
  description: "The service is stopping, or its database is away; try again"
}) {}

/** What every endpoint that asks who is calling may answer besides its success. */
export const forCallers = [AlbsUnauthorized, AlbsForbidden, AlbsInvalid, AlbsUnavailable] as const

/** What endpoints that are open to everybody may answer besides their success. */
export const forEverybody = [AlbsInvalid, AlbsUnavailable] as const
