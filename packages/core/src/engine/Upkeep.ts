/** Work that is done again and again for as long as the server lives, whatever becomes of one round. */
import * as Clock from "effect/Clock"
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

/** How many times as long as a look took nothing is looked for after it, and milliseconds of that at the most. */
const rest = 50
const longestRest = 60_000

/**
 * A look for work that costs the more the more there is altogether: after one that found nothing (`nothing` is what it answers then),
 * it is left out for fifty times as long as it took, for a minute at the most, and answers `nothing`. So it takes at most a fiftieth of
 * a processor, and is done at every round where there is little to look through.
 */
export const sparing = <A, E, R>(
  look: Effect.Effect<A, E, R>,
  nothing: A,
  isNothing: (found: A) => boolean
): Effect.Effect<A, E, R> => {
  let until = 0
  return Effect.gen(function*() {
    const began = yield* Clock.currentTimeMillis
    if (began < until) return nothing
    const found = yield* look
    const ended = yield* Clock.currentTimeMillis
    until = isNothing(found) ? ended + Math.min(longestRest, rest * (ended - began)) : 0
    return found
  })
}
