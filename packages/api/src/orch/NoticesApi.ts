/** How whoever asks wants to be told when something of theirs fails. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, Forbidden, Unauthorized, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"

const text = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(1024))

/** A preference. What was never said is: mails, to the address that the server knows. */
export const NoticePreference = Schema.Struct({
  /** Whether mails are wanted. */
  mail: Schema.Boolean,
  /** Where mails go; null: to the address that the server knows. */
  address: Schema.NullOr(text),
  /** What is told by a POST of JSON, beside mails or instead of them; null: nothing. */
  webhook: Schema.NullOr(text),
  /** Modules of others to be told of, as `NAME:STREAM` with `*` for anything. */
  follow: Schema.Array(text).check(Schema.isMaxLength(100))
}).annotate({ identifier: "NoticePreference" })
/** A preference. */
export interface NoticePreference extends Schema.Schema.Type<typeof NoticePreference> {}

/** A preference as it is given: what is left out is as it is where nobody said anything. */
export const NoticePreferencePut = Schema.Struct({
  mail: Schema.optionalKey(Schema.Boolean),
  address: Schema.optionalKey(Schema.NullOr(text)),
  webhook: Schema.optionalKey(Schema.NullOr(text)),
  follow: Schema.optionalKey(Schema.Array(text).check(Schema.isMaxLength(100)))
}).annotate({ identifier: "NoticePreferencePut" })

/** Preferences below `/orch/v1/notices`. */
export class NoticesApi extends HttpApiGroup.make("notices")
  .add(
    HttpApiEndpoint.get("preference", "/preference", {
      success: NoticePreference,
      error: [Unauthorized, Forbidden, Unavailable]
    }).annotate(Right, "known"),
    /** Replaces the preference of whoever asks. */
    HttpApiEndpoint.put("prefer", "/preference", {
      payload: NoticePreferencePut,
      success: NoticePreference,
      error: [BadRequest, Unauthorized, Forbidden, Unavailable]
    }).annotate(Right, "known")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1/notices")
  .annotateMerge(OpenApi.annotations({ title: "Notices" }))
{}
