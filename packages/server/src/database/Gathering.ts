/**
 * Gathers what many fibers want of the database at the same time into one statement.
 *
 * Nobody waits for company: while statements are under way, what comes meanwhile is gathered, and the next one takes all of it.
 * So a quiet server is as quick as without, and a busy one needs the fewer commits the busier it is.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/** How items are gathered. */
export interface Options<A, B, E, R> {
  /** Does what all items ask for; answers stand where their items stood. */
  readonly run: (items: ReadonlyArray<A>) => Effect.Effect<ReadonlyArray<B>, E, R>
  /** Runs under way at the same time. */
  readonly parallel: number
  /** Items of one run at most. */
  readonly most: number
  /** Items of one run are of one kind; absent: all are alike. */
  readonly kind?: (item: A) => string
}

interface Entry<A, B, E> {
  readonly item: A
  readonly kind: string
  readonly answer: Deferred.Deferred<B, E>
}

/** Answers for one item, whichever run takes it. */
export type Gather<A, B, E> = (item: A) => Effect.Effect<B, E>

/**
 * Items are run in the order in which they come. Whoever is interrupted before its item's run begins takes it back; a run that
 * has begun goes on without it. A run that fails fails all its items; runs know nothing of their callers, such as a transaction.
 */
export const make = <A, B, E, R>(
  { kind = () => "", most, parallel, run }: Options<A, B, E, R>
): Effect.Effect<Gather<A, B, E>, never, R> =>
  Effect.map(Effect.context<R>(), (context) => {
    let waiting: Array<Entry<A, B, E>> = []
    let running = 0

    const settle = (entries: ReadonlyArray<Entry<A, B, E>>, exit: Exit.Exit<ReadonlyArray<B>, E>): void => {
      for (const [index, { answer }] of entries.entries()) {
        Deferred.doneUnsafe(answer, Exit.map(exit, (answers) => answers[index]!))
      }
    }

    /** The first that waits, and others of its kind. */
    const take = (): ReadonlyArray<Entry<A, B, E>> => {
      const [first] = waiting
      if (first === undefined) return []
      const taken = waiting.filter((entry) => entry.kind === first.kind).slice(0, most)
      const gone = new Set(taken)
      waiting = waiting.filter((entry) => !gone.has(entry))
      return taken
    }

    const drain: Effect.Effect<void, never, R> = Effect.gen(function*() {
      // Those who are about to come in this turn are taken along.
      yield* Effect.yieldNow
      for (;;) {
        const entries = take()
        if (entries.length === 0) {
          // In the same breath as the look at what waits, so that nothing comes in between.
          running--
          return
        }
        settle(entries, yield* Effect.exit(run(entries.map(({ item }) => item))))
      }
    })

    return (item) =>
      Effect.suspend(() => {
        const entry: Entry<A, B, E> = { item, kind: kind(item), answer: Deferred.makeUnsafe() }
        waiting.push(entry)
        if (running < parallel) {
          running++
          Effect.runForkWith(context)(drain)
        }
        return Effect.onInterrupt(
          Deferred.await(entry.answer),
          () =>
            Effect.sync(() => {
              const place = waiting.indexOf(entry)
              if (place >= 0) waiting.splice(place, 1)
            })
        )
      })
  })
