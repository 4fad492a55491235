/** What the Module Build Service's API knows beyond the builds themselves, and views in its columns (0300 to 0399). */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

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
    yield* sql`
      CREATE VIEW mbs_module_builds AS
      SELECT
        m.id, m.name, m.stream, m.version, m.context,
        array_position(ARRAY['init', 'wait', 'build', 'done', 'failed', 'ready', 'garbage'], m.state) - 1 AS state,
        nullif(m.reason, '') AS state_reason,
        x.build_context, x.build_context_no_bms, x.runtime_context, coalesce(x.modulemd, '') AS modulemd,
        CASE WHEN m.state <> 'init' THEN x.koji_tag END AS koji_tag,
        CASE WHEN m.state <> 'init' THEN x.cg_build_koji_tag END AS cg_build_koji_tag,
        m.scmurl, m.scratch, coalesce(x.srpms, '[]'::jsonb) AS srpms, m.owner,
        m.created_at AS time_submitted, m.modified_at AS time_modified, m.completed_at AS time_completed,
        NULL::bigint AS new_repo_task_id,
        coalesce(x.rebuild_strategy, 'changed-and-after') AS rebuild_strategy, x.reused_module_id,
        CASE WHEN m.state IN ('init', 'wait') THEN 0 ELSE (
          SELECT coalesce(max(k.batch), 0) FROM component_build AS c
          JOIN mbs_component AS k ON k.module_build_id = c.module_build_id AND k.package = c.name
          WHERE c.module_build_id = m.id AND c.state <> 'waiting'
        ) END AS batch,
        x.stream_version, coalesce(x.buildrequires, '{}'::jsonb) AS buildrequires,
        coalesce(x.arches, '{}'::text[]) AS arches, coalesce(x.virtual_streams, '{}'::text[]) AS virtual_streams
      FROM module_build AS m LEFT JOIN mbs_build AS x ON x.module_build_id = m.id`
    yield* sql`
      CREATE VIEW mbs_component_builds AS
      SELECT
        k.id, k.package,
        coalesce(k.srpm, k.repository || '?#' || coalesce(c.data ->> 'commit', '')) AS scmurl,
        'rpms'::text AS format, c.task AS task_id, c.data ->> 'commit' AS ref,
        CASE c.state
          WHEN 'waiting' THEN NULL WHEN 'submitting' THEN 0 WHEN 'building' THEN 0 WHEN 'built' THEN 1
          WHEN 'available' THEN 1 WHEN 'failed' THEN 3 WHEN 'canceled' THEN 4
        END AS state,
        CASE WHEN c.state <> 'waiting' THEN nullif(c.data ->> 'reason', '') END AS state_reason,
        c.data ->> 'nvr' AS nvr, coalesce(c.state = 'available', false) AS tagged,
        coalesce(c.state = 'available' AND NOT k.buildonly, false) AS tagged_in_final,
        false AS build_time_only, k.buildonly, k.batch, k.module_build_id AS module_id,
        NULL::bigint AS reused_component_id, k.weight
      FROM mbs_component AS k
      LEFT JOIN component_build AS c ON c.module_build_id = k.module_build_id AND c.name = k.package`
  }),
  "0302_mbs_state_names": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    // Filters by state go by name, which has an index; the numbers are only what the API calls them.
    yield* sql`
      CREATE OR REPLACE VIEW mbs_module_builds AS
      SELECT
        m.id, m.name, m.stream, m.version, m.context,
        array_position(ARRAY['init', 'wait', 'build', 'done', 'failed', 'ready', 'garbage'], m.state) - 1 AS state,
        nullif(m.reason, '') AS state_reason,
        x.build_context, x.build_context_no_bms, x.runtime_context, coalesce(x.modulemd, '') AS modulemd,
        CASE WHEN m.state <> 'init' THEN x.koji_tag END AS koji_tag,
        CASE WHEN m.state <> 'init' THEN x.cg_build_koji_tag END AS cg_build_koji_tag,
        m.scmurl, m.scratch, coalesce(x.srpms, '[]'::jsonb) AS srpms, m.owner,
        m.created_at AS time_submitted, m.modified_at AS time_modified, m.completed_at AS time_completed,
        NULL::bigint AS new_repo_task_id,
        coalesce(x.rebuild_strategy, 'changed-and-after') AS rebuild_strategy, x.reused_module_id,
        CASE WHEN m.state IN ('init', 'wait') THEN 0 ELSE (
          SELECT coalesce(max(k.batch), 0) FROM component_build AS c
          JOIN mbs_component AS k ON k.module_build_id = c.module_build_id AND k.package = c.name
          WHERE c.module_build_id = m.id AND c.state <> 'waiting'
        ) END AS batch,
        x.stream_version, coalesce(x.buildrequires, '{}'::jsonb) AS buildrequires,
        coalesce(x.arches, '{}'::text[]) AS arches, coalesce(x.virtual_streams, '{}'::text[]) AS virtual_streams,
        m.state AS state_name
      FROM module_build AS m LEFT JOIN mbs_build AS x ON x.module_build_id = m.id`
    yield* sql`CREATE INDEX mbs_version ON module_build (version, id)`
  })
}
