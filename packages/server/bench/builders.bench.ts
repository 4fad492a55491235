/**
 * How fast nodes get tasks, against the length of the queue: 64 nodes ask the pool on PostgreSQL, all at the same time; besides, one node asks
 * alone. They ask in rounds, each node once. Between the rounds what they got is reported and as much is offered, which is not measured. A queue
 * of so many has these left when a round ends: what a round hands out is there besides, so that a short queue is asked as often as a
 * long one and every call hands out a task. One that does not is counted for nothing, and told of. All queues have tasks of as many owners,
 * since more of them cost more; what they cost is told apart. Each queue has a database of its own, and they are measured in turns, several
 * times, so that what else the machine does is shared among them: printed are medians of the turns, and how flat they are: the worst length
 * against the best.
 *
 * The peer is what hands tasks out by locking every task that may be taken, in their order, and taking the first, as build systems of this
 * kind do. Statements of a call are counted on the wire.
 *
 *   pnpm bench builders -- --lengths 10,1000 --calls 500
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as SqlClient from "effect/sql/SqlClient"
import { parseArgs } from "node:util"
import { BuilderPool, layer as poolLayer } from "../src/builders/BuilderPool.ts"
import type * as HandOut from "../src/builders/statements/HandOutStatement.ts"
import * as Notifier from "../src/database/Notifier.ts"
import * as Migrations from "../src/Migrations.ts"
import { skippedServer, temporaryDatabase } from "../test/support/Databases.ts"
import * as StatementCounter from "./StatementCounter.ts"

const { values: given } = parseArgs({
  options: {
    lengths: { type: "string", default: "10,100,1000,10000,100000" },
    calls: { type: "string", default: "2000" },
    owners: { type: "string", default: "50" },
    "owners-of": { type: "string", default: "1,500" }
  }
})
const calls = Number(given.calls)
const owners = Number(given.owners)
/** What was built before: plans that are made for an empty table are others. */
const history = 20_000
/** How many wait where it is looked at what owners cost. */
const ofOwners = 10_000
const nodes = 64
/** Nodes take three of five architectures. */
const share = 0.6
/** How often each length is measured. */
const turns = 5
/** Connections, as many as the peer's transactions have at the same time. */
const side = 12

const counter = StatementCounter.make()

/**
 * Tasks from a number on, in builds of forty: of all owners alike, however many there are, and a fifth each for five architectures.
 */
const offer = (from: number, count: number, owners: number) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    sql`
    INSERT INTO builder_task (id, life, process, part, attempt, arch, package, url, owner, class, priority, path, seconds,
      payload, offered_at)
    SELECT id, 'package-build', 1 + id % ${owners}::bigint + ${owners}::bigint * (id / (40 * ${owners}::bigint)), id::text, 1,
      (ARRAY['src', 'x86_64', 'i686', 'aarch64', 'ppc64le'])[1 + (id + id / ${owners}::bigint) % 5],
      'p' || id, 'https://git.example.org/rpms/p' || id || '.git', 'owner' || id % ${owners}::bigint, '', 0, 300 - id % 300,
      300, jsonb_build_object('id', id), 0
    FROM generate_series(${from}::bigint, ${from + count - 1}::bigint) AS id`)

/** Nodes report what they got, and as much as that is offered: so the queue stays as long as it is. */
const refill = Effect.fnUntraced(function*(queue: { next: number; readonly owners: number }) {
  const sql = yield* SqlClient.SqlClient
  const gone = yield* sql`UPDATE builder_task SET state = 'reported', report = '{}' WHERE state = 'leased' RETURNING id`
  if (gone.length === 0) return
  const count = Math.ceil(gone.length / share)
  yield* offer(queue.next, count, queue.owners)
  queue.next += count
  // What nodes of other architectures build meanwhile.
  yield* sql`UPDATE builder_task SET state = 'reported' WHERE id IN (
    SELECT id FROM builder_task WHERE state = 'queued' AND arch IN ('aarch64', 'ppc64le')
    ORDER BY id LIMIT ${count - gone.length})`
})

const asking = (index: number): HandOut.Asking => ({
  node: `n${index % nodes}`,
  arches: ["src", "x86_64", "i686"],
  excluded: []
})

const ask = (index: number) => Effect.flatMap(BuilderPool, (pool) => pool.handOut(asking(index)))

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
  /** Tasks handed out. */
  readonly perSecond: number
  /** Milliseconds of calls that got a task. */
  readonly median: number
  readonly p99: number
  readonly statements: number
}

