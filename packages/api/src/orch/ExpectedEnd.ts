/** When something is expected to end, as every answer writes it. */
import * as Schema from "effect/Schema"

/**
 * When something is expected to end, told from how long it took before. Times are RFC 3339 in UTC. There is none where fewer than
 * three earlier runs are known of something that is still to come.
 */
export const ExpectedEnd = Schema.Struct({
  at: Schema.String,
  /** In most cases it ends between these two. */
  earliest: Schema.String,
  latest: Schema.String,
  /** The fewest earlier runs known of any of its parts. */
  known_runs: Schema.Number,
  /** Parts that decide the end, first to last; at most ten. */
  critical: Schema.Array(Schema.String),
  /** Why it may be later than was said before: parts that take longer than usual, parts that are built again; a sentence each. */
  late: Schema.Array(Schema.String)
}).annotate({ identifier: "ExpectedEnd" })
/** When something is expected to end. */
export interface ExpectedEnd extends Schema.Schema.Type<typeof ExpectedEnd> {}
