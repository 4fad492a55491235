/**
 * Reads that go through a whole list, for nobody who waits: how many rows fit, and where some of them are.
 *
 * Each filter that a stranger thinks of begins one. A few run at a time, so that connections are left for those who ask; behind those that
 * wait, a further one is given up at once, and whoever asks for it again begins it again.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type * as SqlClient from "effect/sql/SqlClient"

/** How many go through lists of one database at a time, and how many wait at most. */
export const [running, waiting] = [2, 50]

interface Queue {
  readonly turns: Semaphore.Semaphore
  length: number
}

const queues = new WeakMap<SqlClient.SqlClient, Queue>()

const queueOf = (sql: SqlClient.SqlClient): Queue => {
  const queue = queues.get(sql) ?? { turns: Semaphore.makeUnsafe(running), length: 0 }
  queues.set(sql, queue)
  return queue
}

/** Takes its turn, beside the transaction of whoever asks; interrupted where too many wait. */
export const through = <A, E>(sql: SqlClient.SqlClient, read: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.suspend(() => {
    const queue = queueOf(sql)
    if (queue.length >= running + waiting) return Effect.interrupt
    queue.length++
    const apart: Effect.Effect<A, E> = Effect.updateContext(read, Context.omit(sql.transactionService))
    return queue.turns.withPermits(1)(apart).pipe(
      Effect.ensuring(Effect.sync(() => queue.length--))
    )
  })
