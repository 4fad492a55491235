/** Announcements as server-sent events: the id is the sequence number, so that a client can go on where it stopped. */
import * as ErrorBody from "@orch/api/ErrorBody"
import type { Announcement } from "@orch/core/ports/Announcer"
import { type Filter, Outbox } from "@orch/core/ports/Outbox"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

const encode = ({ at, body, sequence, subject, topic }: Announcement) => ({
  id: `${sequence}`,
  event: topic,
  data: JSON.stringify({ sequence, at: new Date(at).toISOString(), subject, ...(body as object) })
})

/** A `Last-Event-ID` goes on after that number; without one, `from` says where to begin. */
export const follow = Effect.fnUntraced(function*(
  lastEventId: string | undefined,
  from: "beginning" | "now",
  filter?: Filter
) {
  const outbox = yield* Outbox
  if (lastEventId !== undefined && !/^\d{1,15}$/.test(lastEventId)) {
    return yield* ErrorBody.badRequest("Last-Event-ID must be the id of an event seen before")
  }
  const start = lastEventId !== undefined
    ? Number(lastEventId)
    : from === "beginning"
    ? 0
    : yield* outbox.last.pipe(Effect.mapError(() => ErrorBody.unavailable("The database does not answer")))
  // A database that goes away ends the stream; the client comes back with the last id it saw.
  return outbox.follow(start, filter).pipe(Stream.map(encode), Stream.catchCause(() => Stream.empty))
})
