/** What the Module Build Service's API knows beyond the builds themselves, and views in its columns (0300 to 0399). */
import * as StreamVersion from "@orch/core/resolution/StreamVersion"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { places } from "./MbsPlaceMigrations.ts"
import { settled, unsettledAfter } from "./MbsSettledMigrations.ts"
import { tally } from "./MbsTallyMigrations.ts"

/** Whether its tag exists: from when the buildroot is prepared, and for modules that were imported, which have no deadline. */
const hasTag = (sql: SqlClient.SqlClient) => sql.literal("m.progress ? 'buildroot' OR NOT m.progress ? 'deadlineAt'")

/** Whether it is where it belongs: what was built last is not brought into the buildroot again, only into the result. */
const isTagged = (sql: SqlClient.SqlClient) =>
  sql.literal("coalesce(c.state = 'available' OR (c.state = 'built' AND m.progress ? 'published'), false)")

/** Components with the package of macros, of which those rows are `visible` that the build system has made. */
const componentView = (sql: SqlClient.SqlClient, visible: string) => {
  const made = (field: string) => sql.literal(`m.progress #>> '{buildroot,macros,${field}}'`)
  return sql`
      CREATE OR REPLACE VIEW mbs_component_builds AS
      SELECT
        k.id, k.package,
        CASE WHEN k.macros THEN (${made("nvr")}) || '.src.rpm'
          ELSE coalesce(k.srpm, k.repository || '?#' || coalesce(c.data ->> 'commit', '')) END AS scmurl,
        'rpms'::text AS format,
        CASE WHEN k.macros THEN ${made("task")} ELSE c.task END AS task_id, c.data ->> 'commit' AS ref,
        CASE
          WHEN k.macros AND (${made("built")}) = 'true' THEN 1
          WHEN c.state IN ('built', 'available') THEN 1
          WHEN c.state = 'failed' OR c.data ? 'calledOff' THEN 3
          WHEN c.state = 'canceled' THEN 4
          WHEN m.state IN ('failed', 'garbage') THEN 3
          WHEN k.macros OR c.state IN ('submitting', 'building') THEN 0
        END AS state,
        CASE
          WHEN k.macros AND (${made("built")}) = 'true' THEN NULL
          WHEN c.data ? 'reusedFrom' THEN 'Reused component from previous module build'
          WHEN c.state IN ('built', 'available') THEN NULL
          WHEN c.state IN ('failed', 'canceled') THEN nullif(c.data ->> 'reason', '')
          WHEN m.state IN ('failed', 'garbage') THEN m.progress ->> 'remark'
          WHEN c.state IN ('submitting', 'building') THEN nullif(c.data ->> 'reason', '')
        END AS state_reason,
        CASE WHEN k.macros THEN ${made("nvr")} ELSE c.data ->> 'nvr' END AS nvr,
        CASE WHEN k.macros THEN (${made("built")}) = 'true' ELSE ${isTagged(sql)} END AS tagged,
        ${isTagged(sql)} AS tagged_in_final,
        k.macros AS build_time_only, k.buildonly, k.batch, k.module_build_id AS module_id,
        (
          SELECT r.id FROM mbs_component AS r
          WHERE r.module_build_id = (c.data ->> 'reusedFrom')::bigint AND r.package = k.package
        ) AS reused_component_id,
        k.weight
      FROM mbs_component AS k
      LEFT JOIN module_build AS m ON m.id = k.module_build_id
      LEFT JOIN component_build AS c ON c.module_build_id = k.module_build_id AND c.name = k.package
      WHERE ${sql.literal(visible)}`
}

