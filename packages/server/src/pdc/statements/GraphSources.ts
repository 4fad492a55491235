/** What the dependency graph follows from beside module builds: what PDC's clients told of, and package builds. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/** The view of what the graph is to be, with every source. */
export const view = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const dependencies = (type: string, column: string) =>
    `UNION SELECT unit, '${type}', node, 'modules/' || (one->>'dependency') || ':' || (one->>'stream')
      FROM told, jsonb_array_elements(${column}) AS one`
  yield* sql.unsafe(`CREATE OR REPLACE VIEW graph_origin AS
    WITH newest AS (
      SELECT DISTINCT ON (name, stream, context)
        'modules/' || name || ':' || stream || ':' || context AS unit, 'modules/' || name || ':' || stream AS node, plan
      FROM module_build WHERE state = 'ready' AND NOT scratch
      ORDER BY name, stream, context, version DESC, id DESC
    ), told AS (
      -- Of modules that were built elsewhere the newest active one of each stream and context.
      SELECT DISTINCT ON (name, stream, context)
        'modules/' || name || ':' || stream || ':' || context AS unit, 'modules/' || name || ':' || stream AS node,
        build_deps, runtime_deps, rpms
      FROM pdc_module WHERE active AND NOT is_own
      ORDER BY name, stream, context, length(version) DESC, version DESC
    ), built AS (
      -- Of each package the newest finished package build.
      SELECT DISTINCT ON (package) package, id, plan FROM (
        SELECT substring(one.value->>'url' FROM '([^/]+?)(?:[.]git)?/*$') AS package, build.id, build.plan
        FROM package_build AS build, jsonb_array_elements(build.plan->'refs') AS one
        WHERE build.state = 'finished' AND one.value->>'type' <> 'srpm_url'
      ) AS sources
      WHERE package IS NOT NULL ORDER BY package, id DESC
    )
    SELECT unit COLLATE "C" AS unit, 'component' COLLATE "C" AS type, node COLLATE "C" AS source,
      ('rpms/' || one.name) COLLATE "C" AS target
    FROM newest, jsonb_to_recordset(plan->'components') AS one (name text)
    UNION SELECT unit, 'build', node, 'modules/' || one.key || ':' || stream.value
    FROM newest, jsonb_each(plan->'dependencies'->'buildrequires') AS one, jsonb_array_elements_text(one.value) AS stream
    UNION SELECT unit, 'runtime', node, 'modules/' || one.key || ':' || stream.value
    FROM newest, jsonb_each(plan->'dependencies'->'requires') AS one, jsonb_array_elements_text(one.value) AS stream
    UNION SELECT unit, 'buildroot', node, 'modules/' || one.name || ':' || one.stream
    FROM newest, jsonb_to_recordset(plan->'modules') AS one (name text, stream text)
    ${dependencies("build", "build_deps")}
    ${dependencies("runtime", "runtime_deps")}
    UNION SELECT unit, 'component', node, 'rpms/' || (one->>'srpm_name') FROM told, jsonb_array_elements(rpms) AS one
    UNION SELECT 'releases/' || source.release,
      CASE kind.name WHEN 'RPMBuildRequires' THEN 'build' WHEN 'RPMBuildRoot' THEN 'buildroot' WHEN 'bundles' THEN 'component'
        ELSE 'runtime' END,
      'rpms/' || source.name, 'rpms/' || target.name
    FROM pdc_relationship AS one JOIN pdc_relationship_type AS kind ON kind.id = one.type
      JOIN pdc_component AS source ON source.id = one.source JOIN pdc_component AS target ON target.id = one.target
    -- The packages of linked builds are in the buildroot.
    UNION SELECT 'rpms/' || built.package, 'buildroot', 'rpms/' || built.package,
      'rpms/' || substring(other.value->>'url' FROM '([^/]+?)(?:[.]git)?/*$')
    FROM built, jsonb_array_elements_text(built.plan->'linkedBuilds') AS link
      JOIN package_build AS linked ON linked.id = link.value::bigint,
      jsonb_array_elements(linked.plan->'refs') AS other
    WHERE other.value->>'type' <> 'srpm_url' AND substring(other.value->>'url' FROM '([^/]+?)(?:[.]git)?/*$') IS NOT NULL`)
})
