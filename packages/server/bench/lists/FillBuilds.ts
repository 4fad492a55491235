/**
 * Fills a database with module builds, by multiplying sample builds where they lie: nothing travels.
 *
 * One build in twelve failed, one in fifty is retired, one in twenty is a scratch build, the newest ones are being built. Every second
 * has a package of macros, as builds on a Koji hub have. There are 500 names of modules and 10,000 of packages. What is found by
 * its build's number alone (events, announcements, what is kept of them in brief) is there for the newest or oldest builds only.
 */
import * as MbsSettlingStatements from "../../src/mbs/statements/MbsSettlingStatements.ts"
import * as MbsTallyMigrations from "../../src/mbs/statements/MbsTallyMigrations.ts"
import * as FillWork from "./FillWork.ts"
import type { Samples } from "./SampleBuilds.ts"

/** Tables that sample builds have rows in. They are multiplied from copies, which stay as small as they are. */
const sampled = [
  "module_build",
  "component_build",
  "mbs_build",
  "mbs_component",
  "mbs_base_buildrequire",
  "module_build_event",
  "announcement"
]

/** Sample builds have the numbers before it. */
const first = 100

/** Builds that are written by one statement. */
const batch = 10_000

/** Numbers of components begin behind those of samples; so many has each build. */
const [firstComponent, ofBuild] = [1000, 21]

/** Of build `i` and its sample `s`, in SQL. */
const name = "'module-' || i % 500"
const stream = "'s' || i % 7"
const version = "20200101000000 + i"
const context = "substr(md5((i % 40)::text), 1, 8)"
const commit = "md5(i::text) || substr(md5(i::text), 1, 8)"
const prefix = "'p' || (i * 7919) % 500"
const time = (column: string) => `${column} - (n - i) * interval '300 s'`

/** A row for each build: its number, the id of its sample, and what differs. */
const builds = (size: number, from: number, samples: Samples) => `
  SELECT i, i + ${first} AS build, n,
    CASE WHEN i > n - 20 THEN ${samples.building} WHEN i % 12 = 0 THEN ${samples.failed} ELSE ${samples.ready} END AS sample
  FROM generate_series(${from + 1}::bigint, ${
  Math.min(from + batch, size)
}::bigint) AS i, (VALUES (${size}::bigint)) AS size (n)`

