/** Results that nobody takes any more, one statement each. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

const texts = (sql: SqlClient.SqlClient, all: ReadonlyArray<string>) =>
  sql`(SELECT jsonb_array_elements_text(${json(all)}::text::jsonb))`

/** A result that is to be taken no more. */
export interface Revoked {
  readonly task: string
  readonly component: string
}

/** Those of these tasks whose results are revoked. */
export const among = Effect.fnUntraced(function*(tasks: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly task: string }>`
    SELECT task FROM trace_revoked WHERE task IN ${texts(sql, tasks)}`
  return new Set(rows.map(({ task }) => task))
})

/** Notes that these results are revoked, each once; `input` is that of the trace by which somebody named them. */
export const note = Effect.fnUntraced(
  function*(all: ReadonlyArray<Revoked>, input: string | undefined, by: string, why: string) {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      INSERT INTO trace_revoked (task, input, component, by, why)
      SELECT DISTINCT ON (task) task, ${input ?? null}::text, component, ${clean(by)}::text, ${clean(why)}::text
      FROM jsonb_to_recordset(${json(all)}::text::jsonb) AS given (task text, component text)
      ON CONFLICT (task) DO NOTHING`
  }
)

/** Removes every trace that leads to one of these results. */
export const removeTraces = Effect.fnUntraced(function*(tasks: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    DELETE FROM trace_component AS trace USING component_build AS held
    WHERE held.task IN ${texts(sql, tasks)} AND trace.build = held.module_build_id AND trace.component = held.name`
})

/** Module streams, as `name:stream`, of which ready builds hold one of these results, in order. */
export const holders = Effect.fnUntraced(function*(tasks: ReadonlyArray<string>, limit: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly name: string }>`
    SELECT DISTINCT b.name || ':' || b.stream AS name FROM component_build AS held
    JOIN module_build AS b ON b.id = held.module_build_id AND b.state = 'ready' AND NOT b.scratch
    WHERE held.task IN ${texts(sql, tasks)} ORDER BY 1 LIMIT ${limit}`
  return rows.map(({ name }) => name)
})

/** The build and component that a trace leads to; undefined where there is none. */
export const traced = Effect.fnUntraced(function*(input: string) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly build: bigint; readonly component: string }>`
    SELECT build, component FROM trace_component WHERE input = ${input}`
  return row === undefined ? undefined : { build: Number(row.build), component: row.component }
})

/** Tasks that were revoked by the name of this trace. */
export const revokedBy = Effect.fnUntraced(function*(input: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly task: string }>`SELECT task FROM trace_revoked WHERE input = ${input}`
  return rows.map(({ task }) => task)
})

/** A trace as it is shown. */
export interface TraceRow {
  readonly input: string
  readonly build: bigint
  readonly component: string
  readonly output: string
}

/** The traces of a build, by component, and how many there are. */
export const ofBuild = Effect.fnUntraced(function*(build: number, limit: number, offset: number) {
  const sql = yield* SqlClient.SqlClient
  const items = yield* sql<TraceRow>`
    SELECT input, build, component, output FROM trace_component WHERE build = ${build}
    ORDER BY component, input LIMIT ${limit} OFFSET ${offset}`
  const [row] = yield* sql<{ readonly total: bigint }>`
    SELECT count(*) AS total FROM trace_component WHERE build = ${build}`
  return { items, total: Number(row!.total) }
})
