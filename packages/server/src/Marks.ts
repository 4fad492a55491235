/**
 * Places of rows in long lists, so that a page in the middle is found without going over all that lies before it.
 *
 * Whoever asks for such a page first has it looked for as ever. Meanwhile every two-thousandth row of the list is learnt in the background,
 * and from then on a page begins at the nearest of them. What was learnt is learnt again while somebody asks, so that pages are those of
 * the list as it was some seconds ago, as its total is (see `Totals`).
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** A row of a list: how many lie before it, and what it is found by. */
export interface Mark<K> {
  readonly before: number
  readonly key: K
}

/** Rows between two marks. */
export const apart = 2048
/** Rows that are gone over sooner than anything is learnt. */
export const near = 4096
/** Milliseconds after which marks are learnt anew, and from which they are not used any more. */
const [fresh, old] = [20_000, 60_000]
/** Lists whose marks are kept, each some hundred kilobytes for millions of rows. */
const kept = 50

interface Known<K> {
  readonly marks: ReadonlyArray<Mark<K>>
  readonly at: number
}

/** The last mark that is not behind a place; marks are in the order of their places. */
const nearest = <K>(marks: ReadonlyArray<Mark<K>>, offset: number): Mark<K> | undefined =>
  marks.findLast(({ before }) => before <= offset)

/**
 * Answers where to begin for a page that `offset` rows lie before; `undefined` where it begins at the start. `list` tells lists from each
 * other, with filter and order; `learn` goes through the whole list, and may fail. One for each kind of list.
 */
export const make = <K>() => {
  const known = new Map<string, Known<K>>()
  const learning = new Set<string>()

  const begin = <E, R>(key: string, learn: Effect.Effect<ReadonlyArray<Mark<K>>, E, R>) => {
    if (learning.has(key)) return Effect.void
    learning.add(key)
    return Effect.gen(function*() {
      const at = yield* Clock.currentTimeMillis
      const marks = yield* learn
      known.delete(key)
      known.set(key, { marks, at })
      if (known.size > kept) known.delete(known.keys().next().value ?? "")
    }).pipe(
      Effect.catchCause((cause) => Effect.logDebug("Places in a list could not be learnt", cause)),
      Effect.ensuring(Effect.sync(() => learning.delete(key))),
      Effect.forkDetach
    )
  }

  return <E, R>(
    list: unknown,
    offset: number,
    learn: Effect.Effect<ReadonlyArray<Mark<K>>, E, R>
  ): Effect.Effect<Mark<K> | undefined, never, R> =>
    Effect.gen(function*() {
      const key = JSON.stringify(list)
      const found = known.get(key)
      const age = found === undefined ? old : (yield* Clock.currentTimeMillis) - found.at
      if (age >= fresh) yield* begin(key, learn)
      return found === undefined || age >= old ? undefined : nearest(found.marks, offset)
    })
}
