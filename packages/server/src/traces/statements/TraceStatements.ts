/** Traces, one statement each. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/** Ready builds of this server whose contents nobody has looked at, the oldest first. */
export const unread = Effect.fnUntraced(function*(limit: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: bigint }>`
    SELECT id FROM module_build AS b WHERE state = 'ready' AND NOT scratch
      AND NOT EXISTS (SELECT FROM trace_module WHERE build = b.id AND (content IS NULL OR needs IS NOT NULL))
    ORDER BY id LIMIT ${limit}`
  return rows.map(({ id }) => Number(id))
})

/** What is noted of a build. */
export interface ModuleTrace {
  readonly interface: string
  readonly content: string
  /** Names that its packages and their builds need; true where a version counts. */
  readonly needs: ReadonlyMap<string, boolean>
}

/** Notes what a build holds; null where it could not be read. */
export const noteModule = Effect.fnUntraced(function*(build: number, nsvc: string, output: ModuleTrace | undefined) {
  const sql = yield* SqlClient.SqlClient
  const needs = output === undefined ? null : json(Object.fromEntries(output.needs))
  yield* sql`
    INSERT INTO trace_module (build, nsvc, interface, content, needs)
    VALUES (${build}, ${clean(nsvc)}, ${output?.interface ?? null}, ${output?.content ?? null}, ${needs}::text::jsonb)
    ON CONFLICT (build) DO UPDATE SET needs = excluded.needs WHERE trace_module.needs IS NULL`
})

/** Notes which modules a build's buildroot held, as `name:stream:version:context`. */
export const noteBuildroot = Effect.fnUntraced(function*(build: number, modules: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO trace_buildroot (build, module)
    SELECT ${build}::bigint, jsonb_array_elements_text(${json(modules.map(clean))}::text::jsonb) ON CONFLICT DO NOTHING`
})

/** Of these builds those that need one of the names, or one of the others in a version; and those of which it is not known what they need. */
export const needing = Effect.fnUntraced(function*(
  builds: ReadonlyArray<number>,
  names: ReadonlyArray<string>,
  versions: ReadonlyArray<string>
) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly build: number }>`
    SELECT one.build::float8 AS build
    FROM (SELECT value::bigint AS build FROM jsonb_array_elements_text(${json(builds.map(String))}::text::jsonb)) AS one
    LEFT JOIN trace_module AS known ON known.build = one.build
    WHERE known.needs IS NULL
      OR EXISTS (SELECT FROM jsonb_array_elements_text(${json(names)}::text::jsonb) AS name WHERE known.needs ? name)
      OR EXISTS (
        SELECT FROM jsonb_array_elements_text(${json(versions)}::text::jsonb) AS name
        WHERE (known.needs -> name)::boolean
      )`
  return new Set(rows.map(({ build }) => build))
})

/** What modules hold, by `name:stream:version:context`; those that nobody knows are left out. */
export const contents = Effect.fnUntraced(function*(nsvcs: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly nsvc: string; readonly content: string }>`
    SELECT nsvc, content FROM trace_module WHERE content IS NOT NULL
      AND nsvc IN (SELECT jsonb_array_elements_text(${json(nsvcs)}::text::jsonb))`
  return new Map(rows.map(({ content, nsvc }) => [nsvc, content]))
})

/** One component with what it was built from and what came out. */
export interface ComponentTrace {
  readonly input: string
  readonly component: string
  readonly output: string
}

/**
 * Notes what a build's components were built from. Of one input the output counts that was seen first, as long as its build is ready; another
 * one is a conflict.
 */
export const noteComponents = Effect.fnUntraced(function*(build: number, traces: ReadonlyArray<ComponentTrace>) {
  const sql = yield* SqlClient.SqlClient
  const given = sql`jsonb_to_recordset(${json(traces)}::text::jsonb) AS given (input text, component text, output text)`
  yield* sql`
    DELETE FROM trace_component AS old USING ${given}
    WHERE old.input = given.input
      AND NOT EXISTS (SELECT FROM module_build AS b WHERE b.id = old.build AND b.state = 'ready')`
  yield* sql`
    INSERT INTO trace_component (input, build, component, output)
    SELECT input, ${build}::bigint, component, output FROM ${given} ON CONFLICT (input) DO NOTHING`
  yield* sql`
    INSERT INTO trace_conflict (input, output, build, component)
    SELECT given.input, given.output, ${build}::bigint, given.component FROM ${given}
    JOIN trace_component AS known ON known.input = given.input AND known.output <> given.output
    ON CONFLICT DO NOTHING`
})

/** Ready builds that have results of these inputs. */
export const find = Effect.fnUntraced(function*(inputs: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly input: string; readonly build: bigint; readonly component: string }>`
    SELECT trace.input, trace.build, trace.component FROM trace_component AS trace
    JOIN module_build AS b ON b.id = trace.build AND b.state = 'ready'
    WHERE trace.input IN (SELECT jsonb_array_elements_text(${json(inputs)}::text::jsonb))`
  return rows.map(({ build, component, input }) => ({ build: Number(build), component, input }))
})

/** Forgets so many builds that are not ready any more, with all that was noted of them; how many that were. */
export const forget = Effect.fnUntraced(function*(limit: number) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly forgotten: bigint }>`
    WITH gone AS (
      DELETE FROM trace_module WHERE build IN (
        SELECT t.build FROM trace_module AS t
        WHERE NOT EXISTS (SELECT FROM module_build AS b WHERE b.id = t.build AND b.state = 'ready') LIMIT ${limit}
      ) RETURNING build
    ), components AS (
      DELETE FROM trace_component WHERE build IN (SELECT build FROM gone)
    ), conflicts AS (
      DELETE FROM trace_conflict WHERE build IN (SELECT build FROM gone)
    ), buildroots AS (
      DELETE FROM trace_buildroot WHERE build IN (SELECT build FROM gone)
    )
    SELECT count(*) AS forgotten FROM gone`
  return Number(row!.forgotten)
})
