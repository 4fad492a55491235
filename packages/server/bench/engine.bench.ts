/**
 * How many events the engine gets through: module builds of 20 components in 4 batches, from submission to ready, on a farm in
 * memory whose tasks end one by one in random order, with the store in memory, on PGlite and on PostgreSQL.
 *
 * The bound is what the same database does in transactions of one insert, from as many fibers, right before and after each round.
 * The peer is DBOS with bare steps, by processor time of the process. Rounds take turns; ratios are medians of the rounds' own.
 * PostgreSQL is measured as servers have it, where a commit waits for the disk, and without that wait.
 *
 *   pnpm bench engine -- --builds 300 --rounds 5 --store postgresql --statements
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import { PGlite } from "@electric-sql/pglite"
import * as MemoryCommandQueue from "@orch/core/testing/MemoryCommandQueue"
import * as MemoryModuleBuilds from "@orch/core/testing/MemoryModuleBuilds"
import * as MemoryOutbox from "@orch/core/testing/MemoryOutbox"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as SqlClient from "effect/sql/SqlClient"
import { parseArgs } from "node:util"
import * as BenchLine from "../../../tooling/bench/BenchLine.ts"
import * as Notifier from "../src/database/Notifier.ts"
import * as PgCommandQueue from "../src/database/PgCommandQueue.ts"
import * as PgFarmWork from "../src/database/PgFarmWork.ts"
import * as Pglite from "../src/database/Pglite.ts"
import * as PgOutbox from "../src/database/PgOutbox.ts"
import * as Migrations from "../src/Migrations.ts"
import * as ModuleBuildsLayer from "../src/modulebuilds/ModuleBuildsLayer.ts"
import { emptyDatabase, skippedServer, temporaryDatabase } from "../test/support/Databases.ts"
import * as DbosPeer from "./engine/DbosPeer.ts"
import * as EngineWork from "./engine/EngineWork.ts"
import * as StatementCounter from "./StatementCounter.ts"

const { values: given } = parseArgs({
  options: {
    builds: { type: "string", default: "300" },
    components: { type: "string", default: "20" },
    rounds: { type: "string", default: "5" },
    store: { type: "string", default: "" },
    statements: { type: "boolean", default: false }
  }
})
const builds = Number(given.builds)
const components = Number(given.components)
const rounds = Number(given.rounds)
const connections = 12
/** Milliseconds of the bound, before and after each round. */
const boundLasts = 700
/** Builds of the round that is not counted, in which code is compiled and caches fill. */
const warm = 50
const steps = { workflows: 150, each: 20 }

const counter = StatementCounter.make()

const whole = (value: number): string => Math.round(value).toLocaleString("en")

/** Transactions of one insert each in a second, from as many fibers as the engine has workers. */
const bound = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const begun = performance.now()
  const one = sql.withTransaction(sql`INSERT INTO bench (data) VALUES ('{"a": 1}')`)
  const until = Effect.gen(function*() {
    let made = 0
    for (; performance.now() - begun < boundLasts; made++) yield* one
    return made
  })
  const made = yield* Effect.all(Array.from({ length: EngineWork.workers }, () => until), { concurrency: "unbounded" })
  return made.reduce((sum, count) => sum + count, 0) / ((performance.now() - begun) / 1000)
})

interface Measured {
  readonly rounds: ReadonlyArray<EngineWork.Round>
  /** Transactions a second around each round. */
  readonly bounds: ReadonlyArray<number>
  readonly steps: ReadonlyArray<DbosPeer.Steps>
}

const measure = (size: { readonly builds: number; readonly rounds: number }, peer: DbosPeer.DbosPeer | undefined) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE TABLE bench (id bigint GENERATED ALWAYS AS IDENTITY, data jsonb)`
    yield* EngineWork.round(0, warm, components)
    yield* bound
    if (peer !== undefined) yield* Effect.promise(() => peer.run(warm, steps.each))
    StatementCounter.reset(counter)
    const measured = { rounds: Array<EngineWork.Round>(), bounds: Array<number>(), steps: Array<DbosPeer.Steps>() }
    for (let round = 0; round < size.rounds; round++) {
      const before = yield* bound
      measured.rounds.push(yield* EngineWork.round(warm + round * size.builds, size.builds, components))
      measured.bounds.push((before + (yield* bound)) / 2)
      if (peer !== undefined) {
        measured.steps.push(yield* Effect.promise(() => peer.run(steps.workflows, steps.each)))
      }
    }
    return measured satisfies Measured
  })

const perSecond = ({ events, seconds }: EngineWork.Round): number => events / seconds
const perProcessor = ({ cpuSeconds, events }: EngineWork.Round): number => events / cpuSeconds

const report = (name: string, { bounds, rounds, steps }: Measured): void => {
  const rates = rounds.map(perSecond)
  const ratios = rates.map((rate, index) => rate / bounds[index]!)
  BenchLine.print({
    what: `engine, ${name}`,
    ours: `${whole(BenchLine.median(rates))} events/s`,
    against: `${whole(BenchLine.median(bounds))} single-insert transactions/s`,
    ...BenchLine.atLeast(BenchLine.median(ratios), 0.33)
  })
  console.log(`  rounds: ${ratios.map((ratio) => ratio.toFixed(2)).join(", ")}; 0.5 is the aim`)
  const own = rounds.map(perProcessor)
  if (steps.length === 0) {
    console.log(`  ${whole(BenchLine.median(own))} events per second of this process's processor`)
    return
  }
  const theirs = steps.map(({ cpuSeconds, steps }) => steps / cpuSeconds)
  BenchLine.print({
    what: `engine, ${name}, per second of the process's processor`,
    ours: `${whole(BenchLine.median(own))} events`,
    against: `DBOS ${whole(BenchLine.median(theirs))} bare steps`,
    ...BenchLine.atLeast(BenchLine.medianRatio(own, theirs), 1)
  })
}

