/**
 * How many events the engine gets through: 1,000 module builds of 20 components in 4 batches, from submission to ready, on
 * a farm in memory whose tasks end one by one in random order, with the store in memory, on PGlite and on PostgreSQL.
 *
 * SQL statements are counted on the wire, BEGIN, COMMIT and NOTIFY included. The bound measured beside it is what the same
 * database does in transactions of one insert, from as many fibers.
 *
 *   pnpm bench engine -- --builds 200 --store postgresql --statements
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import { PGlite } from "@electric-sql/pglite"
import { ModuleBuildCommands } from "@orch/core/engine/modulebuild/ModuleBuildCommands"
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import * as ModuleBuildWatches from "@orch/core/engine/modulebuild/ModuleBuildWatches"
import { Publisher } from "@orch/core/engine/modulebuild/Publisher"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import { ModuleBuildIndex } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import * as MemoryBuildSystem from "@orch/core/testing/MemoryBuildSystem"
import * as MemoryCommandQueue from "@orch/core/testing/MemoryCommandQueue"
import * as MemoryModuleBuilds from "@orch/core/testing/MemoryModuleBuilds"
import * as MemoryOutbox from "@orch/core/testing/MemoryOutbox"
import * as MemoryRepositoryHost from "@orch/core/testing/MemoryRepositoryHost"
import * as MemorySourceControl from "@orch/core/testing/MemorySourceControl"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import { parseArgs } from "node:util"
import { component, modulePlan } from "../../core/test/modulebuild/plans.ts"
import * as Notifier from "../src/database/Notifier.ts"
import * as PgCommandQueue from "../src/database/PgCommandQueue.ts"
import * as PgFarmWork from "../src/database/PgFarmWork.ts"
import * as Pglite from "../src/database/Pglite.ts"
import * as PgOutbox from "../src/database/PgOutbox.ts"
import * as Migrations from "../src/Migrations.ts"
import * as ModuleBuildsLayer from "../src/modulebuilds/ModuleBuildsLayer.ts"
import { skippedServer, temporaryDatabase } from "../test/support/Databases.ts"
import * as StatementCounter from "./StatementCounter.ts"

const { values: given } = parseArgs({
  options: {
    builds: { type: "string", default: "1000" },
    components: { type: "string", default: "20" },
    batches: { type: "string", default: "4" },
    store: { type: "string", default: "" },
    statements: { type: "boolean", default: false }
  }
})
const builds = Number(given.builds)
const components = Number(given.components)
const batches = Number(given.batches)
const workers = 16
const connections = 12

const counter = StatementCounter.make()

/** The farm in memory; every task ends by itself, some milliseconds after it began. */
const farm = Layer.effect(
  BuildSystem,
  Effect.gen(function*() {
    const self = yield* BuildSystem
    const { settle } = yield* MemoryBuildSystem.MemoryFarm
    return BuildSystem.of({
      ...self,
      submit: (buildroot, requests) =>
        self.submit(buildroot, requests).pipe(
          Effect.tap((answers) =>
            Effect.sync(() => {
              for (const answer of answers) {
                if (answer._tag !== "Accepted") continue
                setTimeout(() => Effect.runFork(settle(answer.task)), 5 + Math.random() * 200)
              }
            })
          )
        )
    })
  })
).pipe(Layer.provideMerge(MemoryBuildSystem.layer({ pace: "manual" })))

const engine = Layer.mergeAll(
  ModuleBuildEngine.layer,
  ModuleBuildCommands.workers({ concurrency: workers }),
  ModuleBuildWatches.layer({ interval: 10_000 })
).pipe(
  Layer.provideMerge(ModuleBuildCommands.layer),
  Layer.provideMerge(Publisher.layer),
  Layer.provide(Layer.mergeAll(farm, MemorySourceControl.layer({}), MemoryRepositoryHost.layer))
)

const plan = (stream: string) =>
  modulePlan(
    Array.from({ length: components }, (_, index) =>
      component(`component-${index}`, { batch: 1 + Math.floor(index * batches / components) })),
    { stream }
  )

const work = Effect.gen(function*() {
  const submitter = yield* ModuleBuildEngine
  const index = yield* ModuleBuildIndex
  yield* Effect.forEach(
    Array.from({ length: builds }, (_, index) => `${index}`),
    (stream) => submitter.submit(plan(stream), "bench"),
    { concurrency: workers, discard: true }
  )
  yield* index.list({ states: ["ready"], limit: 1, offset: 0 }).pipe(
    Effect.repeat({ until: ({ total }) => total === builds, schedule: Schedule.spaced("250 millis") }),
    Effect.timeout("20 minutes")
  )
})

