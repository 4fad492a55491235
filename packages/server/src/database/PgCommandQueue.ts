/** The command queues in the database: `PersistedQueue` on the store's own client, so that offers join its transactions. */
import type * as Life from "@orch/core/life/Life"
import {
  type CommandQueue,
  CommandQueues,
  type DeadLetter,
  describe,
  envelope,
  maxAttempts,
  Postponed
} from "@orch/core/ports/CommandQueue"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PersistedQueue from "effect/persistence/PersistedQueue"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable, unavailable } from "./PgError.ts"

const table = "command_queue"

export interface Options {
  /** How soon a command queued by another process is seen here at the latest. */
  readonly pollInterval: Duration.Input
  /** How long a command is kept from others when the process that runs it has died. */
  readonly lease: Duration.Input
  /**
   * Whether no other process can be using the database, as with the embedded one: then what is leased at the start was
   * leased by a process that is dead, and is given back at once, the attempt not counted.
   */
  readonly exclusive?: boolean
  /** Pauses between attempts; one second, doubling to a minute, unless told. */
  readonly retries?: Schedule.Schedule<unknown, number>
}

// One second, doubling to a minute: twelve attempts span about seven minutes of a farm being away.
const retries = Schedule.min([Schedule.exponential("1 second"), Schedule.spaced("1 minute")])

interface Row {
  readonly id: string
  readonly queue_name: string
  readonly element: string
  readonly attempts: number
  readonly last_failure: string | null
  readonly at: Date
}

/** What is stored by another version may be anything; it is shown with what can be said of it. */
const deadLetter = (row: Row): DeadLetter => ({
  id: row.id,
  life: row.queue_name,
  ...described(row.element),
  attempts: Number(row.attempts),
  reason: row.last_failure ?? "",
  at: new Date(row.at).getTime()
})

const described = (element: string): ReturnType<typeof describe> => {
  try {
    return describe(JSON.parse(element))
  } catch {
    return {}
  }
}

/** The queues of all lives, in one table. */
export const layer = (options: Options): Layer.Layer<CommandQueues, never, SqlClient.SqlClient> =>
  Layer.effect(
    CommandQueues,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const factory = yield* PersistedQueue.PersistedQueueFactory
      const queues = new Map<string, unknown>()
      if (options.exclusive === true) {
        yield* Effect.orDie(sql`
          UPDATE ${sql(table)}
          SET acquired_at = NULL, acquired_by = NULL, attempts = GREATEST(attempts - 1, 0)
          WHERE state = 'pending' AND acquired_by IS NOT NULL`)
      }

      const postpone = (id: string, seconds: number) =>
        sql`
          UPDATE ${sql(table)} SET visible_at = clock_timestamp() + make_interval(secs => ${seconds}::float8)
          WHERE id = ${id} AND state = 'pending'`.pipe(asUnavailable("CommandQueue.take"))

      const make = Effect.fnUntraced(function*<L extends Life.Any>(life: L) {
        const queue = yield* factory.make({
          name: life.name,
          schema: envelope(life),
          maxAttempts,
          retrySchedule: options.retries ?? retries
        })
        const made: CommandQueue<L> = {
          offer: (id, wrapped, delaySeconds) =>
            queue.offer(wrapped, { id, ...(delaySeconds > 0 ? { delay: Duration.seconds(delaySeconds) } : {}) }).pipe(
              Effect.mapError(unavailable("CommandQueue.offer")),
              Effect.asVoid
            ),
          take: (handler) =>
            Effect.suspend(() => {
              let isPostponed = false
              return queue.take((wrapped, { attempts, id }) =>
                Effect.flatMap(handler(wrapped, { id, attempt: attempts }), (answer) => {
                  if (!(answer instanceof Postponed)) return Effect.void
                  // The queue gives back what is interrupted, and counts no attempt; it is seen again when it is visible.
                  return Effect.andThen(
                    postpone(id, answer.seconds),
                    Effect.suspend(() => {
                      isPostponed = true
                      return Effect.failCause(Cause.interrupt())
                    })
                  )
                })
              ).pipe(
                Effect.catchCauseIf(
                  (cause) => isPostponed && Cause.hasInterruptsOnly(cause),
                  () => Effect.void
                ),
                Effect.catchTag("PersistedQueueError", (error) => Effect.fail(unavailable("CommandQueue.take")(error)))
              )
            })
        }
        return made
      })

      return CommandQueues.of({
        of: <L extends Life.Any>(life: L) =>
          Effect.suspend(() => {
            const known = queues.get(life.name)
            if (known !== undefined) return Effect.succeed(known as CommandQueue<L>)
            return Effect.tap(make(life), (made) => Effect.sync(() => queues.set(life.name, made)))
          }),
        deadLetters: ({ life, limit, process }) =>
          sql<Row>`
            SELECT id, queue_name, element, attempts, last_failure, updated_at AT TIME ZONE 'UTC' AS at
            FROM ${sql(table)}
            WHERE ${
            sql.and([
              sql`state = 'failed'`,
              ...(life === undefined ? [] : [sql`queue_name = ${life}`]),
              // A first look without reading the text as JSON, which what others stored may not be.
              ...(process === undefined ? [] : [sql`element LIKE ${`%"build":${Math.trunc(process)},%`}`])
            ])
          }
            ORDER BY sequence
            LIMIT ${limit}`.pipe(
            Effect.map((rows) =>
              rows.map(deadLetter).filter((letter) => process === undefined || letter.process === process)
            ),
            asUnavailable("CommandQueues.deadLetters")
          ),
        release: (id) =>
          sql`
            UPDATE ${sql(table)}
            SET state = 'pending', attempts = 0, visible_at = now(), acquired_at = NULL, acquired_by = NULL
            WHERE id = ${id} AND state = 'failed'
            RETURNING id`.pipe(
            Effect.map((rows) => rows.length > 0),
            asUnavailable("CommandQueues.release")
          )
      })
    })
  ).pipe(
    Layer.provide(PersistedQueue.layer),
    Layer.provide(Layer.orDie(PersistedQueue.layerStoreSql({
      tableName: table,
      pollInterval: options.pollInterval,
      lockExpiration: options.lease,
      lockRefreshInterval: Duration.divideUnsafe(Duration.fromInputUnsafe(options.lease), 3)
    })))
  )
