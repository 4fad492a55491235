/**
 * What a server that has nothing to do costs the database: statements a minute with no module build, and with 1,000 that wait for
 * tasks which do not end. And how soon a server hears of a command that another one has no hand for, woken and by looking itself.
 *
 *   pnpm bench idle -- --builds 1000 --seconds 15
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import { ModuleBuildCommands } from "@orch/core/engine/modulebuild/ModuleBuildCommands"
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import * as ModuleBuildWatches from "@orch/core/engine/modulebuild/ModuleBuildWatches"
import { Publisher } from "@orch/core/engine/modulebuild/Publisher"
import { CommandQueues } from "@orch/core/ports/CommandQueue"
import { ModuleBuildIndex } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import * as MemoryBuildSystem from "@orch/core/testing/MemoryBuildSystem"
import * as MemoryRepositoryHost from "@orch/core/testing/MemoryRepositoryHost"
import * as MemorySourceControl from "@orch/core/testing/MemorySourceControl"
import { sampleLife } from "@orch/core/testing/SampleLife"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Schedule from "effect/Schedule"
import { parseArgs } from "node:util"
import * as BenchLine from "../../../tooling/bench/BenchLine.ts"
import { component, modulePlan } from "../../core/test/modulebuild/plans.ts"
import * as Notifier from "../src/database/Notifier.ts"
import * as PgCommandQueue from "../src/database/PgCommandQueue.ts"
import * as PgFarmWork from "../src/database/PgFarmWork.ts"
import * as PgOutbox from "../src/database/PgOutbox.ts"
import * as Migrations from "../src/Migrations.ts"
import * as ModuleBuildsLayer from "../src/modulebuilds/ModuleBuildsLayer.ts"
import { skippedServer, temporaryDatabase } from "../test/support/Databases.ts"
import * as StatementCounter from "./StatementCounter.ts"

const { values: given } = parseArgs({
  options: {
    builds: { type: "string", default: "1000" },
    seconds: { type: "string", default: "15" },
    commands: { type: "string", default: "40" }
  }
})
const builds = Number(given.builds)
const seconds = Number(given.seconds)
const counter = StatementCounter.make()

const database = (url: string) => {
  const { hostname, password, pathname, port, username } = new URL(url)
  return Notifier.layer("Server").pipe(
    Layer.provideMerge(Migrations.layer),
    Layer.provideMerge(PgClient.layer({
      username,
      ...(password === "" ? {} : { password: Redacted.make(decodeURIComponent(password)) }),
      database: pathname.slice(1),
      maxConnections: 12,
      stream: () => StatementCounter.socket(counter, hostname, Number(port || 5432))
    }))
  )
}

/** The engine as the server runs it, on a farm whose tasks stay as they are. */
const engine = Layer.mergeAll(
  ModuleBuildEngine.layer,
  ModuleBuildCommands.workers({ concurrency: 16 }),
  ModuleBuildWatches.layer({ interval: 10_000 })
).pipe(
  Layer.provideMerge(ModuleBuildCommands.layer),
  Layer.provideMerge(Publisher.layer),
  Layer.provideMerge(Layer.merge(ModuleBuildsLayer.layer(), PgFarmWork.layer([ModuleBuildsLayer.farmSource]))),
  Layer.provide(Layer.mergeAll(
    MemoryBuildSystem.layer({ pace: "manual" }),
    MemorySourceControl.layer({}),
    MemoryRepositoryHost.layer
  )),
  Layer.provideMerge(
    Layer.merge(PgCommandQueue.layer({ pollInterval: "500 millis", lease: "15 seconds" }), PgOutbox.layer)
  )
)

const perMinute = Effect.gen(function*() {
  StatementCounter.reset(counter)
  yield* Effect.sleep(seconds * 1000)
  return Math.round(counter.total * 60 / seconds)
})

