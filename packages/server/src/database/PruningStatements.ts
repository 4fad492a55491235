/** The statements that remove what is no longer needed, each a batch that holds its locks for milliseconds. */
import type * as SqlClient from "effect/sql/SqlClient"

/** A table of events of one life, and which of its processes have ended: SQL of the table's own. */
export interface EventSource {
  readonly event: string
  readonly process: string
  readonly reference: string
  /** A condition on the process, `p`. */
  readonly ended: string
}

/** How far back a batch looked. */
export interface Batch {
  readonly looked: bigint
  readonly removed: bigint
}

/** Days after which a listener that has not asked any more is taken to have gone. */
const listenerDays = 7

/**
 * Looks at the oldest announcements and removes those told before `before` (milliseconds since 1970) or beyond the `keep` newest,
 * once every listener has had them. Of those about module builds and their components stays in brief what is shown of them.
 */
export const announcements = (sql: SqlClient.SqlClient, before: number, keep: number | undefined, limit: number) =>
  sql<Batch>`
    WITH oldest AS (
      SELECT id, sequence, at FROM announcement
      WHERE sequence <= coalesce(
        (SELECT min(sequence) FROM listener_cursor WHERE leased_until > now() - make_interval(days => ${listenerDays})),
        9223372036854775807
      )
      ORDER BY sequence LIMIT ${limit}
    ), removed AS (
      DELETE FROM announcement USING oldest
      WHERE announcement.sequence = oldest.sequence
        AND (oldest.at < ${before} OR oldest.sequence <= (SELECT last FROM announcement_number) - ${
    keep ?? null
  }::bigint)
      RETURNING announcement.id, announcement.subject, announcement.topic, announcement.at, announcement.body
    ), briefs AS (
      INSERT INTO announcement_brief AS old (subject, told)
      SELECT subject, jsonb_agg(jsonb_build_object(
        'id', id, 'at', at, 'topic', topic, 'state', body -> 'state',
        'reason', coalesce(body -> 'state_reason', body -> 'reason'), 'called_off', body ? 'called_off'
      ) ORDER BY id)
      FROM removed WHERE subject LIKE 'module-build/%'
      GROUP BY subject ORDER BY subject
      ON CONFLICT (subject) DO UPDATE SET told = old.told || excluded.told
    )
    SELECT (SELECT count(*) FROM oldest) AS looked, (SELECT count(*) FROM removed) AS removed`

/** Looks at the events after a sequence number and removes those from before `before` whose process has ended. */
export const events = (
  sql: SqlClient.SqlClient,
  { ended, event, process, reference }: EventSource,
  after: number,
  before: number,
  limit: number
) =>
  sql<Batch & { readonly last: bigint | null; readonly newest: number | null }>`
    WITH looked AS (
      SELECT sequence, ${sql.literal(reference)} AS process, (event ->> 'at')::float8 AS at FROM ${sql.literal(event)}
      WHERE sequence > ${after} ORDER BY sequence LIMIT ${limit}
    ), removed AS (
      DELETE FROM ${sql.literal(event)} AS e USING looked, ${sql.literal(process)} AS p
      WHERE e.sequence = looked.sequence AND p.id = looked.process AND looked.at < ${before} AND ${sql.literal(ended)}
      RETURNING 1
    )
    SELECT count(*) AS looked, (SELECT count(*) FROM removed) AS removed, max(sequence) AS last, max(at) AS newest
    FROM looked`
