/**
 * How fast nodes get tasks, against the length of the queue: 64 nodes ask the pool on PostgreSQL, sixteen at a time.
 *
 * The peer is what hands tasks out by locking every task that may be taken, in their order, and taking the first, as build systems of this
 * kind do. Statements of a call are counted on the wire.
 *
 *   pnpm bench builders -- --lengths 10,1000 --calls 500
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import { defaults } from "@orch/core/builderpool/PoolLease"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as SqlClient from "effect/sql/SqlClient"
import { parseArgs } from "node:util"
import * as HandOut from "../src/builders/statements/HandOutStatement.ts"
import * as Migrations from "../src/Migrations.ts"
import { skippedServer, temporaryDatabase } from "../test/support/Databases.ts"
import * as StatementCounter from "./StatementCounter.ts"

const { values: given } = parseArgs({
  options: {
    lengths: { type: "string", default: "10,100,1000,10000,100000" },
    calls: { type: "string", default: "1000" },
    owners: { type: "string", default: "50" }
  }
})
const calls = Number(given.calls)
const owners = Number(given.owners)
const nodes = 64
const side = 16

const counter = StatementCounter.make()

/** Tasks of some owners in builds of forty, a fifth each for five architectures. */
const fill = Effect.fnUntraced(function*(length: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`TRUNCATE builder_task`
  yield* sql`
    INSERT INTO builder_task (id, life, process, part, attempt, arch, package, url, owner, class, priority, path, seconds,
      payload, offered_at)
    SELECT id, 'package-build', 1 + id / 40, id::text, 1, (ARRAY['src', 'x86_64', 'i686', 'aarch64', 'ppc64le'])[1 + id % 5],
      'p' || id, 'https://git.example.org/rpms/p' || id || '.git', 'owner' || (id / 40) % ${owners}, '', 0, 300 - id % 300,
      300, jsonb_build_object('id', id), 0
    FROM generate_series(0, ${length - 1}::bigint) AS id`
  yield* sql`ANALYZE builder_task`
})

/** Puts back what was handed out, so that the queue stays as long as it is. */
const putBack = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE builder_task SET state = 'queued', node = NULL, until = NULL WHERE state = 'leased'`
})

const asking = (index: number): HandOut.Asking => ({
  node: `n${index % nodes}`,
  arches: ["src", "x86_64", "i686"],
  excluded: []
})

const pool = (index: number) => {
  const at = Date.now()
  return HandOut.handOut(asking(index), { reservations: [] }, at, at + defaults.millis)
}

/** One transaction that locks all that the node could get. */
const peer = (index: number) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    return yield* sql.withTransaction(Effect.gen(function*() {
      const rows = yield* sql<{ readonly id: bigint; readonly payload: unknown }>`
        SELECT id, payload FROM builder_task WHERE state = 'queued' AND arch IN ('src', 'x86_64', 'i686')
        ORDER BY id FOR UPDATE`
      if (rows[0] === undefined) return undefined
      yield* sql`UPDATE builder_task SET state = 'leased', node = ${
        asking(index).node
      }, tries = tries + 1, token = token + 1
        WHERE id = ${rows[0].id}`
      return rows[0]
    }))
  })

interface Measured {
  readonly perSecond: number
  readonly p99: number
  readonly statements: number
}

/** Calls from `side` fibers, in rounds that take at most half of a short queue. */
const measure = Effect.fnUntraced(function*<A, E>(
  length: number,
  times: number,
  call: (index: number) => Effect.Effect<A | undefined, E, SqlClient.SqlClient>
) {
  const round = Math.max(1, Math.min(times, Math.floor(length * 0.3)))
  const took: Array<number> = []
  let busy = 0
  let statements = 0
  let empty = 0
  for (let done = 0; done < times; done += round) {
    yield* putBack
    StatementCounter.reset(counter)
    const begun = performance.now()
    yield* Effect.forEach(
      Array.from({ length: Math.min(round, times - done) }, (_, index) => done + index),
      (index) =>
        Effect.gen(function*() {
          const from = performance.now()
          if ((yield* call(index)) === undefined) empty++
          took.push(performance.now() - from)
        }),
      { concurrency: Math.min(side, round), discard: true }
    )
    busy += performance.now() - begun
    statements += counter.total
  }
  took.sort((a, b) => a - b)
  if (empty > times / 10) console.log(`  ${empty} of ${times} calls got nothing`)
  return {
    perSecond: times / (busy / 1000),
    p99: took[Math.min(took.length - 1, Math.floor(took.length * 0.99))]!,
    statements: statements / times
  } satisfies Measured
})

const whole = (value: number): string => Math.round(value).toLocaleString("en")

const bench = Effect.gen(function*() {
  yield* fill(1_000)
  yield* measure(1_000, 200, pool)
  const rates: Array<number> = []
  for (const length of given.lengths.split(",").map(Number)) {
    yield* fill(length)
    const own = yield* measure(length, calls, pool)
    yield* putBack
    // The peer is slow on long queues: as many calls as take about the same time.
    const others = yield* measure(length, Math.max(8, Math.min(calls, Math.floor(200_000 / length))), peer)
    rates.push(own.perSecond)
    console.log(
      `queue of ${whole(length)}: ${whole(own.perSecond)} get_task/s, p99 ${own.p99.toFixed(1)} ms, `
        + `${own.statements.toFixed(2)} statements per call; locking every eligible row: ${whole(others.perSecond)}/s, `
        + `p99 ${others.p99.toFixed(0)} ms; ${(own.perSecond / others.perSecond).toFixed(1)} times as fast`
    )
  }
  const flat = Math.min(...rates) / Math.max(...rates)
  console.log(`slowest of these rates is ${flat.toFixed(2)} of the fastest (1 is flat)`)
})

const onPostgres = Effect.gen(function*() {
  const { url } = yield* temporaryDatabase
  const { hostname, password, pathname, port, username } = new URL(url)
  const client = PgClient.layer({
    username,
    ...(password === "" ? {} : { password: Redacted.make(decodeURIComponent(password)) }),
    database: pathname.slice(1),
    maxConnections: side,
    // As the server's own connections.
    startupParameters: { jit: "off", max_parallel_workers_per_gather: "0" },
    stream: () => StatementCounter.socket(counter, hostname, Number(port || 5432))
  })
  yield* Effect.provide(bench, Migrations.layer.pipe(Layer.provideMerge(client)))
})

if (skippedServer === undefined) {
  await Effect.scoped(onPostgres).pipe(
    Effect.provideService(References.MinimumLogLevel, "Warn"),
    Effect.runPromise
  )
} else {
  console.log(`skipped: ${skippedServer}`)
}