const idle = Effect.gen(function*() {
  const submitter = yield* ModuleBuildEngine
  const index = yield* ModuleBuildIndex
  yield* Effect.sleep("2 seconds")
  const empty = yield* perMinute
  yield* Effect.forEach(
    Array.from({ length: builds }, (_, index) => `${index}`),
    (stream) => submitter.submit(modulePlan([component("a"), component("b")], { stream }), "bench"),
    { concurrency: 16, discard: true }
  )
  yield* index.counts.pipe(
    Effect.repeat({
      until: ({ components }) => components["building"] === 2 * builds,
      schedule: Schedule.spaced("500 millis")
    }),
    Effect.timeout("10 minutes")
  )
  yield* Effect.sleep("12 seconds")
  const waiting = yield* perMinute
  BenchLine.print({
    what: `statements a minute while ${builds} builds wait`,
    ours: `${waiting}`,
    against: `${empty} without builds`,
    ...BenchLine.atMost(waiting / empty, 2)
  })
  const often = [...counter.byText].toSorted(([, one], [, two]) => two - one).slice(0, 3)
  for (const [text, count] of often) {
    console.log(`  ${Math.round(count * 60 / seconds)} of them: ${text.replaceAll(/\s+/g, " ").trim().slice(0, 100)}`)
  }
})

/** Milliseconds from a command's offer by a server without a free hand to its start in another one, the median and what 95 of 100 do not exceed. */
const delays = (url: string, isWoken: boolean) =>
  Effect.gen(function*() {
    const server = Effect.map(
      Layer.build(Layer.fresh(
        PgCommandQueue.layer({ pollInterval: "500 millis", lease: "15 seconds" }).pipe(Layer.provide(database(url)))
      )),
      (context) => Context.get(context, CommandQueues)
    )
    const offering = yield* (yield* server).of(sampleLife)
    const taking = yield* (yield* server).of(sampleLife)
    // Hands of its own, all busy: without any, a server knows of none elsewhere either, and says nothing.
    if (isWoken) {
      yield* Effect.forkScoped(offering.take(() => Effect.never))
      yield* offering.offer(`busy-${isWoken}`, { process: 0, revision: 0, command: { _tag: "Ask", items: [] } }, 0)
      yield* Effect.sleep("1 second")
    }
    const seen = new Map<string, number>()
    yield* taking.take((_, { id }) => Effect.sync(() => void seen.set(id, performance.now()))).pipe(
      Effect.forever,
      Effect.forkScoped
    )
    const measured: Array<number> = []
    for (let n = 0; n < Number(given.commands); n++) {
      const id = `${isWoken}-${n}`
      yield* Effect.sleep(50 + Math.random() * 500)
      const begun = performance.now()
      yield* offering.offer(id, { process: 1, revision: n, command: { _tag: "Ask", items: [] } }, 0)
      yield* Effect.sync(() => seen.get(id)).pipe(
        Effect.repeat({ until: (at) => at !== undefined, schedule: Schedule.spaced("2 millis") })
      )
      measured.push(seen.get(id)! - begun)
    }
    measured.sort((a, b) => a - b)
    return [measured[Math.floor(measured.length / 2)]!, measured[Math.floor(measured.length * 0.95)]!] as const
  }).pipe(Effect.scoped)

await Effect.gen(function*() {
  if (skippedServer !== undefined) return console.log(`idle: skipped, ${skippedServer}`)
  const { url } = yield* temporaryDatabase
  yield* Effect.provide(idle, engine.pipe(Layer.provide(database(url))))
  // Hardly anything but waiting, each pair of servers on a database of its own.
  const [[woken, late], [looking, latest]] = yield* Effect.all([
    Effect.flatMap(temporaryDatabase, (own) => delays(own.url, true)),
    Effect.flatMap(temporaryDatabase, (own) => delays(own.url, false))
  ], { concurrency: 2 })
  BenchLine.print({
    what: "wake-up of another server by LISTEN/NOTIFY",
    ours: `${woken.toFixed(0)} ms (median), ${late.toFixed(0)} ms (95 of 100)`,
    against: `looking each 500 ms ${looking.toFixed(0)} ms, ${latest.toFixed(0)} ms`,
    // What is told by way of the database is gathered for 20 ms.
    ...BenchLine.within(woken, 50, "ms")
  })
}).pipe(
  Effect.scoped,
  Effect.provideService(References.MinimumLogLevel, "Error"),
  Effect.runPromise
)
