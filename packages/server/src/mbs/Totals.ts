/**
 * How many rows fit a filter. Counting takes longer the more there are, so that a number is good for a while that grows with it: for
 * no time to speak of where there are some hundreds, for twenty seconds where there are two millions.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Milliseconds for each row that was counted. */
const holdsPerRow = 0.01
/** Filters whose numbers are kept. */
const kept = 200

/** Answers the number that is known of a filter, or counts. */
export const make = () => {
  const known = new Map<string, { readonly total: number; readonly until: number }>()
  return <E, R>(
    filter: unknown,
    count: Effect.Effect<ReadonlyArray<{ readonly total: bigint }>, E, R>
  ): Effect.Effect<number, E, R> =>
    Effect.gen(function*() {
      const key = JSON.stringify(filter)
      const now = yield* Clock.currentTimeMillis
      const found = known.get(key)
      if (found !== undefined && now < found.until) return found.total
      const total = Number((yield* count)[0]?.total ?? 0)
      known.delete(key)
      known.set(key, { total, until: (yield* Clock.currentTimeMillis) + total * holdsPerRow })
      if (known.size > kept) known.delete(known.keys().next().value ?? "")
      return total
    })
}
