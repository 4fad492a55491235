/**
 * Fills a database with what the lists of the other faces show: package builds, results and waivers, PDC's records, changes, history. Their
 * numbers follow from that of module builds.
 */
import { packageBuildLife } from "@orch/core/packagebuild/PackageBuildLife"
import * as Schema from "effect/Schema"
import * as Plans from "../../../core/test/packagebuild/plans.ts"
import * as FillProcesses from "./FillProcesses.ts"
import * as FillWork from "./FillWork.ts"

const at = 1_700_000_000_000

/** A package build of one package for one platform, and its tasks, as they are stored. */
const sample = () => {
  const plan = Plans.packagePlan({ platforms: [Plans.platform({ arches: ["x86_64", "aarch64"] })] })
  return {
    plan: Schema.encodeSync(packageBuildLife.codecs.plan)(plan),
    progress: Schema.encodeSync(packageBuildLife.codecs.progress)({
      state: "finished",
      reason: "All done",
      repositories: [],
      testing: "none",
      createdAt: at,
      modifiedAt: at,
      finishedAt: at
    }),
    tasks: plan.tasks.map(({ arch, name }) => ({
      arch,
      name,
      data: Schema.encodeSync(packageBuildLife.codecs.part)({
        name,
        state: "completed",
        attempt: 1,
        reason: "Done",
        artifacts: ["", "-devel", "-libs"].map((part) => ({
          name: `chan${part}-1-1.${arch}.rpm`,
          type: "rpm" as const,
          href: `/pulp/${arch}${part}`
        })),
        finishedAt: at
      })
    }))
  }
}

