/** Decisions as they were last announced, and subjects that somebody has to decide about again; one statement each. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { json } from "../../database/StorableText.ts"

/** A subject of a gate. */
export interface SubjectName {
  readonly type: string
  readonly identifier: string
}

/** Says that something new is known about these subjects. */
export const pend = Effect.fnUntraced(function*(subjects: ReadonlyArray<SubjectName>) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO gate_pending (subject_type, subject_identifier, news)
    SELECT DISTINCT type, identifier, 1 FROM jsonb_to_recordset(${
    json(subjects)
  }::text::jsonb) AS x (type text, identifier text)
    ON CONFLICT (subject_type, subject_identifier) DO UPDATE SET news = gate_pending.news + 1`
})

/** A subject to decide about. */
export interface PendingRow {
  readonly subject_type: string
  readonly subject_identifier: string
  readonly news: number
}

/** Those that nobody decides about at this moment; they come again after a minute unless they are done. */
export const take = Effect.fnUntraced(function*(limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<PendingRow>`
    UPDATE gate_pending AS one SET due_at = now() + interval '1 minute' FROM (
      SELECT subject_type, subject_identifier FROM gate_pending WHERE due_at <= now()
      ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE one.subject_type = due.subject_type AND one.subject_identifier = due.subject_identifier
    RETURNING one.subject_type, one.subject_identifier, one.news`
})

/**
 * Whether what was decided may be told: nobody else decided later. Where something new became known meanwhile, the subject is due
 * again.
 */
export const done = Effect.fnUntraced(function*({ news, subject_identifier, subject_type }: PendingRow) {
  const sql = yield* SqlClient.SqlClient
  const gone = yield* sql`
    DELETE FROM gate_pending
    WHERE subject_type = ${subject_type} AND subject_identifier = ${subject_identifier} AND news = ${news}
    RETURNING 1 AS gone`
  if (gone.length > 0) return true
  yield* sql`
    UPDATE gate_pending SET due_at = now()
    WHERE subject_type = ${subject_type} AND subject_identifier = ${subject_identifier}`
  return false
})

/** A decision that was announced. */
export interface DecisionRow {
  readonly product_version: string
  readonly decision_context: string
  readonly satisfied: boolean
  readonly summary: string
  readonly decision: Readonly<Record<string, unknown>>
}

/** The decisions about a subject. Locks them: what is told follows from what was told before. */
export const known = Effect.fnUntraced(function*({ identifier, type }: SubjectName) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<DecisionRow>`
    SELECT product_version, decision_context, satisfied, summary, decision FROM gate_decision
    WHERE subject_type = ${type} AND subject_identifier = ${identifier}
    ORDER BY product_version, decision_context FOR UPDATE`
})

/** Writes a decision down. */
export const keep = Effect.fnUntraced(function*({ identifier, type }: SubjectName, row: DecisionRow) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO gate_decision (subject_type, subject_identifier, product_version, decision_context, satisfied, summary,
      decision, decided_at)
    VALUES (${type}, ${identifier}, ${row.product_version}, ${row.decision_context}, ${row.satisfied}, ${row.summary},
      ${json(row.decision)}::text::jsonb, now())
    ON CONFLICT (subject_type, subject_identifier, product_version, decision_context) DO UPDATE SET
      satisfied = excluded.satisfied, summary = excluded.summary, decision = excluded.decision,
      decided_at = excluded.decided_at`
})

/** The module build that gates know by this name (`name-stream-version.context`); finished ones alone. */
export const moduleBuild = Effect.fnUntraced(function*(identifier: string) {
  const sql = yield* SqlClient.SqlClient
  const name = /^(.+)-[^-]+-\d+\.[^.-]+$/.exec(identifier)?.[1]
  if (name === undefined) return undefined
  const [row] = yield* sql<{ readonly id: number; readonly state: string; readonly platform: string | null }>`
    SELECT id::float8 AS id, state, plan->>'platform' AS platform FROM module_build
    WHERE name = ${name} AND state IN ('done', 'ready') AND NOT scratch
      AND name || '-' || replace(stream, '-', '_') || '-' || version || '.' || context = ${identifier}
    ORDER BY module_build.id DESC LIMIT 1`
  return row
})

/** The number of the newest ready build of any of the streams. */
export const newestReady = Effect.fnUntraced(function*(name: string, streams: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly id: number }>`
    SELECT id::float8 AS id FROM module_build
    WHERE name = ${name} AND state = 'ready' AND NOT scratch
      AND stream IN (SELECT value FROM jsonb_array_elements_text(${json(streams)}::text::jsonb))
    ORDER BY version DESC, module_build.id DESC LIMIT 1`
  return row?.id
})

/** The source and the end of a module build (milliseconds since the epoch) that gates know by this name. */
export const moduleOrigin = Effect.fnUntraced(function*(identifier: string) {
  const sql = yield* SqlClient.SqlClient
  const name = /^(.+)-[^-]+-\d+\.[^.-]+$/.exec(identifier)?.[1]
  if (name === undefined) return undefined
  const [row] = yield* sql<{ readonly scmurl: string | null; readonly at: number | null }>`
    SELECT scmurl, (extract(epoch FROM coalesce(completed_at, modified_at)) * 1000)::float8 AS at FROM module_build
    WHERE name = ${name} AND NOT scratch AND state NOT IN ('failed', 'garbage')
      AND name || '-' || replace(stream, '-', '_') || '-' || version || '.' || context = ${identifier}
    ORDER BY id DESC LIMIT 1`
  return row
})

/** The source of a component of a module build with this NVR. */
export const componentOrigin = Effect.fnUntraced(function*(nvr: string) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{
    readonly repository: string | null
    readonly commit: string | null
    readonly at: number | null
  }>`
    SELECT one.value->>'repository' AS repository, component.data->>'commit' AS commit,
      (component.data->>'finishedAt')::float8 AS at
    FROM component_build AS component JOIN module_build AS build ON build.id = component.module_build_id,
      jsonb_array_elements(build.plan->'components') AS one
    WHERE component.data->>'nvr' = ${nvr} AND one.value->>'name' = component.name AND NOT build.scratch
    ORDER BY build.id DESC LIMIT 1`
  return row
})