export const all = {
  "0300_mbs_builds": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      CREATE TABLE mbs_build (
        module_build_id bigint PRIMARY KEY REFERENCES module_build ON DELETE CASCADE,
        build_context text,
        build_context_no_bms text,
        runtime_context text,
        modulemd text NOT NULL,
        koji_tag text,
        cg_build_koji_tag text,
        srpms jsonb NOT NULL,
        rebuild_strategy text NOT NULL,
        reused_module_id bigint,
        stream_version double precision,
        buildrequires jsonb NOT NULL,
        arches text[] NOT NULL,
        virtual_streams text[] NOT NULL
      )`
    yield* sql`CREATE INDEX mbs_build_context ON mbs_build (build_context)`
    yield* sql`CREATE INDEX mbs_build_koji_tag ON mbs_build (koji_tag)`
    yield* sql`CREATE INDEX mbs_build_virtual_streams ON mbs_build USING gin (virtual_streams)`
    yield* sql`
      CREATE TABLE mbs_base_module (
        module_build_id bigint NOT NULL REFERENCES module_build ON DELETE CASCADE,
        base_id bigint NOT NULL REFERENCES module_build ON DELETE CASCADE,
        PRIMARY KEY (module_build_id, base_id)
      )`
    yield* sql`CREATE INDEX mbs_base_module_base ON mbs_base_module (base_id)`
    // Components have numbers in this API; elsewhere their name is enough.
    yield* sql`
      CREATE TABLE mbs_component (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        module_build_id bigint NOT NULL REFERENCES module_build ON DELETE CASCADE,
        package text NOT NULL,
        repository text NOT NULL,
        srpm text,
        batch integer NOT NULL,
        buildonly boolean NOT NULL,
        weight double precision NOT NULL,
        UNIQUE (module_build_id, package)
      )`
  }),
  "0301_mbs_views": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    // The outer joins are on keys, so that PostgreSQL drops them where nothing of the other side is asked for.
    // Filters by state go by name, which has an index; the numbers are only what the API calls them.
    yield* sql`
      CREATE VIEW mbs_module_builds AS
      SELECT
        m.id, m.name, m.stream, m.version, m.context,
        array_position(ARRAY['init', 'wait', 'build', 'done', 'failed', 'ready', 'garbage'], m.state) - 1 AS state,
        m.progress ->> 'remark' AS state_reason,
        x.build_context, x.build_context_no_bms, x.runtime_context, coalesce(x.modulemd, '') AS modulemd,
        CASE WHEN ${hasTag(sql)} THEN x.koji_tag END AS koji_tag,
        CASE WHEN ${hasTag(sql)} THEN x.cg_build_koji_tag END AS cg_build_koji_tag,
        m.scmurl, m.scratch, coalesce(x.srpms, '[]'::jsonb) AS srpms, m.owner,
        m.created_at AS time_submitted, m.modified_at AS time_modified, m.completed_at AS time_completed,
        NULL::bigint AS new_repo_task_id,
        coalesce(x.rebuild_strategy, 'changed-and-after') AS rebuild_strategy,
        coalesce(x.reused_module_id, (
          SELECT max((c.data ->> 'reusedFrom')::bigint) FROM component_build AS c WHERE c.module_build_id = m.id
        )) AS reused_module_id,
        CASE WHEN m.state IN ('init', 'wait') THEN 0 ELSE coalesce((
          SELECT max(CASE WHEN c.state <> 'waiting' THEN k.batch WHEN m.progress ? 'buildroot' THEN 1 ELSE 0 END)
          FROM mbs_component AS k
          LEFT JOIN component_build AS c ON c.module_build_id = k.module_build_id AND c.name = k.package
          WHERE k.module_build_id = m.id
        ), 0) END AS batch,
        x.stream_version, coalesce(x.buildrequires, '{}'::jsonb) AS buildrequires,
        coalesce(x.arches, '{}'::text[]) AS arches, coalesce(x.virtual_streams, '{}'::text[]) AS virtual_streams,
        m.state AS state_name
      FROM module_build AS m LEFT JOIN mbs_build AS x ON x.module_build_id = m.id`
    // A component that a failed build left unbuilt has failed with it, whether it was begun or not.
    yield* sql`
      CREATE VIEW mbs_component_builds AS
      SELECT
        k.id, k.package,
        coalesce(k.srpm, k.repository || '?#' || coalesce(c.data ->> 'commit', '')) AS scmurl,
        'rpms'::text AS format, c.task AS task_id, c.data ->> 'commit' AS ref,
        CASE
          WHEN c.state IN ('built', 'available') THEN 1
          WHEN c.state = 'failed' OR c.data ? 'calledOff' THEN 3
          WHEN c.state = 'canceled' THEN 4
          WHEN m.state IN ('failed', 'garbage') THEN 3
          WHEN c.state IN ('submitting', 'building') THEN 0
        END AS state,
        CASE
          WHEN c.data ? 'reusedFrom' THEN 'Reused component from previous module build'
          WHEN c.state IN ('built', 'available') THEN NULL
          WHEN c.state IN ('failed', 'canceled') THEN nullif(c.data ->> 'reason', '')
          WHEN m.state IN ('failed', 'garbage') THEN m.progress ->> 'remark'
          WHEN c.state IN ('submitting', 'building') THEN nullif(c.data ->> 'reason', '')
        END AS state_reason,
        c.data ->> 'nvr' AS nvr, ${isTagged(sql)} AS tagged, ${isTagged(sql)} AS tagged_in_final,
        false AS build_time_only, k.buildonly, k.batch, k.module_build_id AS module_id,
        (
          SELECT r.id FROM mbs_component AS r
          WHERE r.module_build_id = (c.data ->> 'reusedFrom')::bigint AND r.package = k.package
        ) AS reused_component_id,
        k.weight
      FROM mbs_component AS k
      LEFT JOIN module_build AS m ON m.id = k.module_build_id
      LEFT JOIN component_build AS c ON c.module_build_id = k.module_build_id AND c.name = k.package`
    yield* sql`CREATE INDEX mbs_version ON module_build (version, id)`
  }),
  // Platforms that the farm stands for are base modules, too, although nobody imported them and no row is theirs.
  "0302_mbs_base_buildrequires": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      CREATE TABLE mbs_base_buildrequire (
        module_build_id bigint NOT NULL REFERENCES module_build ON DELETE CASCADE,
        name text NOT NULL,
        stream text NOT NULL,
        version numeric(20) NOT NULL,
        context text NOT NULL,
        stream_version double precision NOT NULL,
        PRIMARY KEY (module_build_id, name)
      )`
    yield* sql`CREATE INDEX mbs_base_buildrequire_stream ON mbs_base_buildrequire (name, stream)`
    yield* sql`
      INSERT INTO mbs_base_buildrequire (module_build_id, name, stream, version, context, stream_version)
      SELECT DISTINCT ON (b.module_build_id, m.name)
        b.module_build_id, m.name, m.stream, m.version, m.context, coalesce(x.stream_version, 0)
      FROM mbs_base_module AS b JOIN module_build AS m ON m.id = b.base_id JOIN mbs_build AS x ON x.module_build_id = m.id
      ORDER BY b.module_build_id, m.name, m.id DESC`
    yield* sql`
      INSERT INTO mbs_base_buildrequire (module_build_id, name, stream, version, context, stream_version)
      SELECT module_build_id, 'platform', base ->> 'stream', (base ->> 'version')::numeric, base ->> 'context', 0
      FROM mbs_build, jsonb_extract_path(buildrequires, 'platform') AS base
      WHERE base ->> 'version' ~ '^[0-9]{1,20}$' AND base ->> 'stream' IS NOT NULL AND base ->> 'context' IS NOT NULL
      ON CONFLICT DO NOTHING`
    const streams = yield* sql<
      { stream: string }
    >`SELECT DISTINCT stream FROM mbs_base_buildrequire WHERE stream_version = 0`
    for (const { stream } of streams) {
      yield* sql`
        UPDATE mbs_base_buildrequire SET stream_version = ${StreamVersion.parse(stream)}::double precision
        WHERE stream = ${stream} AND stream_version = 0`
    }
    yield* sql`DROP TABLE mbs_base_module`
  }),
  // The package that gives components their macros is one of them, where the build system makes it.
  "0303_mbs_macros_component": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`ALTER TABLE mbs_component ADD COLUMN macros boolean NOT NULL DEFAULT false`
    yield* sql`
      INSERT INTO mbs_component (module_build_id, package, repository, batch, buildonly, weight, macros)
      SELECT DISTINCT module_build_id, 'module-build-macros', '', 1, false, 0::double precision, true
      FROM mbs_component ORDER BY module_build_id
      ON CONFLICT DO NOTHING`
    yield* componentView(sql, "NOT k.macros OR m.progress #> '{buildroot,macros}' IS NOT NULL")
  }),
  // Lists find the ids of a page by indexes, whatever they are filtered by, and look at the rows of that page only.
  "0304_mbs_lists": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    // The tables may be large.
    yield* sql`SET LOCAL statement_timeout = 0`
    yield* sql`ALTER TABLE mbs_component ADD COLUMN shown boolean NOT NULL DEFAULT true`
    yield* sql`
      UPDATE mbs_component AS k SET shown = false FROM module_build AS m
      WHERE k.macros AND m.id = k.module_build_id AND m.progress #> '{buildroot,macros}' IS NULL`
    yield* sql`CREATE INDEX mbs_component_shown ON mbs_component (id) WHERE shown`
    // Whether a build has a package of macros is known once its buildroot is prepared.
    yield* sql`
      CREATE FUNCTION mbs_show_macros() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN
        UPDATE mbs_component SET shown = NEW.progress #> ''{buildroot,macros}'' IS NOT NULL
        WHERE module_build_id = NEW.id AND macros;
        RETURN NULL;
      END'`
    yield* sql`
      CREATE TRIGGER mbs_show_macros AFTER UPDATE OF progress ON module_build FOR EACH ROW
      WHEN ((OLD.progress #> '{buildroot,macros}' IS NULL) <> (NEW.progress #> '{buildroot,macros}' IS NULL))
      EXECUTE FUNCTION mbs_show_macros()`
    yield* componentView(sql, "k.shown")
    yield* sql`CREATE INDEX mbs_task ON component_build (task) WHERE task IS NOT NULL`
    yield* sql`
      CREATE INDEX mbs_macros_task ON module_build ((progress #>> '{buildroot,macros,task}'))
      WHERE progress #> '{buildroot,macros}' IS NOT NULL`
    yield* sql`
      CREATE INDEX mbs_macros_unbuilt ON module_build (id)
      WHERE progress #> '{buildroot,macros}' IS NOT NULL AND progress #>> '{buildroot,macros,built}' IS DISTINCT FROM 'true'`
    yield* sql`
      CREATE INDEX mbs_ended_badly ON component_build (state) WHERE state IN ('failed', 'canceled') OR data ? 'calledOff'`
    // The names of files as the API asks for them: without an epoch.
    yield* sql`
      CREATE FUNCTION mbs_files(data jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
      'SELECT array_agg(regexp_replace(artifact ->> ''nevra'', ''-[0-9]+:'', ''-'') || ''.rpm'')
       FROM jsonb_array_elements(data -> ''artifacts'') AS artifact'`
    yield* sql`CREATE INDEX mbs_files ON component_build USING gin (mbs_files(data))`
    yield* sql`CREATE INDEX mbs_modified ON module_build (modified_at, id)`
    yield* sql`CREATE INDEX mbs_submitted ON module_build (created_at, id)`
    yield* sql`CREATE INDEX mbs_completed ON module_build (completed_at, id)`
    yield* sql`CREATE INDEX mbs_package ON mbs_component (package COLLATE "C", id) WHERE shown`
    yield* sql`CREATE INDEX mbs_koji_target ON mbs_build (cg_build_koji_tag)`
  }),
  "0305_mbs_settled": settled,
  "0306_mbs_tally": tally,
  "0307_mbs_places": places,
  "0308_mbs_unsettle_after": unsettledAfter,
  "0309_mbs_documents": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`SET LOCAL statement_timeout = 0`
    // Whole documents are longer than an index takes; so many letters have name, stream, version and context. See MbsListStatements.
    yield* sql`CREATE INDEX mbs_build_document ON mbs_build (left(modulemd, 128) COLLATE "C" NULLS FIRST)`
    // How many begin alike is not known before somebody counts.
    yield* sql`ANALYZE mbs_build`
  })
}
