/** The command queues in memory, on the memory store of `effect/persistence`: leases and retries as in production. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as PersistedQueue from "effect/persistence/PersistedQueue"
import * as Schedule from "effect/Schedule"
import type * as Life from "../life/Life.ts"
import {
  type CommandQueue,
  CommandQueues,
  type DeadLetter,
  type Delivery,
  type Envelope,
  envelope as envelopeOf,
  maxAttempts,
  Postponed
} from "../ports/CommandQueue.ts"
import { StoreUnavailable } from "../ports/StoreUnavailable.ts"

const unavailable = (cause: unknown) =>
  new StoreUnavailable({ operation: "CommandQueue", message: "The queue did not answer", cause })

type Handler<W, E> = (envelope: W, delivery: Delivery) => Effect.Effect<void | Postponed, E>

interface Dead {
  readonly letter: DeadLetter
  readonly again: Effect.Effect<void, StoreUnavailable>
}

/** The queues of one program. */
export const layer: Layer.Layer<CommandQueues> = Layer.effect(
  CommandQueues,
  Effect.gen(function*() {
    const factory = yield* PersistedQueue.PersistedQueueFactory
    const dead = new Map<string, Dead>()
    const queues = new Map<string, unknown>()
    let renewed = 0

    const make = Effect.fnUntraced(function*<L extends Life.Any>(life: L) {
      type Wrapped = Envelope<Life.CommandOf<L>>
      const queue = yield* factory.make({
        name: life.name,
        schema: envelopeOf(life),
        maxAttempts,
        retrySchedule: Schedule.spaced("10 millis")
      })
      // What is postponed is offered anew; it keeps its id and the attempts that it had.
      const postponed = new Map<string, { readonly id: string; readonly spent: number }>()
      const offer = (id: string, envelope: Wrapped, delaySeconds: number) =>
        queue.offer(envelope, { id, ...(delaySeconds > 0 ? { delay: `${delaySeconds} seconds` } : {}) }).pipe(
          Effect.mapError(unavailable),
          Effect.asVoid
        )
      const bury = (id: string, envelope: Wrapped, attempts: number, cause: Cause.Cause<unknown>) =>
        Effect.map(Clock.currentTimeMillis, (at) => {
          const letter: DeadLetter = {
            id,
            life: life.name,
            process: envelope.process,
            command: (envelope.command as Life.AnyCommand)._tag,
            attempts,
            reason: String(cause),
            at
          }
          dead.set(id, { letter, again: Effect.suspend(() => offer(`${id}.r${++renewed}`, envelope, 0)) })
        })
      const made: CommandQueue<L> = {
        offer,
        take: <E>(handler: Handler<Wrapped, E>): Effect.Effect<void, E | StoreUnavailable> =>
          queue.take((envelope, { attempts, id: stored }) => {
            const { id, spent } = postponed.get(stored) ?? { id: stored, spent: 0 }
            const attempt = spent + attempts
            const again = ({ seconds }: Postponed) => {
              const fresh = `${id}.p${++renewed}`
              postponed.set(fresh, { id, spent: attempt - 1 })
              return offer(fresh, envelope, seconds)
            }
            /** Settled are also those that are given up; whoever took them hears why. */
            const settle = (
              exit: Exit.Exit<void | Postponed, E>
            ): Effect.Effect<Exit.Exit<void, E>, E | StoreUnavailable> =>
              Exit.isSuccess(exit)
                ? Effect.as(exit.value instanceof Postponed ? again(exit.value) : Effect.void, Exit.void)
                : attempt < maxAttempts || Cause.hasInterruptsOnly(exit.cause)
                ? Effect.failCause(exit.cause)
                : Effect.as(bury(id, envelope, attempt, exit.cause), Exit.failCause(exit.cause))
            return Effect.flatMap(Effect.exit(handler(envelope, { id, attempt })), settle)
          }).pipe(
            Effect.flatMap((exit): Effect.Effect<void, E> => exit),
            Effect.catchTag("PersistedQueueError", (error) => Effect.fail(unavailable(error)))
          )
      }
      return made
    })

    return CommandQueues.of({
      of: <L extends Life.Any>(life: L) =>
        Effect.suspend(() => {
          const known = queues.get(life.name)
          if (known !== undefined) return Effect.succeed(known as CommandQueue<L>)
          return Effect.tap(make(life), (made) => Effect.sync(() => queues.set(life.name, made)))
        }),
      deadLetters: ({ life, limit, process }) =>
        Effect.sync(() =>
          [...dead.values()].map(({ letter }) => letter)
            .filter((one) =>
              (life === undefined || one.life === life) && (process === undefined || one.process === process)
            )
            .slice(0, limit)
        ),
      release: (id) =>
        Effect.suspend(() => {
          const found = dead.get(id)
          if (found === undefined) return Effect.succeed(false)
          dead.delete(id)
          return Effect.as(found.again, true)
        })
    })
  })
).pipe(Layer.provide(PersistedQueue.layer), Layer.provide(PersistedQueue.layerStoreMemory))
