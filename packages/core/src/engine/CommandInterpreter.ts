/**
 * The shell around what runs a life's commands: reads the process, has the command performed, applies what came of it.
 *
 * A command runs at least once: it may have run before, in a server that died before it could say so. `perform` therefore
 * looks at the process as it is now and does nothing that is no longer wanted; the ports adopt what an earlier run left. A
 * failure that may pass is left to the queue's retries; one that cannot becomes the life's own event for it.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Life from "../life/Life.ts"
import type { Delivery, Envelope } from "../ports/CommandQueue.ts"
import type { ProcessStore } from "../ports/ProcessStore.ts"
import type { StoreUnavailable } from "../ports/StoreUnavailable.ts"

/** How the ports that a life uses fail: `isRetryable` says whether trying again can help. */
export interface PortError {
  readonly _tag: string
  readonly isRetryable: boolean
  readonly message: string
}

/** Does what one command of a life asks, and says what came of it as events without their time. */
export type Perform<L extends Life.Any, E extends PortError> = (
  state: Life.StateOf<L>,
  command: Life.CommandOf<L>
) => Effect.Effect<ReadonlyArray<Life.Outcome<Life.EventOf<L>>>, E | StoreUnavailable>

/** Runs one queued command to its end; fails where trying again can help. */
export type Run<L extends Life.Any, E> = (
  envelope: Envelope<Life.CommandOf<L>>,
  delivery: Delivery
) => Effect.Effect<void, E | StoreUnavailable>

/** Puts `perform` into its shell. Events are keyed `DELIVERY/INDEX`, so a command that ran twice is told once. */
export const interpreter = <L extends Life.Any, E extends PortError>(
  store: ProcessStore<L>,
  perform: Perform<L, E>
): Run<L, E> => {
  const { life } = store
  const isFinal = (error: E | StoreUnavailable): boolean =>
    error._tag !== "StoreUnavailable" && !(error as E).isRetryable
  return Effect.fn("CommandInterpreter.run")(
    function*(envelope: Envelope<Life.CommandOf<L>>, delivery: Delivery): Effect.fn.Return<void, E | StoreUnavailable> {
      const found = yield* store.get(envelope.process, envelope.revision).pipe(
        Effect.catchTag("ProcessNotFound", () => Effect.undefined)
      )
      // A process that has gone wants nothing any more.
      if (found === undefined) return
      const tag = (envelope.command as Life.AnyCommand)._tag
      const outcomes = yield* perform(found.state, envelope.command).pipe(
        Effect.map((events): ReadonlyArray<object> => events),
        Effect.catchIf(isFinal, (error) => Effect.succeed([life.rejected(tag, error.message, 0)]))
      )
      if (outcomes.length === 0) return
      const at = yield* Clock.currentTimeMillis
      const events = outcomes.map((outcome, index) => ({
        event: { ...outcome, at } as Life.EventOf<L>,
        key: `${delivery.id}/${index}`
      }))
      yield* store.apply(envelope.process, events).pipe(
        // Somebody moved the process on: what this command found out fits no more.
        Effect.catchTag(["ProcessNotFound", "IllegalTransition"], () => Effect.void)
      )
    },
    (effect, envelope, delivery) =>
      Effect.annotateLogs(effect, {
        life: life.name,
        process: envelope.process,
        command: (envelope.command as Life.AnyCommand)._tag,
        attempt: delivery.attempt
      })
  )
}
