/**
 * Tells one kind of listener what happened: a webhook, a message bus, a mail box.
 *
 * The outbox remembers what was delivered to whom; an announcer only delivers, at least once. Announcements carry
 * sequence numbers in commit order, so a listener that saw number N has missed nothing before it.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** One thing that happened, as listeners are told of it. */
export const Announcement = Schema.Struct({
  /** Position in the one sequence of all announcements, from 1. */
  sequence: Schema.Number,
  /** Dotted, most general part first: `module-build.state`, `component-build.state`, `repository.changed`. */
  topic: Schema.String,
  /** What it is about, such as `module-build/42`. */
  subject: Schema.String,
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  at: Schema.Number,
  body: Schema.Json
})
export interface Announcement extends Schema.Schema.Type<typeof Announcement> {}

/** Someone to be told. `topics` are prefixes; an empty list means all. */
export interface Listener {
  readonly id: string
  readonly address: string
  readonly topics: ReadonlyArray<string>
}

/**
 * Why one listener was not told. `unreachable`: nobody answered, so it is tried again. `refused`: the listener will not
 * have it.
 */
export class AnnouncerError extends Schema.TaggedError<AnnouncerError>()("AnnouncerError", {
  reason: Schema.Literals(["unreachable", "refused"]),
  listener: Schema.String,
  message: Schema.String
}) {
  get isRetryable(): boolean {
    return this.reason === "unreachable"
  }
}

/** What an announcer offers. */
export interface Interface {
  /** The kind of listener it serves, such as `webhook`. */
  readonly kind: string
  readonly listeners: Effect.Effect<ReadonlyArray<Listener>>
  /** Delivers one announcement to one listener; may be called again for the same one. */
  readonly deliver: (listener: Listener, announcement: Announcement) => Effect.Effect<void, AnnouncerError>
  /** Says whether the listener could be reached now, delivering nothing. */
  readonly probe: (listener: Listener) => Effect.Effect<void, AnnouncerError>
}

/** The port: one announcer serves one kind of listener. */
export class Announcer extends Context.Service<Announcer, Interface>()("@orch/core/ports/Announcer") {}

/** Whether a listener wants an announcement of this topic. */
export const wants = (listener: Listener, topic: string): boolean =>
  listener.topics.length === 0 ||
  listener.topics.some((prefix) => topic === prefix || topic.startsWith(prefix.endsWith(".") ? prefix : `${prefix}.`))