/** Calls of nodes that ask at the same time, in rounds. */
const measure = Effect.fnUntraced(function*<A, E, R>(
  queue: { next: number; readonly length: number; readonly owners: number },
  times: number,
  together: number,
  call: (index: number) => Effect.Effect<A | undefined, E, R>
) {
  const took: Array<number> = []
  let busy = 0
  let statements = 0
  let calls = 0
  while (calls < times) {
    yield* refill(queue)
    StatementCounter.reset(counter)
    const begun = performance.now()
    yield* Effect.forEach(
      Array.from({ length: together }, (_, index) => calls + index),
      (index) =>
        Effect.gen(function*() {
          const from = performance.now()
          if ((yield* call(index)) !== undefined) took.push(performance.now() - from)
        }),
      { concurrency: together, discard: true }
    )
    busy += performance.now() - begun
    statements += counter.total
    calls += together
  }
  took.sort((a, b) => a - b)
  if (took.length < calls) {
    console.log(`  ${calls - took.length} of ${calls} calls got nothing from a queue of ${queue.length}`)
  }
  return {
    perSecond: took.length / (busy / 1000),
    median: took[took.length >> 1]!,
    p99: took[Math.min(took.length - 1, Math.floor(took.length * 0.99))]!,
    statements: statements / took.length
  } satisfies Measured
})

const whole = (value: number): string => Math.round(value).toLocaleString("en")

/** The median of one field of several measurements. */
const middle = (all: ReadonlyArray<Measured>, field: keyof Measured): number =>
  all.map((one) => one[field]).sort((a, b) => a - b)[all.length >> 1]!

/** A filled database of its own, and what was measured on it. */
const farm = Effect.fnUntraced(function*({ length, owners }: { readonly length: number; readonly owners: number }) {
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
  const context = yield* Layer.build(
    poolLayer().pipe(
      Layer.provideMerge(Notifier.layer("Server")),
      Layer.provideMerge(Migrations.layer.pipe(Layer.provideMerge(client)))
    )
  )
  const count = length + Math.ceil(nodes / share)
  const fill = Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* offer(0, history, owners)
    yield* sql`UPDATE builder_task SET state = 'reported', report = '{}'`
    yield* offer(history, count, owners)
    yield* sql`VACUUM ANALYZE builder_task`
  })
  yield* Effect.provideContext(fill, context)
  return {
    length,
    owners,
    next: history + count,
    context,
    own: [] as Array<Measured>,
    alone: [] as Array<Measured>,
    peer: [] as Array<Measured>
  }
})

/** Measures queues in turns, and tells of each. */
const measured = Effect.fnUntraced(function*(
  queues: ReadonlyArray<{ readonly length: number; readonly owners: number }>
) {
  const farms = yield* Effect.forEach(queues, farm)
  for (let turn = 0; turn <= turns; turn++) {
    for (const queue of farms) {
      const { alone, context, length, own, peer: others } = queue
      const together = yield* Effect.provideContext(measure(queue, calls / turns, nodes, ask), context)
      const one = yield* Effect.provideContext(measure(queue, 50, 1, ask), context)
      // The first turn is for the database to get warm.
      if (turn === 0) continue
      own.push(together)
      alone.push(one)
      if (turn % 2 === 0) continue
      // The peer is slow on long queues: as many calls as take about the same time.
      const times = Math.max(side, Math.min(calls / turns, Math.floor(100_000 / length)))
      others.push(yield* Effect.provideContext(measure(queue, times, side, peer), context))
    }
  }
  for (const { alone, length, own, owners, peer: others } of farms) {
    const perSecond = middle(own, "perSecond")
    const ofPeer = middle(others, "perSecond")
    console.log(
      `queue of ${whole(length)} of ${owners} owners: ${whole(perSecond)} tasks handed out/s, p99 ${
        middle(own, "p99").toFixed(1)
      } ms, ${middle(own, "statements").toFixed(2)} statements per call (one node alone: ${
        middle(alone, "median").toFixed(1)
      } ms, ${middle(alone, "statements").toFixed(2)}); locking every eligible row: ${whole(ofPeer)}/s, p99 ${
        middle(others, "p99").toFixed(0)
      } ms; ${(perSecond / ofPeer).toFixed(1)} times as fast`
    )
  }
  return farms.map(({ length, own }) => ({ length, own }))
}, Effect.scoped)

const bench = Effect.gen(function*() {
  const byLength = yield* measured(given.lengths.split(",").map((length) => ({ length: Number(length), owners })))
  /** The worst length against the best: 1 is flat. */
  const spread = (field: keyof Measured): string => {
    const all = byLength.map(({ length, own }) => ({ length, value: middle(own, field) })).sort((a, b) =>
      a.value - b.value
    )
    const [least, most] = [all[0]!, all.at(-1)!]
    return `${(most.value / least.value).toFixed(2)} (${whole(least.length)} against ${whole(most.length)})`
  }
  console.log(`flat is 1: best rate / worst rate ${spread("perSecond")}, worst p99 / best p99 ${spread("p99")}`)
  yield* measured(given["owners-of"].split(",").map((owners) => ({ length: ofOwners, owners: Number(owners) })))
})

if (skippedServer === undefined) {
  await bench.pipe(Effect.provideService(References.MinimumLogLevel, "Warn"), Effect.runPromise)
} else {
  console.log(`skipped: ${skippedServer}`)
}
