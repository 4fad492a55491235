/** Work that is done again and again for as long as the server lives, whatever becomes of one round. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"

/** What is done how often. */
export interface Options {
  /** What could not be done, for the log: "Failed builds could not be retired". */
  readonly failed: string
  /** Milliseconds between the end of one round and the next one. */
  readonly interval: number
}

/** The round with its failure logged, so that it costs only itself. */
export const surviving = <A, E, R>(failed: string, round: Effect.Effect<A, E, R>): Effect.Effect<void, never, R> =>
  round.pipe(Effect.catchCause((cause) => Effect.logWarning(failed, cause)), Effect.asVoid)

/** Does one round now and others after it, in the background, for as long as the scope lives. */
export const repeating = <A, E, R>(
  { failed, interval }: Options,
  round: Effect.Effect<A, E, R>
): Effect.Effect<void, never, R | Scope.Scope> =>
  surviving(failed, round).pipe(Effect.repeat(Schedule.spaced(interval)), Effect.forkScoped, Effect.asVoid)
