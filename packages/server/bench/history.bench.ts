/**
 * How fast the history of branches says what a ref pointed to at an instant, on PostgreSQL with 1,000,000 events of 2,000 refs (another
 * number as an argument). The bound is a p99 of 5 ms.
 *
 *   pnpm bench history -- 100000
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import * as Database from "../src/database/Database.ts"
import * as BranchHistory from "../src/history/BranchHistory.ts"
import * as Migrations from "../src/Migrations.ts"
import { skippedServer, temporaryDatabase } from "../test/support/Databases.ts"

const events = Number(process.argv[2] ?? 1_000_000)
const refs = 2000
const questions = 5000
const boundMillis = 5

/** Made by the server of the database itself, which is what its COPY would read. */
const fill = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql.withTransaction(Effect.gen(function*() {
    yield* sql`SET LOCAL statement_timeout = 0`
    yield* sql`INSERT INTO history_ref (repository, name, ref)
      SELECT 'https://git.example.org/rpms/p' || n, 'rpms/p' || n, 'refs/heads/main' FROM generate_series(1, ${refs}::int) AS n`
    yield* sql`INSERT INTO history_event (ref_id, before_known, after, at, source)
      SELECT 1 + n % ${refs}::int, false, substr(encode(sha256(n::text::bytea), 'hex'), 1, 40), n::bigint * 1000000, 'webhook'
      FROM generate_series(1, ${events}::int) AS n`
    yield* sql`INSERT INTO history_interval (ref_id, valid_from, valid_to, commit, event, gap)
      SELECT ref_id, at, lead(at) OVER (PARTITION BY ref_id ORDER BY at), after, sequence, false FROM history_event`
  }))
  yield* sql`ANALYZE`
})

const measure = Effect.gen(function*() {
  const started = performance.now()
  yield* fill
  console.log(`${events} events in ${((performance.now() - started) / 1000).toFixed(0)} s`)
  const branches = yield* BranchHistory.BranchHistory
  const times: Array<number> = []
  for (let n = 0; n < questions; n++) {
    const name = `rpms/p${1 + (n * 7919) % refs}`
    const time = Math.floor(((n * 104_729) % events) * 1_000_000)
    const before = performance.now()
    yield* branches.at(name, "main", time)
    times.push(performance.now() - before)
  }
  times.sort((a, b) => a - b)
  const [p50, p99] = [0.5, 0.99].map((share) => times[Math.floor(times.length * share)]!)
  console.log(`a point in time: p50 ${p50!.toFixed(2)} ms, p99 ${p99!.toFixed(2)} ms (bound ${boundMillis} ms)`)
  if (p99! > boundMillis) process.exitCode = 1
})

if (skippedServer !== undefined) console.log(`skipped: ${skippedServer}`)
else {
  await Effect.runPromise(Effect.scoped(Effect.flatMap(temporaryDatabase, ({ url }) =>
    Effect.provide(
      measure,
      BranchHistory.layer.pipe(
        Layer.provideMerge(
          Database.layer({ _tag: "Server", url: Redacted.make(url), connections: 2 }, Migrations.layer)
        )
      )
    ))))
}
