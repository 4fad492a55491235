/**
 * The command queues in the database, on the store's own client, so that offers join its transactions: at least once, leased
 * while one runs, retried with growing pauses.
 *
 * The table is that of `effect/persistence/PersistedQueue`, which did this before; why it no longer does is decision 0113.
 */
import * as Upkeep from "@orch/core/engine/Upkeep"
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
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import * as CommandLeases from "./CommandLeases.ts"
import * as CommandTaking from "./CommandTaking.ts"
import { Notifier } from "./Notifier.ts"
import { asUnavailable } from "./PgError.ts"
import * as QueueStatements from "./QueueStatements.ts"
import { json } from "./StorableText.ts"

/** How commands are waited for and kept from others. */
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
  /** Seconds until the next attempt after so many; one, doubling to a minute, unless told. */
  readonly pause?: (attempts: number) => number
}

/** Milliseconds between two rounds in which what finished commands left is cleared away: 6 ms for those of 300 builds. */
const cleaning = 600_000
/** Bytes from which that is done. The planner, told how small the table is, would read all of it, and still do so when it has grown. */
const worthCleaning = 1_000_000

// One second, doubling to a minute: twelve attempts span about seven minutes of a farm being away.
const growing = (attempts: number): number => Math.min(60, 2 ** (attempts - 1))

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

/** How the envelopes of a life are written into rows of the table, and read again. */
export const rowCodec = <L extends Life.Any>(life: L) => Schema.toCodecJson(envelope(life))

/** The queues of all lives, in one table. */
export const layer = (options: Options): Layer.Layer<CommandQueues, never, SqlClient.SqlClient | Notifier> =>
  Layer.effect(
    CommandQueues,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const notifier = yield* Notifier
      const scope = yield* Effect.scope
      const table = sql.literal(QueueStatements.table)
      const lease = Duration.fromInputUnsafe(options.lease)
      const renewal = Duration.divideUnsafe(lease, 3)
      const pause = options.pause ?? growing
      const statements = QueueStatements.make(sql, Duration.toSeconds(lease))
      const leases = yield* CommandLeases.make(statements, { lease, renewal })
      if (options.exclusive === true) {
        yield* Effect.orDie(statements.giveBackAll)
        yield* Upkeep.repeating(
          { failed: "What commands left behind could not be cleared away yet", interval: cleaning },
          Effect.gen(function*() {
            const [table] = yield* statements.size
            if (Number(table!.bytes) >= worthCleaning) yield* statements.vacuum
          })
        )
      }

      const make = <L extends Life.Any>(life: L): CommandQueue<L> => {
        const codec = rowCodec(life)
        const encode = Schema.encodeSync(codec)
        const decode = Schema.decodeUnknownSync(codec)
        const begun: { next?: Effect.Effect<CommandLeases.Held> } = {}
        const beginning = Semaphore.makeUnsafe(1)
        const begin = Effect.suspend(() =>
          begun.next !== undefined ? Effect.succeed(begun.next) : CommandTaking.make(statements, leases, notifier, {
            name: life.name,
            maxAttempts,
            pollInterval: options.pollInterval,
            renewal
          }).pipe(
            Effect.provideService(Scope.Scope, scope),
            Effect.tap((next) => Effect.sync(() => begun.next = next))
          )
        ).pipe(beginning.withPermit)
        const next = Effect.suspend(() => begun.next ?? Effect.flatten(begin))

        const ending = (held: CommandLeases.Held, exit: Exit.Exit<void | Postponed, unknown>): CommandLeases.Ending => {
          if (Exit.isSuccess(exit)) {
            return exit.value instanceof Postponed
              ? { outcome: "released", delay: exit.value.seconds }
              : { outcome: "completed" }
          }
          if (Cause.hasInterruptsOnly(exit.cause)) return { outcome: "released" }
          const failure = Cause.pretty(exit.cause)
          return held.attempts >= maxAttempts
            ? { outcome: "failed", failure }
            : { outcome: "retried", failure, delay: pause(held.attempts) }
        }

        const take: CommandQueue<L>["take"] = (handler) =>
          Effect.uninterruptibleMask((restore) =>
            Effect.flatMap(restore(next), (held) => {
              let wrapped
              try {
                wrapped = decode(JSON.parse(held.element))
              } catch (defect) {
                // What cannot be read will never succeed: it is kept for a person, and the next command is taken.
                const failure = Cause.pretty(Cause.die(defect))
                return Effect.andThen(leases.settle(held, { outcome: "failed", failure }), restore(take(handler)))
              }
              return Effect.onExit(
                restore(handler(wrapped, { id: held.id, attempt: held.attempts })),
                (exit) => leases.settle(held, ending(held, exit))
              )
            })
          ).pipe(Effect.asVoid)

        return {
          offer: (id, wrapped, delaySeconds) =>
            statements.offer(life.name, id, json(encode(wrapped)), delaySeconds).pipe(
              Effect.andThen(sql.afterCommit(notifier.wake(CommandTaking.topic(life.name)))),
              Effect.asVoid,
              asUnavailable("CommandQueue.offer")
            ),
          take
        }
      }

      const queues = new Map<string, unknown>()
      return CommandQueues.of({
        of: <L extends Life.Any>(life: L) =>
          Effect.sync(() => {
            const known = queues.get(life.name) ?? make(life)
            queues.set(life.name, known)
            return known as CommandQueue<L>
          }),
        deadLetters: ({ life, limit, process }) =>
          sql<Row>`
            SELECT id, queue_name, element, attempts, last_failure, updated_at AT TIME ZONE 'UTC' AS at
            FROM ${table}
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
            UPDATE ${table}
            SET state = 'pending', attempts = 0, visible_at = now(), acquired_at = NULL, acquired_by = NULL
            WHERE id = ${id} AND state = 'failed'
            RETURNING queue_name`.pipe(
            Effect.tap((rows) =>
              Effect.forEach(rows, ({ queue_name }) => notifier.notify(CommandTaking.topic(`${queue_name}`)))
            ),
            Effect.map((rows) => rows.length > 0),
            asUnavailable("CommandQueues.release")
          )
      })
    })
  )
