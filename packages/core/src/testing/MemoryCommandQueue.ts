/** The command queue in memory, on the memory store of `effect/persistence`: leases and retries as in production. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PersistedQueue from "effect/persistence/PersistedQueue"
import * as Schedule from "effect/Schedule"
import * as CommandQueue from "../ports/CommandQueue.ts"
import { StoreUnavailable } from "../ports/ProcessStore.ts"

const unavailable = (cause: unknown) =>
  new StoreUnavailable({ operation: "CommandQueue", message: "The queue did not answer", cause })

export const layer: Layer.Layer<CommandQueue.CommandQueue> = Layer.effect(
  CommandQueue.CommandQueue,
  Effect.gen(function*() {
    const queue = yield* PersistedQueue.make({
      name: "module-build",
      schema: CommandQueue.Envelope,
      maxAttempts: CommandQueue.maxAttempts,
      retrySchedule: Schedule.spaced("10 millis")
    })
    const dead = new Map<string, CommandQueue.DeadLetter>()
    let released = 0
    const offer = (id: string, envelope: CommandQueue.Envelope, delaySeconds: number) =>
      queue.offer(envelope, { id, ...(delaySeconds > 0 ? { delay: `${delaySeconds} seconds` } : {}) }).pipe(
        Effect.mapError(unavailable),
        Effect.asVoid
      )
    return CommandQueue.CommandQueue.of({
      offer,
      take: (handler) =>
        queue.take((envelope, { attempts, id }) =>
          handler(envelope, { id, attempt: attempts }).pipe(
            Effect.tapCause((cause) =>
              attempts < CommandQueue.maxAttempts || Cause.hasInterruptsOnly(cause) ?
                Effect.void :
                Effect.map(Clock.currentTimeMillis, (at) => {
                  dead.set(id, { id, envelope, attempts, reason: String(cause), at })
                })
            )
          )
        ).pipe(Effect.catchTag("PersistedQueueError", (error) => Effect.fail(unavailable(error)))),
      deadLetters: (limit) => Effect.sync(() => [...dead.values()].slice(0, limit)),
      release: (id) =>
        Effect.suspend(() => {
          const letter = dead.get(id)
          if (letter === undefined) return Effect.succeed(false)
          dead.delete(id)
          return Effect.as(offer(`${id}.r${++released}`, letter.envelope, 0), true)
        })
    })
  })
).pipe(Layer.provide(PersistedQueue.layer), Layer.provide(PersistedQueue.layerStoreMemory))
