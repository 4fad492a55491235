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
import { randomUUID } from "node:crypto"

/** Who said that something is there: a fiber of this process, or another process. */
export type Origin = "here" | "elsewhere"

export interface Interface {
  /** Wakes those who wait for `topic` in this process. */
  readonly wake: (topic: string) => Effect.Effect<void>
  /** Wakes those who wait for `topic` in other processes soon, by way of the database. */
  readonly tell: (topic: string) => Effect.Effect<void>
  /** Both. */
  readonly notify: (topic: string) => Effect.Effect<void>
  /** An element for each notification of `topic` from now on; bursts may come as one. */
  readonly notifications: (topic: string) => Stream.Stream<Origin>
}

export class Notifier extends Context.Service<Notifier, Interface>()("@orch/server/database/Notifier") {}

const channel = "orch"

/** What is said within this time is said once: a NOTIFY is a commit that waits for all others that notify. */
const gathering = "20 millis"

/** Stands for every topic. */
const everything = "*"

interface Said {
  readonly topic: string
  readonly origin: Origin
}

/** The embedded database has one process and one session, so nobody else has to be told. */
export const layer = (kind: "Server" | "Embedded"): Layer.Layer<Notifier, never, PgClient.PgClient> =>
  Layer.effect(
    Notifier,
    Effect.gen(function*() {
      const client = yield* PgClient.PgClient
      const topics = yield* PubSub.sliding<Said>(256)
      const say = (topic: string, origin: Origin) => Effect.asVoid(PubSub.publish(topics, { topic, origin }))
      const wake = (topic: string) => say(topic, "here")
      const notifications: Interface["notifications"] = (topic) =>
        Stream.fromPubSub(topics).pipe(
          Stream.filter((one) => one.topic === topic || one.topic === everything),
          Stream.map(({ origin }) => origin)
        )
      if (kind === "Embedded") return { wake, tell: () => Effect.void, notify: wake, notifications }

      // A process hears what it says itself, too, which it knows already.
      const own = `${randomUUID()} `
      yield* Effect.scoped(Effect.gen(function*() {
        const queue = yield* client.listen(channel)
        // What was said while nobody listened is lost: everybody looks once.
        yield* say(everything, "elsewhere")
        return yield* Effect.forever(Effect.flatMap(Queue.take(queue), ({ payload = everything }) =>
          payload.startsWith(own) ? Effect.void : say(payload.slice(payload.indexOf(" ") + 1), "elsewhere")))
      })).pipe(
        Effect.catchCause((cause) =>
          Effect.logWarning("Listening to the database ended, starting again", cause)
        ),
        Effect.repeat(Schedule.spaced("2 seconds")),
        Effect.forkScoped
      )
      const unsaid = new Set<string>()
      const pending = Latch.makeUnsafe(false)
      yield* Effect.gen(function*() {
        yield* pending.await
        pending.closeUnsafe()
        const said = JSON.stringify([...unsaid].map((topic) => own + topic))
        unsaid.clear()
        yield* Effect.ignore(
          // A hint need not be on disk before anybody hears it.
          client`
            SELECT pg_notify(${channel}, value) FROM jsonb_array_elements_text(${said}::text::jsonb)
            WHERE (SELECT set_config('synchronous_commit', 'off', true)) = 'off'`
        )
        yield* Effect.sleep(gathering)
      }).pipe(Effect.forever, Effect.forkScoped)
      const tell = (topic: string) =>
        Effect.sync(() => {
          unsaid.add(topic)
          pending.openUnsafe()
        })
      return { wake, tell, notify: (topic) => Effect.andThen(wake(topic), tell(topic)), notifications }
    })
  )
