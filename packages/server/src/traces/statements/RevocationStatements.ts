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

/** A ready build that holds some of these results, with what says which components were built after which. */
export interface HolderRow {
  readonly stream: string
  readonly nsvc: string
  readonly components: ReadonlyArray<{
    readonly name: string
    readonly batch: number
    readonly afterBatch: number
    readonly after: ReadonlyArray<string>
  }>
  /** By component. */
  readonly tasks: Readonly<Record<string, string>>
}

/** Ready builds that hold one of these results. */
export const holders = Effect.fnUntraced(function*(tasks: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<HolderRow>`
    SELECT b.name || ':' || b.stream AS stream, b.name || ':' || b.stream || ':' || b.version || ':' || b.context AS nsvc,
      (SELECT jsonb_agg(to_jsonb(p)) FROM jsonb_to_recordset(b.plan -> 'components')
        AS p (name text, batch integer, "afterBatch" integer, after jsonb)) AS components,
      (SELECT jsonb_object_agg(c.name, c.task) FROM component_build AS c WHERE c.module_build_id = b.id AND c.task IS NOT NULL)
        AS tasks
    FROM module_build AS b WHERE b.state = 'ready' AND NOT b.scratch
      AND b.id IN (SELECT module_build_id FROM component_build WHERE task IN ${texts(sql, tasks)})`
})

/** A result, and the module stream whose build made it. */
export interface MadeRow extends Revoked {
  readonly stream: string
}

/** Results that ready builds made themselves with one of these modules in their buildroots, by `name:stream:version:context`. */
export const madeWith = Effect.fnUntraced(function*(modules: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<MadeRow>`
    SELECT DISTINCT c.task, c.name AS component, b.name || ':' || b.stream AS stream
    FROM trace_buildroot AS held JOIN module_build AS b ON b.id = held.build AND b.state = 'ready' AND NOT b.scratch
    JOIN component_build AS c ON c.module_build_id = b.id AND c.task IS NOT NULL AND c.data ->> 'reusedFrom' IS NULL
    WHERE held.module IN ${texts(sql, modules)}`
})

/** Who revoked a result that one of these modules holds, and why; undefined where none holds one. */
export const held = Effect.fnUntraced(function*(modules: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly by: string; readonly why: string }>`
    SELECT gone.by, gone.why FROM trace_module AS t JOIN component_build AS c ON c.module_build_id = t.build
    JOIN trace_revoked AS gone ON gone.task = c.task WHERE t.nsvc IN ${texts(sql, modules)} LIMIT 1`
  return row
})

/** The build and component that a trace leads to; undefined where there is none. */
export const traced = Effect.fnUntraced(function*(input: string) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly build: bigint; readonly component: string }>`
    SELECT build, component FROM trace_component WHERE input = ${input}`
  return row === undefined ? undefined : { build: Number(row.build), component: row.component }
})

/** What was revoked by the name of this trace: the result that it led to, and those that were built after it there. */
export const revokedBy = Effect.fnUntraced(function*(input: string) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<Revoked>`SELECT task, component FROM trace_revoked WHERE input = ${input}`
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
