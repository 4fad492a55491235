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
  }),
  "2007_fewer_writes": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    // The tables may be large.
    yield* sql`SET LOCAL statement_timeout = 0`
    // Asked at each step of a component, and most steps know no files. Written without a query inside, it becomes part of whatever
    // asks, which is a tenth of what a call costs.
    yield* sql`
      CREATE OR REPLACE FUNCTION mbs_files(data jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
      $$ SELECT CASE WHEN data -> 'artifacts' <> '[]'::jsonb THEN string_to_array(
        replace(
          regexp_replace(
            btrim(jsonb_path_query_array(data, '$.artifacts[*].nevra')::text, '[]"'), '-[0-9]+:', '-', 'g'
          ), '", "', '.rpm", "'
        ) || '.rpm', '", "'
      ) END $$`
    yield* sql`DROP INDEX mbs_files`
    yield* sql`
      CREATE INDEX mbs_files ON component_build USING gin (mbs_files(data)) WHERE mbs_files(data) IS NOT NULL`
    // Whoever writes them has written their build's row in the same statement or transaction, and no build is ever removed.
    yield* sql`ALTER TABLE module_build_event DROP CONSTRAINT module_build_event_module_build_id_fkey`
    yield* sql`ALTER TABLE component_build DROP CONSTRAINT component_build_module_build_id_fkey`
    // Announcements are found by number, and by this one only while they have none, for which there is a smaller index.
    yield* sql`ALTER TABLE announcement DROP CONSTRAINT announcement_pkey`
    // Rows that are written at each step keep room beside them, so that the new one does not need a page of its own.
    yield* sql`ALTER TABLE component_build SET (fillfactor = 60)`
    yield* sql`ALTER TABLE module_build SET (fillfactor = 60)`
  }),
  "2008_commands_in_order": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    // The table may be large.
    yield* sql`SET LOCAL statement_timeout = 0`
    // In the order in which commands are taken, so that taking some does not go over all that wait.
    yield* sql`DROP INDEX idx_command_queue_take`
    yield* sql`
      CREATE INDEX command_queue_due ON command_queue (queue_name, visible_at, sequence) WHERE state = 'pending'`
    // A command that is taken is written anew: with room beside it, no index is.
    yield* sql`ALTER TABLE command_queue SET (fillfactor = 60)`
    // The index on all tasks finds those that are being built, too.
    yield* sql`DROP INDEX component_build_task`
  }),
  "2009_feed_list": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    // The table may be large.
    yield* sql`SET LOCAL statement_timeout = 0`
    // The feed goes through numbers with all that it is filtered by beside them, and not through the builds. They change when the state does,
    // which other indexes have.
    yield* sql`
      CREATE INDEX module_build_feed ON module_build (id)
      INCLUDE (state, name, stream, version, context, owner, scratch, platform, arches, created_at, completed_at)`
  })
}
