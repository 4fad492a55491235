/**
 * How many rows fit a filter, without counting everything for each page.
 *
 * Up to some ten thousands are counted, and the number is right. Of more, the first answer is what the database's statistics say, at
 * least as much as was seen; the exact number is counted meanwhile and is answered from then on, for a time that grows with it.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"

/** How many there are. */
export interface Total {
  readonly total: number
  /** Whether that many were counted, lately. */
  readonly isExact: boolean
}

/** How somebody's rows are counted. */
export interface Counting<E, R> {
  /** Counts no further than `most`, where that is given. */
  readonly count: (most: number | undefined) => Effect.Effect<number, E, R>
  /** What statistics say. */
  readonly estimate: Effect.Effect<number, E, R>
}

/** So many are counted at once. */
export const counted = 20_000
/** Milliseconds for each row that was counted: twenty seconds for two millions; and at least, where there are so many. */
const holdsPerRow = 0.01
const [holds, many] = [2000, 1000]
/** For how long a first answer waits for the exact number. */
const patience = "50 millis"
/** Filters whose numbers are kept. */
const kept = 200

interface Known {
  readonly total: number
  readonly until: number
}

/** Answers the number that is known of a filter, counts, or estimates. One for each list. */
export const make = () => {
  const known = new Map<string, Known>()
  const counting = new Map<string, Fiber.Fiber<number, unknown>>()
  const keep = (key: string, total: number) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      known.delete(key)
      known.set(key, { total, until: now + Math.max(total < many ? 0 : holds, total * holdsPerRow) })
      if (known.size > kept) known.delete(known.keys().next().value ?? "")
      return total
    })

  /** Counts all in the background, once at a time. */
  const begin = <E, R>(key: string, { count }: Counting<E, R>) =>
    Effect.gen(function*() {
      const running = counting.get(key)
      if (running !== undefined) return running
      const fiber = yield* count(undefined).pipe(
        Effect.flatMap((total) => keep(key, total)),
        Effect.ensuring(Effect.sync(() => counting.delete(key))),
        Effect.forkDetach
      )
      counting.set(key, fiber)
      return fiber as Fiber.Fiber<number, unknown>
    })

  return <E, R>(filter: unknown, of: Counting<E, R>): Effect.Effect<Total, E, R> =>
    Effect.gen(function*() {
      const key = JSON.stringify(filter)
      const found = known.get(key)
      if (found !== undefined && (yield* Clock.currentTimeMillis) < found.until) {
        return { total: found.total, isExact: true }
      }
      if (found !== undefined && found.total > counted) {
        yield* begin(key, of)
        return { total: found.total, isExact: true }
      }
      const few = yield* of.count(counted + 1)
      if (few <= counted) return { total: yield* keep(key, few), isExact: true }
      const exact = yield* Effect.timeoutOption(Effect.exit(Fiber.join(yield* begin(key, of))), patience)
      if (Option.isSome(exact) && Exit.isSuccess(exact.value)) return { total: exact.value.value, isExact: true }
      return { total: Math.max(few, yield* of.estimate), isExact: false }
    })
}

/** A total that agrees with a page: at least what was shown, and all there is where the page is not full. */
export const agreeing = (
  { isExact, total }: Total,
  page: { readonly offset: number; readonly limit: number; readonly shown: number }
): number => {
  if (isExact || page.limit === 0) return total
  const seen = page.offset + page.shown
  if (page.shown === page.limit) return Math.max(total, seen + 1)
  return page.shown > 0 || page.offset === 0 ? seen : Math.min(total, page.offset)
}
