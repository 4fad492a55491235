/**
 * The shell around what runs a life's commands: reads the process, has the command performed, applies what came of it.
 *
 * A command runs at least once: it may have run before, in a server that died before it could say so. `perform` therefore
 * looks at the process as it is now and does nothing that is no longer wanted; the ports adopt what an earlier run left. A
 * failure that cannot pass becomes the life's own event for it. One that may pass is told to the process and left to the
 * queue's retries; where the port knows that a system is away, the command waits for it without spending them. Spent retries are a failure
 * that cannot pass, in lives that say so.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Result from "effect/Result"
import * as Waiting from "../farm/Waiting.ts"
import { unkeyed } from "../life/Keyed.ts"
import type * as Life from "../life/Life.ts"
import { type Delivery, type Envelope, maxAttempts, Postponed } from "../ports/CommandQueue.ts"
import type { ProcessStore } from "../ports/ProcessStore.ts"
import type { StoreUnavailable } from "../ports/StoreUnavailable.ts"
import { AwaySystems } from "./AwaySystems.ts"

/** How the ports that a life uses fail: `isRetryable` says whether trying again can help. */
export interface PortError {
  readonly _tag: string
  readonly isRetryable: boolean
  readonly message: string
  /** Which system is away, since when and why, where the port knows. */
  readonly waiting?: Waiting.Waiting | undefined
  /** Which system is away, such as `the gate greenwave.example.org`, where the port knows that and does not know since when. */
  readonly away?: string | undefined
}

/** Does what one command of a life asks, and says what came of it as events without their time. */
export type Perform<L extends Life.Any, E extends PortError> = (
  state: Life.StateOf<L>,
  command: Life.CommandOf<L>,
  delivery: Delivery
) => Effect.Effect<ReadonlyArray<Life.Outcome<Life.EventOf<L>>>, E | StoreUnavailable>

/** Runs one queued command to its end, or postpones it; fails where trying again can help. */
export type Run<L extends Life.Any, E> = (
  envelope: Envelope<Life.CommandOf<L>>,
  delivery: Delivery
) => Effect.Effect<void | Postponed, E | StoreUnavailable>

const delays = Metric.counter("orch_command_delays_total", {
  description: "Attempts of commands that found a system away",
  incremental: true
})

/** Whether the port knows that a system is away, as opposed to a failure of unknown origin. */
export const isAway = ({ away, waiting }: PortError): boolean => waiting !== undefined || away !== undefined

/** What a failed call waits for, where it waited for the same before since then. */
export const waitingFor = (error: PortError, before: Waiting.Waiting | undefined, at: number): Waiting.Waiting => {
  if (error.waiting !== undefined) return error.waiting
  const on = error.away ?? "an answer"
  return { on, since: before?.on === on ? before.since : at, reason: error.message }
}

/** Seconds until a command is tried again whose system has been away for so many milliseconds: from 1 to 5. */
const pause = (away: number): number => Math.min(5, Math.max(1, away / 4000))

/** Puts `perform` into its shell. Events are keyed `DELIVERY/INDEX`, so a command that ran twice is told once. */
export const interpreter = <L extends Life.Any, E extends PortError>(
  store: ProcessStore<L>,
  perform: Perform<L, E>
): Run<L, E> => {
  const { life } = store
  const own: Life.Delays<Life.StateOf<L>, Life.EventOf<L>> | undefined = life.delays

  const apply = (process: number, events: Parameters<typeof store.apply>[1]) =>
    store.apply(process, events).pipe(
      Effect.map(({ changed }) => changed),
      // Somebody moved the process on: what this command found out fits no more.
      Effect.catchTag(["ProcessNotFound", "IllegalTransition"], () => Effect.succeed(false))
    )

  /** Tells the process what its command waits for, which changes nothing where it was told so before. */
  const delay = Effect.fnUntraced(function*(state: Life.StateOf<L>, process: number, tag: string, error: E) {
    const at = yield* Clock.currentTimeMillis
    const waiting = waitingFor(error, own?.of(state, tag), at)
    const told = own === undefined || (yield* apply(process, unkeyed([own.event(tag, waiting, at)])))
    if (!isAway(error)) return yield* Effect.fail(error)
    ;(yield* AwaySystems).tell(waiting, at)
    yield* Metric.update(Metric.withAttributes(delays, { life: life.name, system: waiting.on }), 1)
    if (told) yield* Effect.logWarning(Waiting.describe(waiting))
    return new Postponed(pause(at - waiting.since))
  })

  return Effect.fn("CommandInterpreter.run")(
    function*(
      envelope: Envelope<Life.CommandOf<L>>,
      delivery: Delivery
    ): Effect.fn.Return<void | Postponed, E | StoreUnavailable> {
      const { command, process } = envelope
      const found = yield* store.get(process, envelope.revision).pipe(
        Effect.catchTag("ProcessNotFound", () => Effect.undefined)
      )
      // A process that has gone wants nothing any more.
      if (found === undefined) return
      const tag = (command as Life.AnyCommand)._tag
      const performed = yield* Effect.result(perform(found.state, command, delivery))
      if (Result.isFailure(performed)) {
        const error = performed.failure
        if (error._tag === "StoreUnavailable") return yield* error as StoreUnavailable
        const isLast = life.givesUp === true && delivery.attempt >= maxAttempts && !isAway(error as E)
        if ((error as E).isRetryable && !isLast) return yield* delay(found.state, process, tag, error as E)
      }
      const outcomes: ReadonlyArray<object> = Result.isSuccess(performed)
        ? performed.success
        : [life.rejected(tag, performed.failure.message, 0, command)]
      const at = yield* Clock.currentTimeMillis
      const events = outcomes.map((outcome, index) => ({
        event: { ...outcome, at } as Life.EventOf<L>,
        key: `${delivery.id}/${index}`
      }))
      // Whichever server told it to wait: it does not any more.
      const goesOn = own === undefined ? [] : unkeyed([own.event(tag, undefined, at)])
      if (goesOn.length + events.length > 0) yield* apply(process, [...goesOn, ...events])
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