interface Measured {
  readonly seconds: number
  /** Processor time of this process, which a busy machine does not stretch. */
  readonly cpuSeconds: number
  readonly events: number
  readonly statements: number | undefined
}

const measure = Effect.gen(function*() {
  StatementCounter.reset(counter)
  const begun = performance.now()
  const cpu = process.cpuUsage()
  yield* work
  const seconds = (performance.now() - begun) / 1000
  const { system, user } = process.cpuUsage(cpu)
  const cpuSeconds = (system + user) / 1e6
  const statements = counter.total
  const store = yield* ModuleBuilds
  let events = 0
  for (let id = 1; id <= builds; id++) events += (yield* store.history(id, 0, 10_000)).length
  return { seconds, cpuSeconds, events, statements } satisfies Measured
})

/** Transactions of one insert each, from as many fibers as the engine has workers. */
const bound = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE bench (id bigint GENERATED ALWAYS AS IDENTITY, data jsonb)`
  const rounds = Math.min(3000, builds * 10)
  const begun = performance.now()
  yield* Effect.forEach(
    Array.from({ length: rounds }),
    () => sql.withTransaction(sql`INSERT INTO bench (data) VALUES ('{"a": 1}')`),
    { concurrency: workers, discard: true }
  )
  return rounds / ((performance.now() - begun) / 1000)
})

const whole = (value: number): string => Math.round(value).toLocaleString("en")

const report = (
  name: string,
  { cpuSeconds, events, seconds, statements }: Measured,
  transactions: number | undefined
): void => {
  const built = builds * components
  console.log(
    `${name}: ${whole(builds)} builds of ${components} components ready in ${seconds.toFixed(1)} s: `
      + `${whole(events / seconds)} events/s, ${whole(built / seconds)} components/s; `
      + `${cpuSeconds.toFixed(1)} s of processor time in this process, ${
        whole(events / cpuSeconds)
      } events per second of it`
  )
  if (statements === undefined || transactions === undefined) return
  console.log(
    `  SQL statements: ${whole(statements)}, ${(statements / events).toFixed(2)} per event, `
      + `${(statements / (2 * built)).toFixed(2)} per component event (submitted, ended; aim at most 6), `
      + `${(statements / built).toFixed(2)} per component`
  )
  console.log(
    `  bound: ${whole(transactions)} transactions of one insert/s; events are ${
      (events / seconds / transactions).toFixed(2)
    } of it`
  )
  if (!given.statements) return
  for (const [text, times] of [...counter.byText].sort((a, b) => b[1] - a[1]).slice(0, 25)) {
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
  name: string,
  kind: "Server" | "Embedded",
  client: Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, unknown>
) =>
  Effect.gen(function*() {
    const measured = yield* Effect.provide(measure, engine.pipe(Layer.provideMerge(stores)))
    report(name, measured, yield* bound)
  }).pipe(Effect.provide(Notifier.layer(kind).pipe(Layer.provideMerge(Migrations.layer), Layer.provideMerge(client))))

const inMemory = Effect.map(measure, (measured) => report("memory", { ...measured, statements: undefined }, undefined))
  .pipe(Effect.provide(
    engine.pipe(
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
  return onDatabase("PGlite", "Embedded", Pglite.layer(undefined))
})

const onPostgres = Effect.gen(function*() {
  const { url } = yield* temporaryDatabase
  const { hostname, password, pathname, port, username } = new URL(url)
  yield* onDatabase(
    "PostgreSQL",
    "Server",
    PgClient.layer({
      username,
      ...(password === "" ? {} : { password: Redacted.make(decodeURIComponent(password)) }),
      database: pathname.slice(1),
      maxConnections: connections,
      stream: () => StatementCounter.socket(counter, hostname, Number(port || 5432))
    })
  )
})

const wanted = (name: string): boolean => given.store === "" || given.store === name

await Effect.gen(function*() {
  if (wanted("memory")) yield* Effect.scoped(inMemory)
  if (wanted("pglite")) yield* Effect.scoped(onPglite)
  if (!wanted("postgresql")) return
  if (skippedServer === undefined) yield* Effect.scoped(onPostgres)
  else console.log(`PostgreSQL: skipped, ${skippedServer}`)
}).pipe(
  Effect.provideService(References.MinimumLogLevel, "Warn"),
  Effect.provide(Logger.layer([Logger.consolePretty()])),
  Effect.runPromise
)
