/**
 * Nodes that fail, at the size of a large farm: 64 nodes poll a long queue on PostgreSQL, are killed at random, and report twice and late.
 *
 * What must hold is looked at in the end: each task handed out once as long as its node lives, each report counted once, and nothing lost. It ends
 * when the queue is empty or the time is over, whichever is first.
 *
 *   pnpm bench builders-soak -- --tasks 100000 --seconds 600
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import { defaults } from "@orch/core/builderpool/PoolLease"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as SqlClient from "effect/sql/SqlClient"
import { parseArgs } from "node:util"
import { BuilderPool, layer as poolLayer } from "../src/builders/BuilderPool.ts"
import * as Notifier from "../src/database/Notifier.ts"
import * as Migrations from "../src/Migrations.ts"
import { skippedServer, temporaryDatabase } from "../test/support/Databases.ts"

const { values: given } = parseArgs({
  options: { tasks: { type: "string", default: "100000" }, seconds: { type: "string", default: "45" } }
})
const length = Number(given.tasks)
const seconds = Number(given.seconds)
const nodes = 64
const arches = ["src", "x86_64", "i686", "aarch64"]
/** Milliseconds; short, so that many lapse. */
const lease = 2_000

const fill = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO builder_task (id, life, process, part, attempt, arch, package, url, owner, class, priority, path, seconds,
      payload, offered_at)
    SELECT id, 'package-build', 1 + id / 40, id::text, 1, (ARRAY['src', 'x86_64', 'i686', 'aarch64'])[1 + id % 4],
      'p' || id, 'https://git.example.org/rpms/p' || id || '.git', 'owner' || (id / 40) % 50, '', 0, 300 - id % 300,
      300, jsonb_build_object('id', id), 0
    FROM generate_series(1, ${length}::bigint) AS id`
  yield* sql`ANALYZE builder_task`
})

const soak = Effect.gen(function*() {
  const pool = yield* BuilderPool
  const sql = yield* SqlClient.SqlClient
  yield* fill
  const took: Array<number> = []
  /** Hand-outs by task and number: more than one of the same is two nodes with one task. */
  const handed = new Map<string, number>()
  const counted = new Map<number, number>()
  const seen = { killed: 0, doubled: 0, late: 0, refused: 0 }
  const end = performance.now() + seconds * 1000
  let empty = 0
  const report = (node: string, id: number, token: number) =>
    pool.report(node, id, token, { status: "done", artifacts: [] }).pipe(
      Effect.map(() => void counted.set(id, (counted.get(id) ?? 0) + 1)),
      Effect.catchTag(["LateReport", "UnknownTask"], () => Effect.sync(() => void seen.refused++))
    )
  const node = Effect.fnUntraced(function*(index: number) {
    const name = `n${index}`
    while (performance.now() < end && empty < nodes * 20) {
      const from = performance.now()
      const task = yield* pool.handOut({ node: name, arches, excluded: [] })
      took.push(performance.now() - from)
      if (task === undefined) {
        empty++
        yield* Effect.sleep("200 millis")
        continue
      }
      empty = 0
      const id = Number(task.id)
      handed.set(`${id}/${task.token}`, (handed.get(`${id}/${task.token}`) ?? 0) + 1)
      const chance = Math.random()
      if (chance < 0.03) {
        seen.killed++
      } else if (chance < 0.05) {
        seen.late++
        yield* Effect.forkChild(Effect.delay(report(name, id, task.token), lease * 2))
      } else if (chance < 0.15) {
        seen.doubled++
        yield* Effect.all([report(name, id, task.token), report(name, id, task.token)], { concurrency: 2 })
      } else {
        yield* report(name, id, task.token)
      }
    }
    yield* Effect.sleep(lease * 2.5)
  })
  const expiring = yield* Effect.forkChild(
    Effect.forever(Effect.andThen(pool.expire, Effect.sleep("500 millis")))
  )
  const begun = performance.now()
  yield* Effect.forEach(Array.from({ length: nodes }, (_, index) => index), node, {
    concurrency: nodes,
    discard: true
  })
  const elapsed = (performance.now() - begun) / 1000 - lease * 2.5 / 1000
  yield* Effect.sync(() => expiring.interruptUnsafe())
  const rows = yield* sql<{ readonly state: string; readonly count: bigint }>`
    SELECT state, count(*) AS count FROM builder_task GROUP BY state ORDER BY state`
  const left = new Map(rows.map(({ count, state }) => [state, Number(count)]))
  const problems = [
    [...handed.values()].some((times) => times > 1) ? "a hand-out went to two nodes" : "",
    [...counted.values()].some((times) => times > 1) ? "a report counted twice" : "",
    left.get("reported") === counted.size
      ? ""
      : `${left.get("reported")} tasks are reported, and ${counted.size} reports counted`,
    rows.reduce((sum, { count }) => sum + Number(count), 0) === length ? "" : "tasks are lost",
    left.has("abandoned") ? "tasks were given up" : ""
  ].filter((one) => one !== "")
  took.sort((a, b) => a - b)
  const p99 = took[Math.floor(took.length * 0.99)] ?? 0
  console.log(
    `${nodes} nodes, ${length.toLocaleString("en")} tasks queued: ${took.length.toLocaleString("en")} get_task in ${
      elapsed.toFixed(0)
    } s (${Math.round(took.length / elapsed)}/s, p99 ${p99.toFixed(0)} ms), ${
      counted.size.toLocaleString("en")
    } tasks reported`
  )
  console.log(
    `killed ${seen.killed}, late ${seen.late}, doubled ${seen.doubled}; ${seen.refused} reports refused; left: ${
      [...left].map(([state, count]) => `${count} ${state}`).join(", ")
    }`
  )
  console.log(problems.length === 0 ? "each task once: nothing lost, nothing twice" : `PROBLEM ${problems.join("; ")}`)
  if (problems.length > 0) process.exitCode = 1
})

const onPostgres = Effect.gen(function*() {
  const { url } = yield* temporaryDatabase
  const { hostname, password, pathname, port, username } = new URL(url)
  const client = PgClient.layer({
    host: hostname,
    port: Number(port || 5432),
    username,
    ...(password === "" ? {} : { password: Redacted.make(decodeURIComponent(password)) }),
    database: pathname.slice(1),
    maxConnections: 16,
    // As the server's own connections.
    startupParameters: { jit: "off", max_parallel_workers_per_gather: "0" }
  })
  const settings = { ...defaults, millis: lease, tries: 1_000, reservations: [] }
  yield* Effect.provide(
    soak,
    poolLayer(settings).pipe(
      Layer.provideMerge(Notifier.layer("Server")),
      Layer.provideMerge(Migrations.layer.pipe(Layer.provideMerge(client)))
    )
  )
})

if (skippedServer === undefined) {
  await Effect.scoped(onPostgres).pipe(
    Effect.provideService(References.MinimumLogLevel, "Warn"),
    Effect.runPromise
  )
} else {
  console.log(`skipped: ${skippedServer}`)
}
