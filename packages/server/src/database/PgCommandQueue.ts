/** The command queue in the database: `PersistedQueue` on the store's own client, so that offers join its transactions. */
import * as CommandQueue from "@orch/core/ports/CommandQueue"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PersistedQueue from "effect/persistence/PersistedQueue"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable, unavailable } from "./PgError.ts"

const table = "command_queue"
const name = "module-build"

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

const decodeEnvelope = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.toCodecJson(CommandQueue.Envelope)))

// One second, doubling to a minute: twelve attempts span about seven minutes of a farm being away.
const retries = Schedule.min([Schedule.exponential("1 second"), Schedule.spaced("1 minute")])

export const layer = (options: Options): Layer.Layer<CommandQueue.CommandQueue, never, SqlClient.SqlClient> =>
  Layer.effect(
    CommandQueue.CommandQueue,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const queue = yield* PersistedQueue.make({
        name,
        schema: CommandQueue.Envelope,
        maxAttempts: CommandQueue.maxAttempts,
        retrySchedule: options.retries ?? retries
      })
      if (options.exclusive === true) {
        yield* Effect.orDie(sql`
          UPDATE ${sql(table)}
          SET acquired_at = NULL, acquired_by = NULL, attempts = GREATEST(attempts - 1, 0)
          WHERE queue_name = ${name} AND state = 'pending' AND acquired_by IS NOT NULL`)
      }
      return CommandQueue.CommandQueue.of({
        offer: (id, envelope, delaySeconds) =>
          queue.offer(envelope, { id, ...(delaySeconds > 0 ? { delay: Duration.seconds(delaySeconds) } : {}) }).pipe(
            Effect.mapError(unavailable("CommandQueue.offer")),
            Effect.asVoid
          ),
        take: (handler) =>
          queue.take((envelope, { attempts, id }) => handler(envelope, { id, attempt: attempts })).pipe(
            Effect.catchTag("PersistedQueueError", (error) => Effect.fail(unavailable("CommandQueue.take")(error)))
          ),
        deadLetters: (limit) =>
          sql<{ id: string; element: string; attempts: number; last_failure: string | null; at: Date }>`
            SELECT id, element, attempts, last_failure, updated_at AT TIME ZONE 'UTC' AS at
            FROM ${sql(table)}
            WHERE queue_name = ${name} AND state = 'failed'
            ORDER BY sequence
            LIMIT ${limit}`.pipe(
            Effect.map((rows) =>
              rows.map((row) => ({
                id: row.id,
                envelope: decodeEnvelope(row.element),
                attempts: Number(row.attempts),
                reason: row.last_failure ?? "",
                at: new Date(row.at).getTime()
              }))
            ),
            asUnavailable("CommandQueue.deadLetters")
          ),
        release: (id) =>
          sql`
            UPDATE ${sql(table)}
            SET state = 'pending', attempts = 0, visible_at = now(), acquired_at = NULL, acquired_by = NULL
            WHERE queue_name = ${name} AND id = ${id} AND state = 'failed'
            RETURNING id`.pipe(
            Effect.map((rows) => rows.length > 0),
            asUnavailable("CommandQueue.release")
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
