/** What every port of the database fails with when the database does not answer. */
import * as Schema from "effect/Schema"

/** The storage could not answer. Nothing is known to have changed; the caller may try again. */
export class StoreUnavailable extends Schema.TaggedError<StoreUnavailable>()("StoreUnavailable", {
  operation: Schema.String,
  message: Schema.String,
  cause: Schema.optional(Schema.Defect())
}) {}
