/**
 * The newest announcements, read once for all who follow them.
 *
 * Hundreds may follow the stream; each new announcement is read from the database once and handed to all from memory. Whoever is
 * further behind reads pages, a few at a time and each once for all who want it just then, so that catching up never takes the
 * connections that requests need.
 */
import type { Announcement } from "@orch/core/ports/Announcer"
import type { Filter } from "@orch/core/ports/Outbox"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as SharedReads from "../SharedReads.ts"

/** Announcements kept in memory. */
const kept = 2000
/** Between two looks at what is new, so that one look takes what several changes have told. */
const gathering = "5 millis"
/** Readers that page through the past at the same time. */
const readers = 2

/** How the tail reads. */
export interface Options {
  /** Announcements after a number, at most so many. */
  readonly read: (
    sequence: number,
    limit: number,
    subject: string | undefined
  ) => Effect.Effect<ReadonlyArray<Announcement>, StoreUnavailable>
  readonly last: Effect.Effect<number, StoreUnavailable>
  /** An element whenever there may be news. */
  readonly news: Stream.Stream<unknown>
  readonly page: number
}

/** Follows from a number on, what is there and what is to come. */
export type Follow = (sequence: number, filter?: Filter) => Stream.Stream<Announcement, StoreUnavailable>

const concerns = ({ subject }: Announcement, filter: Filter | undefined): boolean =>
  filter?.subject === undefined || subject === filter.subject || subject.startsWith(`${filter.subject}/`)

/** One tail for this server; it reads only while somebody follows. */
export const make = (
  { last, news, page, read }: Options
): Effect.Effect<Follow, never, Scope.Scope> =>
  Effect.gen(function*() {
    const moved = yield* PubSub.sliding<void>(1)
    const permits = yield* Semaphore.make(readers)
    const shared = SharedReads.make<ReadonlyArray<Announcement>, StoreUnavailable>()
    let recent: Array<Announcement> = []
    /** Everything after `from` and up to `upTo` is in `recent`. */
    let from: number | undefined
    let upTo = 0
    let followers = 0

    const catchUp = Effect.gen(function*() {
      if (followers === 0) {
        // What comes while nobody follows is not read, so what is kept would have gaps.
        from = undefined
        recent = []
        return
      }
      if (from === undefined) {
        from = upTo = yield* last
        return
      }
      for (;;) {
        const found = yield* read(upTo, page, undefined)
        if (found.length === 0) return
        upTo = found.at(-1)!.sequence
        recent = [...recent, ...found]
        if (recent.length > kept) {
          recent = recent.slice(-kept)
          from = recent[0]!.sequence - 1
        }
        if (found.length < page) return
      }
    })

    const turns = yield* Semaphore.make(1)
    const refresh = turns.withPermit(catchUp)

    yield* Stream.merge(news, Stream.fromSchedule(Schedule.spaced("5 seconds"))).pipe(
      Stream.buffer({ capacity: 1, strategy: "sliding" }),
      Stream.runForEach(() =>
        Effect.andThen(refresh, PubSub.publish(moved, undefined)).pipe(
          Effect.catch((error) => Effect.logWarning("New announcements could not be read yet", error)),
          Effect.andThen(Effect.sleep(gathering))
        )
      ),
      Effect.forkScoped
    )

    return (sequence, filter) => {
      let seen = sequence
      const step = Effect.suspend(
        (): Effect.Effect<readonly [ReadonlyArray<Announcement>, Option.Option<void>], StoreUnavailable> => {
          if (from !== undefined && seen >= from) {
            const found = recent.filter((one) => one.sequence > seen && concerns(one, filter))
            seen = Math.max(seen, upTo)
            return Effect.succeed([found, Option.none()])
          }
          const horizon = upTo
          const begin = seen
          const subject = filter?.subject
          // Many come back at the same moment to the same place, as after a restart of the server.
          const pageThere = shared(`${begin} ${subject ?? ""}`, permits.withPermit(read(begin, page, subject)))
          return Effect.map(pageThere, (found) => {
            const isFull = found.length === page
            seen = isFull ? found.at(-1)!.sequence : Math.max(seen, found.at(-1)?.sequence ?? 0, horizon)
            // What became known meanwhile is in memory, or is read with the next page.
            return [found, isFull || (from !== undefined && seen < from) ? Option.some(undefined) : Option.none()]
          })
        }
      )
      const rest = Stream.paginate<void, Announcement, StoreUnavailable, never>(undefined, () => step)
      return Stream.unwrap(Effect.gen(function*() {
        followers++
        yield* Effect.addFinalizer(() => Effect.sync(() => void followers--))
        const wakes = yield* PubSub.subscribe(moved)
        yield* refresh
        return Stream.concat(Stream.succeed<void>(undefined), Stream.fromSubscription(wakes)).pipe(
          Stream.flatMap(() => rest)
        )
      }))
    }
  })
