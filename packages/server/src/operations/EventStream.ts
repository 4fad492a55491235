/** Announcements as server-sent events: the id is the sequence number, so that a client can go on where it stopped. */
import * as ErrorBody from "@orch/api/ErrorBody"
import type { Announcement } from "@orch/core/ports/Announcer"
import { type Filter, Outbox } from "@orch/core/ports/Outbox"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

const encode = ({ at, body, sequence, subject, topic }: Announcement) => ({
  id: `${sequence}`,
  event: topic,
  data: JSON.stringify({ sequence, at: new Date(at).toISOString(), subject, ...(body as object) })
})

/** The number after which a stream begins. */
const startOf = Effect.fnUntraced(function*(lastEventId: string | undefined, from: "beginning" | "now") {
  const outbox = yield* Outbox
  if (lastEventId !== undefined && !/^\d{1,15}$/.test(lastEventId)) {
    return yield* ErrorBody.badRequest("Last-Event-ID must be the id of an event seen before")
  }
  return lastEventId !== undefined
    ? Number(lastEventId)
    : from === "beginning"
    ? 0
    : yield* outbox.last.pipe(Effect.mapError(() => ErrorBody.unavailable("The database does not answer")))
})

/**
 * What a client is told that comes back for announcements which were removed meanwhile, before those that are there: the numbers between
 * which it has missed all. Its own number leads to the next one, so that it is told once.
 */
const removed = (at: string, after: number, before: number) => ({
  id: `${before - 1}`,
  event: "announcements.removed",
  data: JSON.stringify({
    sequence: before - 1,
    at,
    subject: "announcements",
    after,
    before
  })
})

/** Numbers have no gaps, so that the next one that is there says what is missing. Who asks for all there are misses nothing. */
const missed = Effect.fnUntraced(function*(lastEventId: string | undefined, start: number) {
  if (lastEventId === undefined || start === 0) return Stream.empty
  const outbox = yield* Outbox
  const unavailable = () => ErrorBody.unavailable("The database does not answer")
  const last = yield* Effect.mapError(outbox.last, unavailable)
  const [next] = yield* Effect.mapError(outbox.after(start, 1), unavailable)
  const before = next?.sequence ?? last + 1
  const at = new Date(yield* Clock.currentTimeMillis).toISOString()
  return before > start + 1 ? Stream.make(removed(at, start, before)) : Stream.empty
})

/** A `Last-Event-ID` goes on after that number; without one, `from` says where to begin. */
export const follow = Effect.fnUntraced(function*(
  lastEventId: string | undefined,
  from: "beginning" | "now",
  filter?: Filter
) {
  const outbox = yield* Outbox
  const start = yield* startOf(lastEventId, from)
  return Stream.concat(yield* missed(lastEventId, start), stream(outbox.follow(start, filter)))
})

/** A database that goes away ends the stream; the client comes back with the last id it saw. */
const stream = <E>(announcements: Stream.Stream<Announcement, E>) =>
  announcements.pipe(Stream.map(encode), Stream.catchCause(() => Stream.empty))

/** Subjects that one stream is about at most. */
const mostSubjects = 50

/** Everything there is from now on, or what is about any of these subjects. */
export const followAll = Effect.fnUntraced(function*(
  lastEventId: string | undefined,
  about: ReadonlyArray<string>
) {
  if (about.length > mostSubjects) {
    return yield* ErrorBody.badRequest(`A stream is about ${mostSubjects} subjects at most`)
  }
  const wrong = about.find((one) => !/^[a-z][a-z-]{0,40}(?:\/[^/\s]{1,200}){0,3}$/.test(one))
  if (wrong !== undefined) {
    return yield* ErrorBody.badRequest(
      `about is a subject such as module-build/42, not ${JSON.stringify(wrong.slice(0, 100))}`
    )
  }
  const [only] = about
  if (only === undefined) return yield* follow(lastEventId, "now")
  if (about.length === 1) return yield* follow(lastEventId, "now", { subject: only })
  const outbox = yield* Outbox
  const start = yield* startOf(lastEventId, "now")
  const found = Stream.filter(
    outbox.follow(start),
    ({ subject }) => about.some((one) => subject === one || subject.startsWith(`${one}/`))
  )
  return Stream.concat(yield* missed(lastEventId, start), stream(found))
})
