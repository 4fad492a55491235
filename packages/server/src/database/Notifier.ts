/**
 * Tells the fibers of this process, and of every other on the same database, that something is there to be looked at.
 *
 * A notification is a hint: who waits for one must also look by itself from time to time.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"

export interface Interface {
  /** Wakes those who wait for `topic` in this process. */
  readonly wake: (topic: string) => Effect.Effect<void>
  /** Wakes those who wait for `topic`, here at once and elsewhere soon, by way of the database. */
  readonly notify: (topic: string) => Effect.Effect<void>
  /** An element for each notification of `topic` from now on; bursts may come as one. */
  readonly notifications: (topic: string) => Stream.Stream<void>
}

export class Notifier extends Context.Service<Notifier, Interface>()("@orch/server/database/Notifier") {}

const channel = "orch"

/** What is said within this time is said once: a NOTIFY is a commit that waits for all others that notify. */
const gathering = "20 millis"

/** The embedded database has one process and one session, so nobody else has to be told. */
export const layer = (kind: "Server" | "Embedded"): Layer.Layer<Notifier, never, PgClient.PgClient> =>
  Layer.effect(
    Notifier,
    Effect.gen(function*() {
      const client = yield* PgClient.PgClient
      const topics = yield* PubSub.sliding<string>(256)
      const here = (topic: string) => Effect.asVoid(PubSub.publish(topics, topic))
      if (kind === "Server") {
        yield* Effect.scoped(Effect.gen(function*() {
          const queue = yield* client.listen(channel)
          // What was said while nobody listened is lost: everybody looks once.
          yield* here("*")
          return yield* Effect.forever(Effect.flatMap(Queue.take(queue), ({ payload }) => here(payload ?? "*")))
        })).pipe(
          Effect.catchCause((cause) => Effect.logWarning("Listening to the database ended, starting again", cause)),
          Effect.repeat(Schedule.spaced("2 seconds")),
          Effect.forkScoped
        )
      }
      const unsaid = new Set<string>()
      const pending = Latch.makeUnsafe(false)
      if (kind === "Server") {
        yield* Effect.gen(function*() {
          yield* pending.await
          pending.closeUnsafe()
          const said = [...unsaid]
          unsaid.clear()
          yield* Effect.forEach(said, (topic) => Effect.ignore(client.notify(channel, topic)), { discard: true })
          yield* Effect.sleep(gathering)
        }).pipe(Effect.forever, Effect.forkScoped)
      }
      return {
        wake: here,
        notify: (topic) =>
          Effect.andThen(
            here(topic),
            Effect.sync(() => {
              unsaid.add(topic)
              pending.openUnsafe()
            })
          ),
        notifications: (topic) =>
          Stream.fromPubSub(topics).pipe(
            Stream.filter((one) => one === topic || one === "*"),
            Stream.map(() => undefined)
          )
      }
    })
  )
