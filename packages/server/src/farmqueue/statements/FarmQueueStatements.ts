/** What waits for the farm, what it works on, and what it finished. */
import type * as SqlClient from "effect/sql/SqlClient"
import { json } from "../../database/StorableText.ts"

/** A component that the build system knows. */
export interface ComponentRow {
  readonly build: bigint
  readonly part: string
  readonly task: string | null
  readonly owner: string
  readonly arches: ReadonlyArray<string>
  readonly priority: number
  readonly open: boolean
  readonly submitted_at: number | null
}

/** Components at the build system, the oldest first, at most `limit`. */
export const components = (sql: SqlClient.SqlClient, limit: number) =>
  sql<ComponentRow>`
    SELECT m.id AS build, c.name AS part, c.task, m.owner, m.arches,
      coalesce((m.progress ->> 'priority')::integer, 0) AS priority, (c.data ->> 'open')::boolean AS open,
      (c.data ->> 'submittedAt')::float8 AS submitted_at
    FROM component_build AS c JOIN module_build AS m ON m.id = c.module_build_id
    WHERE c.state = 'building'
    ORDER BY (c.data ->> 'submittedAt')::float8, m.id, c.name LIMIT ${limit}`

/** Components whose tasks have these names. */
export const componentsOf = (sql: SqlClient.SqlClient, tasks: ReadonlyArray<string>) =>
  sql<{ readonly build: bigint; readonly part: string; readonly task: string }>`
    SELECT module_build_id AS build, name AS part, task FROM component_build
    WHERE state = 'building' AND task IN (SELECT jsonb_array_elements_text(${json(tasks)}::text::jsonb))`

/** When queued tasks of the pool were offered, in milliseconds since the epoch. */
export const offered = (sql: SqlClient.SqlClient, ids: ReadonlyArray<number>) =>
  sql<{ readonly id: bigint; readonly at: bigint }>`
    SELECT id, offered_at AS at FROM builder_task
    WHERE id IN (SELECT jsonb_array_elements_text(${json(ids)}::text::jsonb)::bigint)`

/** What ended since a time, counted by the stretch of time, in milliseconds, in which it ended. */
export const finished = (sql: SqlClient.SqlClient, since: number, stretch: number) =>
  sql<{ readonly place: number; readonly built: bigint; readonly failed: bigint }>`
    SELECT place::integer, sum(built)::bigint AS built, sum(failed)::bigint AS failed FROM (
      SELECT floor(((data ->> 'finishedAt')::float8 - ${since}) / ${stretch}) AS place,
        CASE WHEN state IN ('built', 'available') THEN 1 ELSE 0 END AS built,
        CASE WHEN state = 'failed' THEN 1 ELSE 0 END AS failed
      FROM component_build
      WHERE data ->> 'finishedAt' IS NOT NULL AND (data ->> 'finishedAt')::float8 >= ${since}
      UNION ALL
      SELECT floor((at - ${since}::float8) / ${stretch}), 1, 0 FROM builder_duration AS d
      WHERE at >= ${since}
        -- Components of modules are counted above.
        AND NOT EXISTS (SELECT FROM builder_task AS t WHERE t.id = d.task AND t.life = 'module-component')
    ) AS ended GROUP BY place ORDER BY place`

/** Commands that have spent their retries. */
export const deadLetters = (sql: SqlClient.SqlClient) =>
  sql<{ readonly amount: bigint }>`SELECT count(*) AS amount FROM command_queue WHERE state = 'failed'`

/** Counts of the queue since a time, in milliseconds since the epoch. */
export const samples = (sql: SqlClient.SqlClient, since: number) =>
  sql<{ readonly arch: string; readonly at: bigint; readonly running: number; readonly waiting: number }>`
    SELECT arch, at, running, waiting FROM farm_sample WHERE at >= ${since} ORDER BY at, arch`

/** The first count of a time is kept. */
export const keepSamples = (
  sql: SqlClient.SqlClient,
  at: number,
  counts: ReadonlyArray<{ readonly arch: string; readonly running: number; readonly waiting: number }>
) =>
  sql`
    INSERT INTO farm_sample (at, arch, running, waiting)
    SELECT ${at}::bigint, arch, running, waiting
    FROM jsonb_to_recordset(${json(counts)}::text::jsonb) AS c (arch text, running integer, waiting integer)
    ON CONFLICT DO NOTHING`

export const forgetSamples = (sql: SqlClient.SqlClient, before: number) =>
  sql`DELETE FROM farm_sample WHERE at < ${before}`
