/**
 * All that depends on the most depended-on package of a graph in PostgreSQL, of 100,000 nodes and about 600,000 edges (other numbers as
 * arguments), and a page of what depends on it directly. Medians of five; the bound is 2 s. What the database's own processes worked is shown beside.
 *
 *   pnpm bench graph -- 10000 60000
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import { existsSync, readFileSync } from "node:fs"
import * as Database from "../src/database/Database.ts"
import * as DependencyEdges from "../src/graph/DependencyEdges.ts"
import * as Migrations from "../src/Migrations.ts"
import { skippedServer, temporaryDatabase } from "../test/support/Databases.ts"

const nodes = Number(process.argv[2] ?? 100_000)
const edges = Number(process.argv[3] ?? 600_000)
const rounds = 5
const boundMillis = 2000

/** A tenth of the packages needs number 1 directly; every other edge leads to a lower number, more often to low ones. */
const fill = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql.withTransaction(Effect.gen(function*() {
    yield* sql`SET LOCAL statement_timeout = 0`
    yield* sql`SELECT setseed(0.42)`
    yield* sql`
      INSERT INTO graph_edge (unit, type, source, target, valid_from)
      SELECT 'releases/' || row_number() OVER (),  'buildroot', 'rpms/package-' || n, 'rpms/package-' || target, 0 FROM (
        SELECT n, 1 AS target FROM generate_series(2, ${nodes}::int) AS n WHERE n % 10 = 0 OR n <= 10
        UNION ALL SELECT n, 1 + floor(power(random(), 3) * (n - 1))::int
        FROM generate_series(2, ${nodes}::int) AS n, generate_series(1, ${Math.round(edges / nodes)}::int)
      ) AS made`
  }))
  yield* sql`VACUUM ANALYZE graph_edge`
})

const median = (times: ReadonlyArray<number>): number => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!

/** Seconds that processes of this machine worked; 0 where the machine does not tell. */
const worked = (pids: ReadonlyArray<number>): number =>
  pids.map((pid) => `/proc/${pid}/stat`).filter((path) => existsSync(path)).reduce((sum, path) => {
    const fields = readFileSync(path, "utf8").split(") ")[1]!.split(" ")
    return sum + (Number(fields[11]) + Number(fields[12])) / 100
  }, 0)

const measure = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* fill
  const graph = yield* DependencyEdges.DependencyEdges
  const everything = { depth: 64, types: DependencyEdges.types, at: undefined }
  const ask = Effect.fnUntraced(function*(what: string, asked: DependencyEdges.Asked, expected?: number) {
    const times: Array<number> = []
    const rows = yield* sql<
      { readonly pid: number }
    >`SELECT pid FROM pg_stat_activity WHERE datname = current_database()`
    const pids = rows.map(({ pid }) => pid)
    const before = worked(pids)
    for (let round = 0; round < rounds; round++) {
      const started = performance.now()
      const { total } = yield* graph.dependants("rpms/package-1", asked, { limit: 100, offset: 0 })
      times.push(performance.now() - started)
      if (expected !== undefined && total !== expected) throw new Error(`${total} are reached`)
    }
    const work = (worked(pids) - before) * 1000 / rounds
    console.log(`${what}: ${median(times).toFixed(0)} ms, of which the database worked ${work.toFixed(0)} ms`)
    return median(times)
  })
  const all = yield* ask("all dependants", everything, nodes - 1)
  yield* ask("direct ones", { ...everything, depth: 1 })
  yield* ask("all dependants an hour from now", { ...everything, at: (Date.now() + 3_600_000) * 1000 }, nodes - 1)
  console.log(`bound: ${boundMillis} ms`)
  if (all > boundMillis) process.exitCode = 1
})

if (skippedServer !== undefined) console.log(`skipped: ${skippedServer}`)
else {
  await Effect.runPromise(Effect.scoped(Effect.flatMap(temporaryDatabase, ({ url }) =>
    Effect.provide(
      measure,
      DependencyEdges.layer.pipe(
        Layer.provideMerge(
          Database.layer({ _tag: "Server", url: Redacted.make(url), connections: 2 }, Migrations.layer)
        )
      )
    ))))
}
