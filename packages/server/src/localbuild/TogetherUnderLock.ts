/**
 * Has what many want done under one lock done at once: who comes while the lock is held waits for it, and the first of those who get it does
 * the work of all that wait.
 */
import * as Effect from "effect/Effect"

interface Ask<A, B, E> {
  readonly item: A
  answer: Effect.Effect<B, E> | undefined
}

/** Who waits, by the name of the lock. */
export interface Together<A, B, E> {
  /**
   * Has an item's work done. `locked` runs something under the lock; `run` does the work of items and answers each in its place. Where `run`
   * fails, whoever ran it fails, and the others do their work themselves.
   */
  readonly ask: <E2>(
    name: string,
    item: A,
    locked: (work: Effect.Effect<B, E>) => Effect.Effect<B, E2>,
    run: (items: ReadonlyArray<A>) => Effect.Effect<ReadonlyArray<Effect.Effect<B, E>>, E>
  ) => Effect.Effect<B, E2>
}

/** Nobody waits. `most` items are done at once. */
export const make = <A, B, E>(most: number): Together<A, B, E> => {
  const waiting = new Map<string, Array<Ask<A, B, E>>>()
  const leave = (name: string, asks: ReadonlyArray<Ask<A, B, E>>): void => {
    const left = (waiting.get(name) ?? []).filter((one) => !asks.includes(one))
    if (left.length === 0) waiting.delete(name)
    else waiting.set(name, left)
  }
  return {
    ask: (name, item, locked, run) =>
      Effect.suspend(() => {
        const own: Ask<A, B, E> = { item, answer: undefined }
        waiting.set(name, [...waiting.get(name) ?? [], own])
        return locked(Effect.suspend(() => {
          if (own.answer !== undefined) return own.answer
          const others = (waiting.get(name) ?? []).filter((one) => one !== own).slice(0, most - 1)
          const asks = [own, ...others]
          return Effect.flatMap(run(asks.map((one) => one.item)), (answers) => {
            for (const [index, ask] of asks.entries()) ask.answer = answers[index]!
            leave(name, asks)
            return own.answer!
          })
        })).pipe(Effect.ensuring(Effect.sync(() => leave(name, [own]))))
      })
  }
}
