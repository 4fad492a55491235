/** What waits for a slot, a builder or a node, as every answer that speaks of the queue writes it. */
import * as Schema from "effect/Schema"

/** One thing in front of another. */
export const QueuedBefore = Schema.Struct({
  life: Schema.String,
  build: Schema.Number,
  part: Schema.String,
  owner: Schema.String
}).annotate({ identifier: "QueuedBefore" })

/**
 * Something that waits. `kind` says for what: a `slot` under this server's limits, a `builder` of a build system that does not tell its
 * order, or a build `node` of the pool.
 */
export const QueueEntry = Schema.Struct({
  kind: Schema.Literals(["slot", "builder", "node"]),
  /** From 1, among those of its kind. */
  place: Schema.Number,
  /** `module-build` or `package-build`, its number, and the component or task. */
  life: Schema.String,
  build: Schema.Number,
  part: Schema.String,
  owner: Schema.String,
  arches: Schema.Array(Schema.String),
  priority: Schema.Number,
  /** Since when it waits; null where that is not known. Times are RFC 3339 in UTC. */
  since: Schema.NullOr(Schema.String),
  /** Why it has this place. */
  sentence: Schema.String,
  /** When it is expected to be handed out, and to which node; nulls where nobody knows. */
  expected_at: Schema.NullOr(Schema.String),
  node: Schema.NullOr(Schema.String)
}).annotate({ identifier: "QueueEntry" })
/** Something that waits. */
export interface QueueEntry extends Schema.Schema.Type<typeof QueueEntry> {}

/** The place of one part of a build, and who is in front of it. */
export const QueuePlace = Schema.Struct({
  ...QueueEntry.fields,
  /** How many of its kind wait. */
  of: Schema.Number,
  /** Those that come right before it, the next one first; at most three. */
  ahead: Schema.Array(QueuedBefore)
}).annotate({ identifier: "QueuePlace" })
/** The place of one part of a build. */
export interface QueuePlace extends Schema.Schema.Type<typeof QueuePlace> {}