/** Lists of statements that need what those before them wrote; the lists need nothing of each other. */
const statements = (size: number): ReadonlyArray<ReadonlyArray<string>> => {
  const { plan, progress, tasks } = sample()
  const text = (value: unknown) => `'${JSON.stringify(value).replaceAll("'", "''")}'`
  const from = (share: number) => `generate_series(1, ${Math.ceil(size * share)}) AS i`
  const people = [
    "INSERT INTO person (name) SELECT 'owner-' || i FROM generate_series(1, 2000) AS i",
    "INSERT INTO team (name, owner) SELECT 'team-' || i, i FROM generate_series(1, 2000) AS i",
    `INSERT INTO role (name, kind, team) SELECT name || '_' || kind, kind, id FROM team,
       unnest('{manager,contributor}'::text[]) AS kind ON CONFLICT DO NOTHING`,
    `INSERT INTO team_member (team, person) SELECT 1 + i % 2000, 1 + (i * 7 + i / 2000) % 2000 FROM generate_series(1, 20000) AS i
     ON CONFLICT DO NOTHING`,
    `INSERT INTO person_role (person, role) SELECT person, role.id FROM team_member JOIN role ON role.team = team_member.team
     WHERE kind = 'contributor'`,
    `INSERT INTO person_notice (name, mail, follow) SELECT 'owner-' || i, true,
       CASE WHEN i % 4 = 0 THEN '["module-1"]' ELSE '[]' END::jsonb FROM generate_series(1, 2000) AS i`,
    `INSERT INTO product (name, title, description, is_community, owner, team, removing)
      SELECT 'product-' || i, 'Product ' || i, '', true, 1 + i % 500, 1 + i % 500, false FROM generate_series(1, 2000) AS i`
  ]
  const history = [
    `INSERT INTO history_ref (repository, name, ref)
     SELECT 'https://src.example.org/rpms/pkg-' || i, 'rpms/pkg-' || i, 'refs/heads/c' || i % 20 FROM ${from(0.05)}`,
    `INSERT INTO history_event (ref_id, before_known, after, at, source)
     SELECT id, false, md5(id || '/' || n) || '00000000', n * 1000000000::bigint, 'webhook' FROM history_ref, generate_series(1, 20) AS n`,
    `INSERT INTO history_interval (ref_id, valid_from, valid_to, commit, event, gap)
     SELECT ref_id, at, CASE WHEN at < 20000000000 THEN at + 1000000000 END, after, sequence, false FROM history_event`,
    ...FillProcesses.statements(Math.ceil(size * 0.05), Math.ceil(size * 0.05))
  ]
  const others = [
    `INSERT INTO package_build (revision, plan, progress, state, owner, sources, platforms, arches, signed, released, created_at,
       modified_at, finished_at)
     SELECT 1, replace(replace(p.plan, 'chan', 'pkg-' || i % 5000), '"alice"', '"owner-' || i % 500 || '"')::jsonb,
       CASE WHEN i % 40 = 0 THEN jsonb_set(p.progress, '{state}', '"removed"') ELSE p.progress END,
       CASE WHEN i % 40 = 0 THEN 'removed' ELSE 'finished' END, 'owner-' || i % 500,
       'https://git.example.org/rpms/pkg-' || i % 5000 || '.git#c' || i % 20, jsonb_build_array(1 + i % 4),
       CASE WHEN i % 3 = 0 THEN '["x86_64", "src"]' ELSE '["x86_64", "aarch64", "src"]' END::jsonb, i % 5 = 0, i % 9 = 0,
       now(), now(), now()
     FROM ${from(1)}, (VALUES (${text(plan)}, ${text(progress)}::jsonb)) AS p (plan, progress)`,
    `INSERT INTO package_build_task (package_build_id, name, data, state, arch, rpms)
     SELECT i, t.name, t.data, 'completed', t.arch, jsonb_build_array(jsonb_build_object('name', 'pkg-' || i % 5000, 'epoch', '0',
       'version', '1.' || i % 50, 'release', i::text, 'arch', t.arch))
     FROM ${from(1)}, jsonb_to_recordset(${text(tasks)}::jsonb) AS t (name text, arch text, data jsonb)`,
    "INSERT INTO gate_testcase (name) SELECT 'dist.test-' || i FROM generate_series(0, 1999) AS i",
    "INSERT INTO gate_group (uuid, description) SELECT 'group-' || i, 'group ' || i FROM generate_series(0, 19999) AS i",
    `INSERT INTO gate_result (testcase, outcome, submit_time, groups, data)
     SELECT 'dist.test-' || i % 2000, (ARRAY['PASSED', 'FAILED', 'INFO', 'PASSED'])[1 + i % 4],
       timestamp '2020-01-01' + i * interval '60 s', ARRAY['group-' || i % 20000],
       jsonb_build_object('item', jsonb_build_array('pkg-' || i % 5000 || '-1-' || i / 10), 'type', '["koji_build"]'::jsonb,
         'arch', jsonb_build_array((ARRAY['x86_64', 'aarch64'])[1 + i % 2]))
     FROM ${from(3)}`,
    `INSERT INTO gate_waiver (subject_type, subject_identifier, testcase, product_version, waived, comment, username, proxied_by, made)
     SELECT 'koji_build', 'pkg-' || i % 5000 || '-1-' || i / 3, 'dist.test-' || i % 2000, 'el' || i % 10, true, 'known',
       'owner-' || i % 500, CASE WHEN i % 7 = 0 THEN 'bodhi' END, timestamp '2020-01-01' + i * interval '300 s'
     FROM ${from(1)}`,
    `INSERT INTO pdc_module (uid, name, stream, version, context, active, koji_tag, modulemd, runtime_deps, build_deps, rpms)
     SELECT 'module-' || i % 500 || ':s' || i % 7 || ':' || i || ':c', 'module-' || i % 500, 's' || i % 7, i::text, 'c', i % 4 <> 0,
       'tag-' || i, repeat('document: modulemd ', 100), jsonb_build_array(jsonb_build_object('dependency', 'platform', 'stream',
       'el' || i % 20)), '[]', jsonb_build_array(jsonb_build_object('srpm_name', 'pkg-' || i % 5000, 'name', 'pkg-' || i % 5000,
       'version', '1', 'release', i::text, 'arch', 'x86_64'))
     FROM ${from(0.5)} ON CONFLICT DO NOTHING`,
    `INSERT INTO pdc_global_component (id, name) SELECT i, 'pkg-' || i FROM ${from(0.5)}`,
    `INSERT INTO pdc_component (id, release, name, global_component)
      SELECT i, 'el-' || i % 10, 'pkg-' || i, 'pkg-' || i FROM ${from(0.5)}`,
    `INSERT INTO pdc_relationship (id, type, source, target, source_release, target_release)
     SELECT i, 1 + i % 5, source, target, 'el-' || source % 10, 'el-' || target % 10 FROM ${from(2)},
     LATERAL (SELECT 1 + i * 7 % ${Math.ceil(size * 0.5)} AS source, 1 + (i * 13 + i * 2 / ${size}) % ${
      Math.ceil(size * 0.5)
    } AS target) AS ends ON CONFLICT DO NOTHING`,
    `INSERT INTO pdc_changeset (id, author, requested_on, committed_on, comment, changes)
     SELECT i, 'owner-' || i % 500, now(), now(), NULL, jsonb_build_array(jsonb_build_object('resource',
       (ARRAY['releasecomponent', 'globalcomponent'])[1 + i % 2], 'resource_id', i::text, 'old_value', 'null', 'new_value', '{}'))
     FROM ${from(1)}`,
    `INSERT INTO audit (name, method, path, status) SELECT 'owner-' || i % 500, 'POST', '/orch/v1/module-builds', 201 FROM ${
      from(1)
    }`,
    `INSERT INTO inbox_message (source, message_id, digest, topic, handler, subject, body, state, said, handled_at)
     SELECT 'bus', i::text, md5(i::text), 'org.example.build.' || i % 20, 'koji', 'pkg-' || i % 5000, '{}',
       CASE WHEN i % 1000 = 0 THEN 'failed' ELSE 'handled' END, '', now()
     FROM ${from(1)}`,
    `INSERT INTO builder_node (name, arches, seen_at) SELECT 'node-' || i, '{x86_64}', ${at} FROM generate_series(1, 500) AS i`
  ]
  return [people, history, ...others.map((one) => [one])]
}

