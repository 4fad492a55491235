/** Where logs of components are, and what is known of their lines. */
import type { LogIndex } from "@orch/core/buildlog/LogIndex"
import type * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/** A component with where its current log is. */
export interface ComponentRow {
  readonly attempt: number
  readonly state: string
  readonly task: string | null
  readonly log: string | null
  readonly reused_from: string | null
  /** Logs by architecture, where nodes of the pool brought them. */
  readonly ended: Readonly<Record<string, { readonly log?: string }>> | null
}

/** One component of a module build; none where the build has none of that name, or nothing has happened to it yet. */
export const component = (sql: SqlClient.SqlClient, build: number, name: string) =>
  sql<ComponentRow>`
    SELECT c.attempt, c.state, c.task, c.data ->> 'log' AS log, c.data ->> 'reusedFrom' AS reused_from, p.ended
    FROM component_build AS c
    LEFT JOIN pool_component AS p ON p.id = CASE WHEN c.task ~ '^\\d{1,15}$' THEN c.task::bigint END
    WHERE c.module_build_id = ${build} AND c.name = ${clean(name)}`

/** Where the log of an earlier attempt is: the last place that was told of its task. */
export const earlier = (sql: SqlClient.SqlClient, build: number, name: string, attempt: number) =>
  sql<{ readonly log: string }>`
    WITH submitted AS (
      SELECT s.value ->> 'task' AS task
      FROM module_build_event AS e CROSS JOIN LATERAL jsonb_array_elements(e.event -> 'submissions') AS s
      WHERE e.module_build_id = ${build} AND e.event ->> '_tag' = 'ComponentsSubmitted'
        AND s.value ->> 'component' = ${clean(name)} AND (s.value ->> 'attempt')::integer = ${attempt}
        AND s.value ->> 'task' IS NOT NULL
    )
    SELECT o.value ->> 'log' AS log
    FROM module_build_event AS e CROSS JOIN LATERAL jsonb_array_elements(e.event -> 'observations') AS o
    WHERE e.module_build_id = ${build} AND e.event ->> '_tag' = 'TasksObserved'
      AND o.value ->> 'component' = ${clean(name)} AND o.value ->> 'log' IS NOT NULL
      AND o.value ->> 'task' IN (SELECT task FROM submitted)
    ORDER BY e.sequence DESC LIMIT 1`

/**
 * Components whose logs grow here, or have ended since a time: build, name, attempt. Logs at a hub are fetched once, of what failed: nobody
 * looks at others all the time.
 */
export const recent = (sql: SqlClient.SqlClient, since: number, limit: number) =>
  sql<{ readonly build: bigint; readonly name: string; readonly attempt: number }>`
    (SELECT module_build_id AS build, name, attempt FROM component_build
      WHERE state = 'building' AND data ->> 'log' LIKE '/%' LIMIT ${limit})
    UNION ALL
    (SELECT module_build_id, name, attempt FROM component_build
      WHERE data ->> 'finishedAt' IS NOT NULL AND (data ->> 'finishedAt')::float8 >= ${since}
        AND data ->> 'reusedFrom' IS NULL AND (data ->> 'log' LIKE '/%' OR (state = 'failed' AND data ->> 'log' IS NOT NULL))
      ORDER BY (data ->> 'finishedAt')::float8 LIMIT ${limit})`

/** What is known of a log. */
export const index = (sql: SqlClient.SqlClient, source: string) =>
  sql<{ readonly complete: boolean; readonly index: unknown }>`
    SELECT complete, index FROM log_index WHERE source = ${clean(source)}`

/** Keeps what is known of a log, unless more is known already. */
export const keep = (
  sql: SqlClient.SqlClient,
  source: string,
  index: LogIndex,
  firstError: unknown,
  complete: boolean
) =>
  sql`
    INSERT INTO log_index AS old (source, bytes, complete, index, first_error)
    VALUES (${clean(source)}, ${index.bytes}, ${complete}, ${json(index)}::text::jsonb, ${
    firstError === undefined ? null : json(firstError)
  }::text::jsonb)
    ON CONFLICT (source) DO UPDATE SET bytes = excluded.bytes, complete = excluded.complete, index = excluded.index,
      first_error = excluded.first_error
    WHERE old.bytes < excluded.bytes OR (old.bytes = excluded.bytes AND excluded.complete)`

/** The first error, where it is another one now. */
export const tellFirstError = (sql: SqlClient.SqlClient, source: string, firstError: unknown) =>
  sql`
    UPDATE log_index SET first_error = ${firstError === undefined ? null : json(firstError)}::text::jsonb
    WHERE source = ${clean(source)}`

/** A line that somebody said is not the cause. */
export interface DoubtRow {
  readonly source: string
  readonly line: bigint
  readonly rule: string
  readonly text: string
  readonly name: string
  readonly at: Date
}

/** Of one log. */
export const doubts = (sql: SqlClient.SqlClient, source: string) =>
  sql<DoubtRow>`SELECT * FROM log_doubt WHERE source = ${clean(source)} ORDER BY line`

/** Of all logs, the newest first. */
export const allDoubts = (sql: SqlClient.SqlClient, limit: number) =>
  sql<DoubtRow>`SELECT * FROM log_doubt ORDER BY at DESC, source, line LIMIT ${limit}`

/** Who says it first is kept. */
export const doubt = (
  sql: SqlClient.SqlClient,
  { line, name, rule, source, text }: Omit<DoubtRow, "at" | "line"> & { readonly line: number }
) =>
  sql<DoubtRow>`
    INSERT INTO log_doubt AS old (source, line, rule, text, name)
    VALUES (${clean(source)}, ${line}, ${rule}, ${clean(text)}, ${clean(name)})
    ON CONFLICT (source, line) DO UPDATE SET rule = old.rule RETURNING *`

export const believe = (sql: SqlClient.SqlClient, source: string, line: number) =>
  sql`DELETE FROM log_doubt WHERE source = ${clean(source)} AND line = ${line}`
