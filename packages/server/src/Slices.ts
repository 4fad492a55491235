/** Long lists in pieces, so that others have their turn between two of them: no request waits for longer than one piece takes. */
import * as Effect from "effect/Effect"

/** What takes a few milliseconds. */
const size = 500

/** What becomes of each piece of a list. */
const each = <A, B>(items: ReadonlyArray<A>, work: (piece: ReadonlyArray<A>) => B): Effect.Effect<ReadonlyArray<B>> =>
  Effect.gen(function*() {
    const done: Array<B> = []
    for (let from = 0; from < items.length; from += size) {
      if (from > 0) yield* Effect.yieldNow
      done.push(work(items.slice(from, from + size)))
    }
    return done
  })

/** `Array.map`. */
export const map = <A, B>(items: ReadonlyArray<A>, change: (item: A) => B): Effect.Effect<ReadonlyArray<B>> =>
  Effect.map(each(items, (piece) => piece.map(change)), (pieces) => pieces.flat())

/** A JSON array of what becomes of each item, as `text` writes it. */
export const toJson = <A>(
  items: ReadonlyArray<A>,
  change: (item: A) => unknown,
  text: (value: unknown) => string = JSON.stringify
): Effect.Effect<string> =>
  Effect.map(
    each(items, (piece) => text(piece.map(change)).slice(1, -1)),
    (pieces) => `[${pieces.join(",")}]`
  )
