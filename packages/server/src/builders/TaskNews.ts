/**
 * Tells the processes of one life what became of their tasks, for as long as the scope lives.
 *
 * The pool keeps news until they were told, so a server that dies in between loses nothing. A process that cannot be told holds up no other:
 * it is told again a second later, and those behind it are told meanwhile.
 */
import type { Sample } from "@orch/core/builderpool/PoolDurations"
import * as Upkeep from "@orch/core/engine/Upkeep"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Notifier } from "../database/Notifier.ts"
import { BuilderPool, topic, type Untold } from "./BuilderPool.ts"

/** How long the build of a task took. */
export interface Took extends Sample {
  readonly task: number
}

/** How one life is told. */
export interface Options<E, R> {
  readonly life: string
  /** What could not be done, for the log: "Builds could not be told of their tasks". */
  readonly failed: string
  /** Tells one process; answers how long builds took. Telling it twice changes nothing. */
  readonly tell: (process: number, news: ReadonlyArray<Untold>) => Effect.Effect<ReadonlyArray<Took>, E, R>
}

/** Tasks looked at in one pass. */
const batch = 200

/** Passes over what is untold: each goes on behind the one before, so what cannot be told keeps nothing from its turn. */
export const passes = <E, R>(
  { failed, life, tell }: Options<E, R>
): Effect.Effect<Effect.Effect<number, unknown, R>, never, BuilderPool> =>
  Effect.map(BuilderPool, (pool) => {
    let after = 0
    /** Processes that could not be told last time: the log says so once. */
    const failing = new Set<number>()

    const one = Effect.fnUntraced(function*(process: number, news: ReadonlyArray<Untold>) {
      const told = yield* Effect.exit(Effect.tap(tell(process, news), () => pool.tell(news)))
      if (Exit.isSuccess(told)) {
        failing.delete(process)
        return { count: news.length, took: told.value }
      }
      if (Cause.hasInterruptsOnly(told.cause)) return yield* Effect.failCause(told.cause)
      if (!failing.has(process)) {
        failing.add(process)
        yield* Effect.logWarning(failed, told.cause).pipe(Effect.annotateLogs({ life, process }))
      }
      return { count: 0, took: [] }
    })

    return Effect.gen(function*() {
      const rows = yield* pool.untold(life, batch, after)
      after = rows.length < batch ? 0 : Number(rows.at(-1)!.id)
      const told = yield* Effect.forEach(
        Map.groupBy(rows, (row) => Number(row.process)),
        ([process, news]) => one(process, news),
        { concurrency: 4 }
      )
      const took = told.flatMap((each) => each.took)
      if (took.length > 0) yield* Upkeep.surviving("How long builds took could not be kept", pool.took(took))
      // Behind these there may be others that can be told.
      return after === 0 ? told.reduce((sum, { count }) => sum + count, 0) : rows.length
    })
  })

/** Tells when there is something to tell, and looks by itself every second. */
export const telling = Effect.fnUntraced(function*<E, R>(
  options: Options<E, R>
): Effect.fn.Return<void, never, BuilderPool | Notifier | R | Scope.Scope> {
  const notifier = yield* Notifier
  const wake = Latch.makeUnsafe(false)
  yield* Stream.runForEach(notifier.notifications(topic), () => Effect.sync(() => wake.openUnsafe())).pipe(
    Effect.forkScoped
  )
  const pass = yield* passes(options)
  yield* Upkeep.repeating(
    { failed: options.failed, interval: 0 },
    Effect.gen(function*() {
      wake.closeUnsafe()
      if ((yield* pass) === 0) yield* Effect.race(wake.await, Effect.sleep("1 second"))
    }).pipe(Effect.tapCause(() => Effect.sleep("1 second")))
  )
})
