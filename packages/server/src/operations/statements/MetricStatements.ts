/** What metrics ask of the tables: how much waits, how much is in use, how far listeners are. */
import type * as SqlClient from "effect/sql/SqlClient"

/** Commands of one queue that are due and that nobody has taken. */
interface QueueRow {
  readonly queue: string
  readonly waiting: number
  readonly oldest: number
}

/** Connections of this process; the one that listens is used. */
interface ConnectionsRow {
  readonly used: number
  readonly idle: number
}

/** Components of one owner that are being built, or about to be. */
interface SlotRow {
  readonly owner: string
  readonly count: number
}

/** One look at everything. */
export interface Sample {
  readonly queues: ReadonlyArray<QueueRow>
  readonly dead: bigint
  readonly announced: bigint
  readonly cursors: Readonly<Record<string, number>>
  readonly slots: ReadonlyArray<SlotRow>
  readonly connections: ConnectionsRow
}

/**
 * Everything in one statement, by indexes that hold what is under way and not what is over. `application` is the name under which
 * this process is connected; the connection that asks is not counted.
 */
export const sample = (sql: SqlClient.SqlClient, application: string) =>
  sql<Sample>`
    SELECT
      (SELECT coalesce(json_agg(q), '[]') FROM (
        SELECT queue_name AS queue, count(*) AS waiting, extract(epoch FROM now()::timestamp - min(visible_at)) AS oldest
        FROM command_queue
        WHERE state = 'pending' AND visible_at <= now()::timestamp AND acquired_at IS NULL
        GROUP BY queue_name
      ) AS q) AS queues,
      (SELECT count(*) FROM command_queue WHERE state = 'failed') AS dead,
      (SELECT last FROM announcement_number) AS announced,
      (SELECT coalesce(json_object_agg(listener, sequence), '{}') FROM listener_cursor) AS cursors,
      (SELECT coalesce(json_agg(s), '[]') FROM (
        SELECT build.owner, count(*) AS count
        FROM component_build AS component JOIN module_build AS build ON build.id = component.module_build_id
        WHERE component.state = 'building'
          OR (component.state = 'submitting' AND component.granted_at >= now() - interval '1 minute')
        GROUP BY build.owner
      ) AS s) AS slots,
      (SELECT json_build_object(
          'used', count(*) FILTER (WHERE state <> 'idle' OR query ILIKE 'listen%'),
          'idle', count(*) FILTER (WHERE state = 'idle' AND query NOT ILIKE 'listen%')
        ) FROM pg_stat_activity
        WHERE application_name = ${application} AND pid <> pg_backend_pid()) AS connections`
