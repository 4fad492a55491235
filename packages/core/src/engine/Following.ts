/**
 * Lets processes of one life hear of others by their announcements, each exactly once.
 *
 * An announcement is heard at least once, from a cursor in the outbox that survives this server. What follows from it is
 * applied under the key `announcement/SEQUENCE`, so hearing it again changes nothing.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as Life from "../life/Life.ts"
import type { Announcement } from "../ports/Announcer.ts"
import { Outbox } from "../ports/Outbox.ts"
import type { ProcessStore } from "../ports/ProcessStore.ts"
import type { StoreUnavailable } from "../ports/StoreUnavailable.ts"
import * as Upkeep from "./Upkeep.ts"

/** Who hears what. */
export interface Following<L extends Life.Any> {
  /** Names the cursor in the outbox; never used for anything else. */
  readonly name: string
  readonly store: ProcessStore<L>
  /** Which processes an announcement concerns, and what it means to each; none for most announcements. */
  readonly of: (announcement: Announcement) => Effect.Effect<
    ReadonlyArray<{ readonly process: number; readonly event: Life.Outcome<Life.EventOf<L>> }>,
    StoreUnavailable
  >
}

/** Announcements looked at before the cursor's lease is renewed. */
const batch = 200

/** Applies what one announcement means. A process that has gone, or that refuses the news, does not hold up the others. */
export const hear = <L extends Life.Any>(
  { of, store }: Following<L>,
  announcement: Announcement
): Effect.Effect<void, StoreUnavailable> =>
  Effect.gen(function*() {
    const news = yield* of(announcement)
    if (news.length === 0) return
    const at = yield* Clock.currentTimeMillis
    const byProcess = Map.groupBy(news, ({ process }) => process)
    yield* Effect.forEach(byProcess, ([process, some]) => {
      const events = some.map(({ event }, index) => ({
        event: { ...(event as object), at } as Life.EventOf<L>,
        key: `announcement/${announcement.sequence}${index === 0 ? "" : `/${index}`}`
      }))
      return store.apply(process, events).pipe(
        Effect.catchTag(["IllegalTransition", "ProcessNotFound"], () => Effect.void)
      )
    }, { concurrency: 4, discard: true })
  })

/** Calls `told` whenever something was announced, on whichever server, for as long as the scope lives; some may be missed while the storage is away. */
export const whenever = (told: () => void): Effect.Effect<void, never, Outbox | Scope.Scope> =>
  Effect.gen(function*() {
    const outbox = yield* Outbox
    yield* Effect.flatMap(
      outbox.last,
      (last) => Stream.runForEach(outbox.follow(last), () => Effect.sync(told))
    ).pipe(
      Effect.tapCause((cause) => Effect.logWarning("New announcements are not seen at once", cause)),
      Effect.retry(Schedule.spaced("2 seconds")),
      Effect.forkScoped
    )
  })

/**
 * Has every announcement heard, at least once and in order, for as long as the scope lives; several servers share the work, one at a
 * time. One that could not be heard is heard again a second later. `name` is that of the cursor.
 */
export const listen = <E>(
  name: string,
  hear: (announcement: Announcement) => Effect.Effect<void, E>
): Effect.Effect<void, never, Outbox | Scope.Scope> =>
  Effect.gen(function*() {
    const outbox = yield* Outbox
    const wake = Latch.makeUnsafe(false)
    yield* whenever(() => wake.openUnsafe())
    const once = Effect.gen(function*() {
      wake.closeUnsafe()
      const heard = yield* outbox.serve(`following/${name}`, batch, hear)
      if (heard === 0) yield* Effect.race(wake.await, Effect.sleep("5 seconds"))
    })
    yield* Upkeep.repeating(
      { failed: `${name} could not follow the announcements`, interval: 0 },
      Effect.tapCause(once, () => Effect.sleep("1 second"))
    )
  })

/** Applies what announcements mean, for as long as the scope lives. */
export const follow = <L extends Life.Any>(following: Following<L>): Effect.Effect<void, never, Outbox | Scope.Scope> =>
  listen(following.name, (announcement) => hear(following, announcement))
