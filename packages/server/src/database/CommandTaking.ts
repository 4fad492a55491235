/**
 * Takes commands of one queue for those who wait for one in this server: as many at a time as wait.
 *
 * Whoever queues a command, here or in another server, says so; without that, the queue is looked at each `pollInterval`.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Metric from "effect/Metric"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { randomUUID } from "node:crypto"
import type { CommandLeases, Held } from "./CommandLeases.ts"
import type { Interface as Notifier } from "./Notifier.ts"
import type * as QueueStatements from "./QueueStatements.ts"

export interface Options {
  readonly name: string
  readonly maxAttempts: number
  readonly pollInterval: Duration.Input
  /** Between two looks for commands whose last attempt died with its server. */
  readonly renewal: Duration.Input
}

/** Commands that somebody had taken who did not come back in time. */
export const lost = Metric.counter("orch_leases_lost_total", {
  description: "Commands taken over from a process that did not come back",
  incremental: true
})

/** The topic under which is told that a queue has commands. */
export const topic = (queue: string): string => `queue/${queue}`

/** The next command, once there is one. Takes commands for as long as the scope lives; those that nobody got are given back. */
export const make = (
  statements: ReturnType<typeof QueueStatements.make>,
  leases: CommandLeases,
  notifier: Notifier,
  { maxAttempts, name, pollInterval, renewal }: Options
): Effect.Effect<Effect.Effect<Held>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const handed = yield* Queue.make<Held>()
    const news = Latch.makeUnsafe(false)
    const wanted = Latch.makeUnsafe(false)
    const consumed = Latch.makeUnsafe(false)
    let waiting = 0

    yield* Stream.runForEach(notifier.notifications(topic(name)), (origin) =>
      Effect.suspend(() => {
        news.openUnsafe()
        // Where all hands are busy here, there may be free ones elsewhere.
        return origin === "here" && waiting === 0 ? notifier.tell(topic(name)) : Effect.void
      })).pipe(Effect.forkScoped)
    yield* statements.giveUp(name, maxAttempts).pipe(
      Effect.catchCause((cause) => Effect.logWarning("Spent commands could not be given up yet", cause)),
      Effect.repeat(Schedule.spaced(renewal)),
      Effect.forkScoped
    )
    yield* Effect.addFinalizer(() =>
      Effect.flatMap(
        Queue.clear(handed),
        (left) => Effect.forEach(left, (one) => leases.settle(one, { outcome: "released" }), { concurrency: 16 })
      )
    )

    const take = Effect.fnUntraced(function*(size: number) {
      news.closeUnsafe()
      const lock = randomUUID()
      const taken = yield* statements.take(name, maxAttempts, size, lock)
      yield* Metric.update(lost, taken.filter(({ lost }) => lost).length)
      if (taken.length === 0) return yield* Effect.race(Effect.sleep(pollInterval), news.await)
      // There may be more than there are hands in this server.
      if (taken.length === size) yield* notifier.tell(topic(name))
      consumed.closeUnsafe()
      const held = taken.map((one): Held => ({ ...one, lock }))
      for (const one of held) leases.hold(one)
      yield* Queue.offerAll(handed, held)
      return yield* consumed.await
    })
    yield* wanted.await.pipe(
      // Those who are about to wait are counted.
      Effect.andThen(Effect.yieldNow),
      Effect.andThen(Effect.suspend(() => waiting === 0 ? Effect.void : take(waiting))),
      Effect.forever,
      Effect.tapCause((cause) => Effect.logWarning("Commands could not be taken from their queue yet", cause)),
      Effect.sandbox,
      Effect.retry(Schedule.spaced("500 millis")),
      Effect.forkScoped
    )

    return Effect.suspend(() => {
      waiting++
      wanted.openUnsafe()
      return Effect.onExit(Queue.take(handed), () =>
        Effect.sync(() => {
          waiting--
          if (waiting === 0) wanted.closeUnsafe()
          if (waiting === 0 || Queue.sizeUnsafe(handed) === 0) consumed.openUnsafe()
        }))
    })
  })
