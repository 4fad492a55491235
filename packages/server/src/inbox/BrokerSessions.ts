/** Listening to brokers: one session each, begun anew whenever it ends. A message is acknowledged when the inbox has it. */
import { AwaySystems } from "@orch/core/engine/AwaySystems"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { BusFailure, failure } from "../announcing/BusConnection.ts"
import * as AmqpSession from "./AmqpSession.ts"
import { type Arrived, Inbox } from "./Inbox.ts"
import type { InboxSource } from "./InboxSource.ts"
import * as MqttSession from "./MqttSession.ts"
import type { Told } from "./SessionEvents.ts"

/** How listening to a broker goes in this server process. Milliseconds since the epoch. */
export interface SessionState {
  readonly source: InboxSource
  /** When the session began, or when it was lost. */
  readonly since: number
  /** Why there is none; `undefined` while there is one. */
  readonly reason: string | undefined
}

/** The sessions of this server process. */
export class BrokerSessions extends Context.Service<BrokerSessions, {
  readonly states: Effect.Effect<ReadonlyArray<SessionState>>
}>()("@orch/server/inbox/BrokerSessions") {}

export interface Options {
  readonly sources: ReadonlyArray<InboxSource>
  /** Milliseconds that connecting may take; 15,000 unless told. */
  readonly timeoutMillis?: number
  /** Milliseconds between two attempts; 5,000 unless told, and less than 25,000 so that `/health` says so all the time. */
  readonly pauseMillis?: number
}

/** Listens for as long as the layer lives. */
export const layer = (options: Options): Layer.Layer<BrokerSessions, never, Inbox> =>
  Layer.effect(
    BrokerSessions,
    Effect.gen(function*() {
      const inbox = yield* Inbox
      const { pauseMillis = 5000, sources, timeoutMillis = 15_000 } = options
      const states = new Map<string, SessionState>()
      const services = yield* Effect.context<never>()

      const listen = Effect.fnUntraced(function*(source: InboxSource) {
        const away = Effect.fnUntraced(function*(reason: string) {
          const now = yield* Clock.currentTimeMillis
          const before = states.get(source.id)
          const since = before?.reason === undefined ? now : before.since
          states.set(source.id, { source, since, reason })
          ;(yield* AwaySystems).tell({ on: `broker ${source.id}`, since, reason }, now)
        })
        yield* away("it has not answered yet")
        // The broker keeps what comes while the database is away.
        const take = (arrived: ReadonlyArray<Arrived>) =>
          inbox.receive(source, arrived).pipe(
            Effect.tapError((error: StoreUnavailable) => Effect.logWarning("Messages could not be kept yet", error)),
            Effect.retry(Schedule.spaced("2 seconds")),
            Effect.orDie
          )
        const session = Effect.tryPromise({
          try: (signal) => {
            const told: Told = {
              signal,
              take: (arrived) => Effect.runPromiseWith(services)(take(arrived), { signal }),
              begun: () => states.set(source.id, { source, since: Date.now(), reason: undefined })
            }
            return source.protocol === "amqp"
              ? AmqpSession.run(source, timeoutMillis, told)
              : MqttSession.run(source, timeoutMillis, told)
          },
          catch: (cause) => failure(source.url, cause)
        })
        yield* session.pipe(
          Effect.andThen(Effect.fail(new BusFailure("the broker ended the session"))),
          Effect.catch((error) =>
            Effect.andThen(
              away(error.message),
              Effect.logWarning("A message broker is not listened to, it will be tried again").pipe(
                Effect.annotateLogs({ broker: source.id, reason: error.message })
              )
            )
          ),
          Effect.andThen(Effect.sleep(pauseMillis)),
          Effect.forever
        )
      })
      for (const source of sources) yield* Effect.forkScoped(listen(source))
      return { states: Effect.sync(() => [...states.values()]) }
    })
  )