const reportStatements = (measured: Measured): void => {
  const events = measured.rounds.reduce((sum, round) => sum + round.events, 0)
  const own = [...counter.byText].filter(([text]) => !/^(?:BEGIN|COMMIT|INSERT INTO bench)/.test(text))
  const total = own.reduce((sum, [, times]) => sum + times, 0)
  console.log(`  ${(total / events).toFixed(2)} statements for each event, without BEGIN and COMMIT`)
  if (!given.statements) return
  for (const [text, times] of own.toSorted(([, one], [, two]) => two - one).slice(0, 25)) {
    console.log(`  ${String(times).padStart(8)} ${text.replaceAll(/\s+/g, " ").trim().slice(0, 130)}`)
  }
}

const stores = Layer.mergeAll(
  Layer.merge(ModuleBuildsLayer.layer(), PgFarmWork.layer([ModuleBuildsLayer.farmSource])),
  PgOutbox.layer
).pipe(
  Layer.provideMerge(PgCommandQueue.layer({ pollInterval: "500 millis", lease: "15 seconds" }))
)

const onDatabase = (
  kind: "Server" | "Embedded",
  client: Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, unknown>,
  measured: Effect.Effect<
    Measured,
    unknown,
    Layer.Success<typeof EngineWork.engine | typeof stores> | SqlClient.SqlClient
  >
) =>
  Effect.provide(measured, EngineWork.engine.pipe(Layer.provideMerge(stores))).pipe(
    Effect.provide(Notifier.layer(kind).pipe(Layer.provideMerge(Migrations.layer), Layer.provideMerge(client)))
  )

const inMemory = Effect.gen(function*() {
  yield* EngineWork.round(0, warm, components)
  const round = yield* EngineWork.round(warm, builds, components)
  console.log(
    `memory: ${whole(perSecond(round))} events/s, ${whole(perProcessor(round))} per second of this process's processor`
  )
}).pipe(Effect.provide(
  EngineWork.engine.pipe(
    Layer.provideMerge(MemoryModuleBuilds.layer),
    Layer.provideMerge(Layer.mergeAll(MemoryCommandQueue.layer, MemoryOutbox.layer))
  )
))

const onPglite = Effect.suspend(() => {
  const execute = PGlite.prototype.execProtocolRaw
  const read = StatementCounter.reader(counter, true)
  PGlite.prototype.execProtocolRaw = function(message, ...rest) {
    // The first message of a connection begins with its length, all others with a letter.
    if (message[0] !== 0) read(message)
    return execute.call(this, message, ...rest)
  }
  // As many builds as elsewhere: with fewer, most of a round is waiting for the last ones.
  const size = { builds, rounds: Math.min(3, rounds) }
  return Effect.tap(
    onDatabase("Embedded", Pglite.layer(undefined), measure(size, undefined)),
    (measured) => Effect.sync(() => report("PGlite", measured))
  )
})

const onPostgres = (isDurable: boolean) =>
  Effect.gen(function*() {
    const { url } = yield* temporaryDatabase
    const steps = isDurable ? yield* emptyDatabase : undefined
    const { hostname, password, pathname, port, username } = new URL(url)
    const client = PgClient.layer({
      username,
      ...(password === "" ? {} : { password: Redacted.make(decodeURIComponent(password)) }),
      database: pathname.slice(1),
      maxConnections: connections,
      startupParameters: { synchronous_commit: isDurable ? "on" : "off" },
      stream: () => StatementCounter.socket(counter, hostname, Number(port || 5432))
    })
    const peer = steps === undefined ? undefined : yield* Effect.acquireRelease(
      Effect.promise(() => DbosPeer.start(steps.url, EngineWork.workers, connections)),
      (peer) => Effect.sync(() => typeof peer === "string" ? undefined : peer.stop())
    )
    if (typeof peer === "string") console.log(`DBOS: skipped, ${peer}`)
    const measured = yield* onDatabase(
      "Server",
      client,
      measure({ builds, rounds }, typeof peer === "string" ? undefined : peer)
    )
    report(isDurable ? "PostgreSQL" : "PostgreSQL, no commit waits for the disk", measured)
    reportStatements(measured)
  })

const wanted = (name: string): boolean => given.store === "" || given.store === name

await Effect.gen(function*() {
  if (wanted("memory")) yield* Effect.scoped(inMemory)
  if (wanted("pglite")) yield* Effect.scoped(onPglite)
  if (!wanted("postgresql")) return
  if (skippedServer !== undefined) return console.log(`PostgreSQL: skipped, ${skippedServer}`)
  yield* Effect.scoped(onPostgres(true))
  yield* Effect.scoped(onPostgres(false))
}).pipe(
  Effect.provideService(References.MinimumLogLevel, "Warn"),
  Effect.provide(Logger.layer([Logger.consolePretty()])),
  Effect.runPromise
)