const statements = (of: string): ReadonlyArray<string> => [
  `INSERT INTO module_build (id, revision, state, reason, name, stream, version, context, owner, scratch, scmurl, plan, progress,
     created_at, modified_at, completed_at, settled)
   OVERRIDING SYSTEM VALUE
   SELECT build, s.revision, y.state, CASE WHEN s.state = 'ready' THEN s.reason ELSE s.reason || ' ' || i END, x.name, x.stream, x.version,
     x.context, y.owner, y.scratch, y.scmurl,
     replace(replace(s.plan::text, '"name": "c', '"name": "' || ${prefix} || 'c'),
       'https://src.example.org/rpms/c', 'https://src.example.org/rpms/' || ${prefix} || 'c')::jsonb
       || jsonb_build_object('name', x.name, 'stream', x.stream, 'version', x.version::text, 'context', x.context, 'owner', y.owner,
         'scratch', y.scratch, 'scmurl', y.scmurl),
     (CASE WHEN i % 2 = 0 THEN jsonb_set(s.progress, '{buildroot,macros}', jsonb_build_object('name', 'module-build-macros', 'task',
       (i * 25 + 24)::text, 'nvr', 'module-build-macros-0.1-1.' || i, 'built', true)) ELSE s.progress END)
       || jsonb_build_object('state', y.state),
     ${time("s.created_at")}, ${time("s.modified_at")} + (i % 97) * interval '1 s', ${
    time("s.completed_at")
  } + (i % 89) * interval '1 s', s.state <> 'build'
   FROM (${of}) AS b JOIN sample.module_build AS s ON s.id = b.sample,
   LATERAL (SELECT ${name} AS name, ${stream} AS stream, (${version})::numeric AS version, ${context} AS context) AS x,
   LATERAL (SELECT 'owner-' || i % 50 AS owner, i % 20 = 0 AS scratch,
     'https://src.example.org/modules/' || x.name || '#' || ${commit} AS scmurl,
     CASE WHEN s.state = 'ready' AND i % 50 = 1 THEN 'garbage' ELSE s.state END AS state) AS y`,
  `INSERT INTO component_build (module_build_id, name, state, attempt, task, asked_at, data)
   SELECT build, ${prefix} || s.name, s.state, s.attempt, x.task, s.asked_at, s.data || jsonb_strip_nulls(jsonb_build_object(
     'name', ${prefix} || s.name, 'task', x.task, 'commit', md5(i || s.name) || substr(md5(i || s.name), 1, 8), 'nvr', nvr,
     'finishedAt', (s.data ->> 'finishedAt')::numeric - (n - i) * 300000,
     'artifacts', CASE WHEN s.data -> 'artifacts' ->> 0 IS NULL THEN '[]'::jsonb ELSE (
       SELECT jsonb_agg(jsonb_build_object('nevra', ${prefix} || s.name || part || '-0:1-' || i || '.x86_64',
         'location', 'memory:' || nvr || part || '.x86_64.rpm')) FROM unnest('{"",-devel,-doc}'::text[]) AS part
     ) END))
   FROM (${of}) AS b JOIN sample.component_build AS s ON s.module_build_id = b.sample,
   LATERAL (SELECT (i * 25 + substr(s.name, 2)::bigint)::text AS task,
     CASE WHEN s.data ->> 'nvr' IS NOT NULL THEN ${prefix} || s.name || '-1-' || i END AS nvr) AS x
   ORDER BY i, s.name`,
  `INSERT INTO mbs_build (module_build_id, build_context, build_context_no_bms, runtime_context, modulemd, koji_tag, cg_build_koji_tag,
     srpms, rebuild_strategy, reused_module_id, stream_version, buildrequires, arches, virtual_streams)
   SELECT build, md5('b' || i % 1000), md5('n' || i % 1000), md5('r' || i % 2000), replace(modulemd, 'name: demo', 'name: ' || ${name}),
     'module-' || ${name} || '-' || ${stream} || '-' || (${version}) || '-' || ${context}, 'el' || i % 20 || '-modular-candidate',
     srpms, CASE WHEN i % 10 = 0 THEN 'all' ELSE rebuild_strategy END, reused_module_id,
     CASE WHEN i <= 100 THEN 80000 + i * 100 END, buildrequires, arches,
     CASE WHEN i <= 100 THEN ARRAY['el' || i % 3] ELSE '{}' END
   FROM (${of}) AS b JOIN sample.mbs_build AS s ON s.module_build_id = b.sample`,
  `INSERT INTO mbs_component (id, module_build_id, package, repository, srpm, batch, buildonly, weight, macros, shown)
   OVERRIDING SYSTEM VALUE
   SELECT ${firstComponent} + i * ${ofBuild} + row_number() OVER (PARTITION BY i ORDER BY s.id), build, CASE WHEN macros THEN package ELSE ${prefix} || package END,
     CASE WHEN macros THEN repository ELSE 'https://src.example.org/rpms/' || ${prefix} || package END, srpm, batch, buildonly,
     weight + i % 13, macros, NOT macros OR i % 2 = 0
   FROM (${of}) AS b JOIN sample.mbs_component AS s ON s.module_build_id = b.sample ORDER BY i, s.id`,
  `INSERT INTO mbs_base_buildrequire (module_build_id, name, stream, version, context, stream_version)
   SELECT build, name, 'el' || i % 20, version, context, 80000 + i % 20 * 100
   FROM (${of}) AS b JOIN sample.mbs_base_buildrequire AS s ON s.module_build_id = b.sample`,
  `INSERT INTO module_build_event (module_build_id, key, event)
   SELECT build, key, event FROM (${of}) AS b JOIN sample.module_build_event AS s ON s.module_build_id = b.sample
   WHERE i > n - 2000 ORDER BY i, sequence`,
  `INSERT INTO announcement (sequence, topic, subject, at, body)
   SELECT 1000 + row_number() OVER (ORDER BY i, s.id), topic,
     regexp_replace(replace(subject, 'module-build/' || sample, 'module-build/' || build), '/c(\\d+)$', '/' || ${prefix} || 'c\\1'), at, body
   FROM (${of}) AS b JOIN sample.announcement AS s ON s.subject = 'module-build/' || sample OR s.subject LIKE 'module-build/' || sample || '/%'
   WHERE i > n - 200`,
  `WITH told AS MATERIALIZED (
     SELECT subject, jsonb_agg(jsonb_build_object('id', id, 'at', at, 'topic', topic, 'state', body -> 'state',
       'reason', body -> 'state_reason', 'called_off', false) ORDER BY id) AS told
     FROM sample.announcement GROUP BY subject
   )
   INSERT INTO announcement_brief (subject, told)
   SELECT 'module-build/' || build || coalesce('/' || ${prefix} || c, ''), told
   FROM (${of}) AS b
   CROSS JOIN LATERAL (SELECT NULL UNION ALL SELECT 'c' || x FROM generate_series(0, 19) AS x WHERE i <= 10000) AS part (c)
   JOIN told ON subject = 'module-build/' || sample || coalesce('/' || c, '')
   WHERE i <= n - 200`
]

