/**
 * The statements on the table of commands, each with one text for any number of rows: what differs is a parameter, so
 * that the database plans each of them once.
 */
import type * as SqlClient from "effect/sql/SqlClient"
import * as LookedUp from "./LookedUp.ts"
import { json } from "./StorableText.ts"

/** The table that all queues share. */
export const table = "command_queue"

/** A row that was taken: its element, and the lock it was taken under. */
export interface Taken {
  readonly id: string
  readonly sequence: bigint
  readonly element: string
  readonly attempts: number
  /** Whether somebody had taken it who did not come back in time. */
  readonly lost: boolean
}

/** What became of a row that was taken. */
export interface Settlement {
  readonly sequence: string
  readonly lock: string
  /** Done; given up; to be tried again; given back, the attempt not counted. */
  readonly outcome: "completed" | "failed" | "retried" | "released"
  /** Seconds until it is tried again. */
  readonly delay?: number
  /** Why it failed. */
  readonly failure?: string
}

/** The statements. */
export const make = (sql: SqlClient.SqlClient, leaseSeconds: number) => {
  const queue = sql.literal(table)
  // Part of a statement that need not be on disk when it is answered (decision 1750): what is lost when the machine of the database
  // fails is what a server that dies loses. What others wrote before is on disk with the next commit that waits.
  const unawaited = sql`(SELECT set_config('synchronous_commit', 'off', true)) = 'off'`
  const few = (number: string) => sql.literal(LookedUp.few(number))
  const lapsed = sql`(acquired_at IS NULL OR acquired_at < now() - make_interval(secs => ${leaseSeconds}::float8))`

  return {
    /** Adds an element; one that is known changes nothing. */
    offer: (name: string, id: string, element: string, delaySeconds: number) =>
      sql`
        INSERT INTO ${queue} (id, queue_name, element, state, attempts, visible_at, created_at, updated_at)
        VALUES (${id}, ${name}, ${element}, 'pending', 0,
          CASE WHEN ${delaySeconds}::float8 > 0
            THEN clock_timestamp() + make_interval(secs => ${delaySeconds}::float8) ELSE now() END,
          now(), now())
        ON CONFLICT (id, queue_name) DO NOTHING`,
    /** Takes at most so many elements that are due, the oldest first; those that another server is taking are left to it. */
    take: (name: string, maxAttempts: number, limit: number, lock: string) =>
      sql<Taken>`
        WITH due AS (
          SELECT sequence, acquired_by FROM ${queue}
          WHERE queue_name = ${name} AND state = 'pending' AND attempts < ${maxAttempts} AND visible_at <= now()
            AND ${lapsed} AND ${unawaited}
          ORDER BY visible_at, sequence
          LIMIT ${limit} FOR UPDATE SKIP LOCKED
        ), taken AS (
          UPDATE ${queue} AS old SET acquired_at = now(), acquired_by = ${lock}::uuid, attempts = old.attempts + 1
          FROM due WHERE old.sequence = due.sequence AND ${few("due.sequence")}
          RETURNING old.sequence, old.id, old.element, old.attempts, old.visible_at, due.acquired_by IS NOT NULL AS lost
        )
        SELECT sequence, id, element, attempts, lost FROM taken ORDER BY visible_at, sequence`,
    /** Writes down what became of elements, where they are still under the lock they were taken under. */
    settle: (settlements: ReadonlyArray<Settlement>) =>
      sql`
        WITH done AS (
          SELECT * FROM jsonb_to_recordset(${json(settlements)}::text::jsonb)
            AS done (sequence bigint, lock uuid, outcome text, delay float8, failure text)
        )
        UPDATE ${queue} AS old SET
          acquired_at = NULL,
          acquired_by = NULL,
          state = CASE WHEN done.outcome IN ('completed', 'failed') THEN done.outcome ELSE old.state END,
          updated_at = CASE WHEN done.outcome = 'released' THEN old.updated_at ELSE now() END,
          attempts = CASE WHEN done.outcome = 'released' THEN old.attempts - 1 ELSE old.attempts END,
          visible_at = CASE WHEN done.delay IS NULL THEN old.visible_at
            ELSE clock_timestamp() + make_interval(secs => done.delay) END,
          last_failure = coalesce(done.failure, old.last_failure)
        FROM done
        WHERE old.sequence = done.sequence AND ${
        few("done.sequence")
      } AND old.acquired_by = done.lock AND ${unawaited}`,
    /** Renews the leases of elements, where they are still under the lock they were taken under. */
    renew: (held: ReadonlyArray<{ readonly sequence: string; readonly lock: string }>) =>
      sql`
        WITH held AS (
          SELECT * FROM jsonb_to_recordset(${json(held)}::text::jsonb) AS held (sequence bigint, lock uuid)
        )
        UPDATE ${queue} AS old SET acquired_at = now() FROM held
        WHERE old.sequence = held.sequence AND ${
        few("held.sequence")
      } AND old.acquired_by = held.lock AND ${unawaited}`,
    /** Gives back what a server had taken that is dead, the attempt not counted; for where no other server can be alive. */
    giveBackAll: sql`
      UPDATE ${queue} SET acquired_at = NULL, acquired_by = NULL, attempts = greatest(attempts - 1, 0)
      WHERE state = 'pending' AND acquired_by IS NOT NULL`,
    /** Bytes of the table, its indexes apart. */
    size: sql<{ readonly bytes: bigint }>`SELECT pg_relation_size(${table}) AS bytes`,
    /**
     * Clears away what rows left that are another by now. Servers do so by themselves; the embedded database does not, and each look for
     * commands would go over all that were ever taken.
     */
    vacuum: sql`VACUUM ${queue}`,
    /** Gives up what was taken for the last time by a server that has died. */
    giveUp: (name: string, maxAttempts: number) =>
      sql`
        UPDATE ${queue} SET state = 'failed', acquired_at = NULL, acquired_by = NULL, updated_at = now(),
          last_failure = coalesce(last_failure, 'The server that ran the last attempt has died')
        WHERE queue_name = ${name} AND state = 'pending' AND attempts >= ${maxAttempts} AND ${lapsed}`,
    /** Removes at most so many finished commands: those older than a time, and those beyond a number of newer ones. */
    remove: (keepSeconds: number | undefined, keepCount: number | undefined, limit: number) =>
      sql<{ readonly removed: bigint }>`
        WITH bound AS (
          SELECT greatest(
            now() - make_interval(secs => ${keepSeconds ?? null}::float8),
            (SELECT updated_at FROM ${queue} WHERE state = 'completed' AND ${keepCount ?? null}::bigint IS NOT NULL
              ORDER BY updated_at DESC OFFSET ${keepCount ?? null}::bigint LIMIT 1)
          ) AS at
        ), removed AS (
          DELETE FROM ${queue} WHERE sequence IN (
            SELECT sequence FROM ${queue}
            WHERE state = 'completed' AND updated_at <= (SELECT at FROM bound)
            ORDER BY updated_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
          )
          RETURNING 1
        )
        SELECT count(*) AS removed FROM removed`
  }
}
