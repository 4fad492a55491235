/**
 * What lists and searches read of module builds without opening their plans, which may have megabytes (2001 to 2099).
 *
 * The columns follow from the plan by themselves, so that whoever writes a build need not know of them.
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "2001_module_build_reads": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      ALTER TABLE module_build
        ADD COLUMN platform text GENERATED ALWAYS AS (plan ->> 'platform') STORED,
        ADD COLUMN arches jsonb GENERATED ALWAYS AS (plan -> 'arches') STORED,
        ADD COLUMN component_count integer GENERATED ALWAYS AS (
          CASE WHEN jsonb_typeof(plan -> 'components') = 'array' THEN jsonb_array_length(plan -> 'components') ELSE 0 END
        ) STORED`
    yield* sql`
      CREATE INDEX module_build_commit ON module_build (split_part(scmurl, '#', 2) text_pattern_ops)
      WHERE scmurl IS NOT NULL`
    yield* sql`CREATE INDEX component_build_name ON component_build (name text_pattern_ops, module_build_id)`
    yield* sql`
      CREATE INDEX component_build_commit ON component_build ((data ->> 'commit') text_pattern_ops)
      WHERE data ->> 'commit' IS NOT NULL`
  }),
  "2002_finished": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      CREATE INDEX component_build_finished ON component_build (((data ->> 'finishedAt')::float8))
      WHERE data ->> 'finishedAt' IS NOT NULL`
    yield* sql`CREATE INDEX builder_duration_at ON builder_duration (at)`
  }),
  "2003_log_index": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      CREATE TABLE log_index (
        source text PRIMARY KEY,
        bytes bigint NOT NULL,
        complete boolean NOT NULL,
        index jsonb NOT NULL,
        first_error jsonb
      )`
  }),
  "2004_module_names": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE INDEX module_build_name_pattern ON module_build (name text_pattern_ops, id)`
  }),
  "2005_log_doubt": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      CREATE TABLE log_doubt (
        source text NOT NULL,
        line bigint NOT NULL,
        rule text NOT NULL,
        text text NOT NULL,
        name text NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (source, line)
      )`
    yield* sql`CREATE INDEX log_doubt_at ON log_doubt (at)`
  }),
  "2006_farm_sample": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      CREATE TABLE farm_sample (
        at bigint NOT NULL,
        arch text NOT NULL,
        running integer NOT NULL,
        waiting integer NOT NULL,
        PRIMARY KEY (at, arch)
      )`
  })
}
