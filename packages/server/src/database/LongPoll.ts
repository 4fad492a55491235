/** Waiting for something that others may bring: with a look whenever they say so, and now and then by itself, since what they say is a hint. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Stream from "effect/Stream"
import type { Notifier } from "./Notifier.ts"

/** Milliseconds after which somebody who waits looks without being told. */
const lookMillis = 5_000

/** What `look` finds, at once or within `wait` milliseconds; `undefined` when that is nothing. It looks whenever `topic` is told of. */
export const within = <A, E, R>(
  notifier: Notifier["Service"],
  topic: string,
  wait: number,
  look: Effect.Effect<A | undefined, E, R>
): Effect.Effect<A | undefined, E, R> =>
  Effect.flatMap(
    look,
    (found) =>
      found !== undefined || wait <= 0 ? Effect.succeed(found) : Effect.scoped(Effect.gen(function*() {
        const wake = Latch.makeUnsafe(true)
        yield* Effect.forkScoped(
          Stream.runForEach(notifier.notifications(topic), () => Effect.sync(() => wake.openUnsafe())),
          { startImmediately: true }
        )
        const until = (yield* Clock.currentTimeMillis) + wait
        for (;;) {
          wake.closeUnsafe()
          const task = yield* look
          const left = until - (yield* Clock.currentTimeMillis)
          if (task !== undefined || left <= 0) return task
          yield* Effect.race(wake.await, Effect.sleep(Math.min(left, lookMillis)))
        }
      }))
  )
