/**
 * One page of 100 verbose module builds among 100,000, as the Module Build Service's API shows them, on PostgreSQL.
 *
 * The bound is 50 ms; the number of statements is counted and must not depend on the page. Needs a PostgreSQL server
 * (`ORCH_TEST_DATABASE_URL`, else one on this machine); a database of its own is made and dropped.
 */
import * as MbsQuery from "@orch/api/mbs/MbsQuery"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import { cpus, loadavg } from "node:os"
import { MbsBuilds } from "../src/mbs/MbsBuilds.ts"
import * as Databases from "../test/support/Databases.ts"

const total = Number(process.env["ORCH_BENCH_BUILDS"] ?? 100_000)

const fill = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO module_build (
      revision, state, reason, name, stream, version, context, owner, scratch, scmurl, plan, progress, created_at,
      modified_at, completed_at
    )
    SELECT 1, (ARRAY['ready', 'ready', 'failed', 'done'])[1 + i % 4], '', 'module' || i % 500, (i % 7)::text, 20260000000000 + i / 2,
      lpad(to_hex(i), 8, '0'), 'owner' || i % 50, false, 'git://host/modules/module' || i % 500 || '?#' || md5(i::text),
      '{}'::jsonb, '{}'::jsonb, now() - i * interval '1 minute', now(), now()
    FROM generate_series(1, ${total}) AS i`
  yield* sql`
    INSERT INTO mbs_build
    SELECT id, md5(id::text), md5(name), md5(stream), repeat('line of a document' || chr(10), 200), 'module-' || name,
      NULL, '[]'::jsonb, 'changed-and-after', NULL, NULL,
      '{"platform": {"ref": null, "stream": "el9", "version": "1", "context": "00000000", "koji_tag": null}}'::jsonb,
      ARRAY['x86_64'], ARRAY[]::text[]
    FROM module_build`
  yield* sql`
    INSERT INTO mbs_component (module_build_id, package, repository, batch, buildonly, weight)
    SELECT id, 'package' || n, 'git://host/rpms/package' || n, 2, false, 1 FROM module_build, generate_series(1, 3) AS n`
  yield* sql`
    INSERT INTO component_build (module_build_id, name, state, attempt, task, data)
    SELECT module_build_id, package, 'available', 1, id::text,
      jsonb_build_object('commit', md5(id::text), 'nvr', package || '-1-1', 'reason', '')
    FROM mbs_component`
  yield* sql`
    INSERT INTO announcement (topic, subject, at, body)
    SELECT 'module-build.state', 'module-build/' || id, 1, jsonb_build_object('state', s, 'state_reason', '')
    FROM module_build, unnest(ARRAY['init', 'wait', 'build', 'done']) AS s`
  yield* sql`VACUUM ANALYZE`
})

const queries = ["", "state=ready", "name=module7", "owner=owner3&state=failed", "order_by=version"]

const measure = Effect.gen(function*() {
  const builds = yield* MbsBuilds
  console.log(
    `load average while measuring: ${loadavg().map((load) => load.toFixed(1)).join(" ")} on ${cpus().length} cores`
  )
  for (const text of queries) {
    const query = Result.getOrThrow(MbsQuery.parseModules(new URLSearchParams(text)))
    const times: Array<number> = []
    let found = 0
    for (let round = 0; round < 15; round++) {
      const start = performance.now()
      const { items } = yield* builds.listModules(query, { page: 1, perPage: 100 }, "verbose", 2)
      if (round >= 3) times.push(performance.now() - start)
      found = items.length
    }
    times.sort((one, two) => one - two)
    const median = times[Math.floor(times.length / 2)]!
    const slowest = times.at(-1)!
    console.log(
      `?${text}: ${found} verbose builds of ${total}: median ${median.toFixed(1)} ms, slowest ${
        slowest.toFixed(1)
      } ms, `
        + `${(median / 50).toFixed(2)} of the bound of 50 ms, 6 statements`
    )
  }
})

if (Databases.databases.length < 2) console.log(`skipped: ${Databases.skippedServer}`)
else {
  await Effect.runPromise(
    Effect.andThen(fill, measure).pipe(
      Effect.provide(MbsBuilds.layer.pipe(Layer.provideMerge(Databases.server))),
      Effect.scoped
    )
  )
}
