/**
 * Lets equal questions that come at once share one answer, without ever answering what was true before a question was asked.
 *
 * Continuous integration asks the same thing from many jobs in the same second. While one such question is being answered, those that
 * come in meanwhile wait for the next run and share it: that run begins after all of them came, so each sees every write
 * that was finished before it asked.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"

/** Shares runs of equal keys. The effects of one key must be interchangeable; they run on when a caller goes away. */
export type SharedReads<A, E> = (key: string, read: Effect.Effect<A, E>) => Effect.Effect<A, E>

export const make = <A, E>(): SharedReads<A, E> => {
  interface Waiting {
    readonly answer: Deferred.Deferred<A, E>
    readonly read: Effect.Effect<A, E>
  }
  /** What waits for the run under way, by key; a key is present while its run lasts. */
  const running = new Map<string, Waiting | undefined>()

  const run = (key: string, { answer, read }: Waiting): Effect.Effect<void> =>
    Effect.flatMap(Effect.exit(read), (exit) => {
      Deferred.doneUnsafe(answer, exit)
      const next = running.get(key)
      if (next === undefined) {
        running.delete(key)
        return Effect.void
      }
      running.set(key, undefined)
      return run(key, next)
    })

  return (key, read) =>
    Effect.suspend(() => {
      const waiting = running.get(key)
      if (waiting !== undefined) return Deferred.await(waiting.answer)
      const mine: Waiting = { answer: Deferred.makeUnsafe(), read }
      if (running.has(key)) {
        running.set(key, mine)
        return Deferred.await(mine.answer)
      }
      running.set(key, undefined)
      return Effect.andThen(Effect.forkDetach(run(key, mine)), Deferred.await(mine.answer))
    })
}