/** What writes them, in any order. */
export const rows = (size: number): ReadonlyArray<FillWork.Work> => statements(size).map(FillWork.inOrder)

/** What follows from builds and the others' records, as a server brings it up to date that has seen them end. */
export const following: ReadonlyArray<FillWork.Work> = [
  // PDC has the modules of this server's own builds.
  `INSERT INTO pdc_module (uid, name, stream, version, context, active, koji_tag, modulemd, runtime_deps, build_deps, rpms, is_own)
   SELECT concat_ws(':', name, stream, version, context), name, stream, version::text, context, state = 'ready', 'NA', '',
     jsonb_build_array(jsonb_build_object('dependency', 'platform', 'stream', 'el' || id % 20)), '[]',
     jsonb_build_array(jsonb_build_object('srpm_name', 'pkg-' || id % 5000, 'name', 'pkg-' || id % 5000, 'version', '1',
       'release', id::text, 'arch', 'x86_64')), true
   FROM module_build WHERE NOT scratch AND state IN ('wait', 'build', 'done', 'ready') ON CONFLICT DO NOTHING`,
  // As a server brings it up to date: what the newest builds of each module stream and PDC's relationships say.
  "INSERT INTO graph_edge (unit, type, source, target, valid_from) SELECT unit, type, source, target, 0 FROM graph_origin",
  // A server has read what builds need that ended long ago.
  `INSERT INTO graph_read (kind, build, stamp, readable)
   SELECT 'package-build', id, coalesce(finished_at::text, ''), false FROM package_build WHERE state = 'finished'
   UNION ALL SELECT 'module-build', id, '', false FROM module_build WHERE state = 'ready' AND NOT scratch`
].map(FillWork.statement)