/** Copies of the samples, for as long as rows are made of them. */
export const begin: FillWork.Work = FillWork.inOrder([
  "CREATE SCHEMA sample",
  ...sampled.map((table) => `CREATE TABLE sample.${table} AS TABLE public.${table}`)
])

const batches = (size: number): ReadonlyArray<number> =>
  Array.from({ length: Math.ceil(size / batch) }, (_, index) => index * batch)

/** What writes `size` builds beside the samples, in any order. */
export const rows = (size: number, samples: Samples): ReadonlyArray<FillWork.Work> => {
  const all = batches(size).map((from) => statements(builds(size, from, samples)).map(FillWork.statement))
  // The same table's at a time: some take much longer than others.
  return all[0]!.flatMap((_, index) => all.map((works) => works[index]!))
}

/** What is written down of builds that have ended, in any order. */
export const written = (size: number): ReadonlyArray<FillWork.Work> => {
  const ended = (column: string, from: number) =>
    `${column} IN (SELECT id FROM module_build WHERE settled) AND ${column} > ${from === 0 ? 0 : from + first}
      AND ${column} <= ${from + batch + first}`
  return [
    ...batches(size).map((from) =>
      FillWork.statement(MbsSettlingStatements.text("component", ended("module_id", from)))
    ),
    ...batches(size).map((from) => FillWork.statement(MbsSettlingStatements.text("module", ended("id", from)))),
    // What is kept of ready builds has been looked at.
    FillWork.statement(`INSERT INTO trace_module (build, nsvc)
      SELECT id, concat_ws(':', name, stream, version, context) FROM module_build WHERE state = 'ready' ON CONFLICT DO NOTHING`)
  ]
}

/** What follows from all of it, and where numbers go on. */
export const end: FillWork.Work = FillWork.inOrder([
  "DELETE FROM mbs_tally",
  MbsTallyMigrations.countAll,
  ...["module_build", "mbs_component"].map((table) =>
    `SELECT setval(pg_get_serial_sequence('${table}', 'id'), (SELECT max(id) + 1 FROM ${table}))`
  ),
  "UPDATE announcement_number SET last = (SELECT max(sequence) FROM announcement)",
  "DROP SCHEMA sample CASCADE"
])
