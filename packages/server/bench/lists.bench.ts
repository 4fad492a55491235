/**
 * How long every list takes with every filter and order it knows, on its first page, in the middle and at the end, against the first page
 * that is asked for without any (bound: ten times that, and 50 ms for 100 verbose builds), and what the database goes over for it. On PostgreSQL with 20,000 module
 * builds of 20 components and 200,000 repositories, with `--full` five times as many, through a whole server.
 *
 *   pnpm bench lists -- --full
 *   pnpm bench lists -- --builds 100000 --repositories 1000000
 *   pnpm bench lists -- --only "MBS component,results" --all
 *   pnpm bench lists -- --drop
 *
 * The filled database is kept on the server for the next time; `--drop` removes it, `--database NAME` takes another one. Without `--all`, of what is within the bound the
 * slowest of each list is printed only.
 */
import * as MemoryBuildSystem from "@orch/core/testing/MemoryBuildSystem"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Statement from "effect/sql/Statement"
import { parseArgs } from "node:util"
import * as BenchLine from "../../../tooling/bench/BenchLine.ts"
import { skippedServer } from "../test/support/Databases.ts"
import * as TestServer from "../test/support/TestServer.ts"
import * as FilledDatabase from "./lists/FilledDatabase.ts"
import * as PlanScans from "./lists/PlanScans.ts"
import type * as QuestionForms from "./lists/QuestionForms.ts"
import * as Questions from "./lists/Questions.ts"
import * as QuestionsOfOthers from "./lists/QuestionsOfOthers.ts"

const { values: given } = parseArgs({
  options: {
    builds: { type: "string" },
    repositories: { type: "string" },
    full: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    all: { type: "boolean", default: false },
    database: { type: "string" },
    drop: { type: "boolean", default: false }
  }
})
const server = process.env["ORCH_TEST_DATABASE_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres"

/** How many times page 1 a list may take, and that for each page of it where it is longer than page 1. */
const bound = 10
/** Milliseconds below which no list is said to be slow: what a request costs anyway varies as much. */
const floor = 20
/** Milliseconds that a page of 100 builds of 20 components with everything in them may take. */
const verboseBound = 50
const verbose = "module-builds/?per_page=100&verbose=true"
const times = 5
/** Bytes that are read of lists without pages, which may hold a million rows. */
const most = 16_000_000

interface Asked {
  readonly took: number
  readonly bytes: number
  /** What was answered instead of an answer. */
  readonly failed?: string
}

const ask = async (url: string): Promise<Asked> => {
  const began = performance.now()
  let bytes = 0
  const beginning: Array<Uint8Array> = []
  const asked = (failed?: string): Asked => ({
    took: performance.now() - began,
    bytes,
    ...(failed === undefined ? {} : { failed })
  })
  try {
    const response = await fetch(url)
    // Leaving the loop tells the server that nothing more is wanted.
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength
      if (beginning.length === 0) beginning.push(chunk)
      if (bytes > most) break
    }
    return asked(
      response.status === 200
        ? undefined
        : `${response.status} ${Buffer.concat(beginning).toString("utf8").slice(0, 200)}`
    )
  } catch (error) {
    return asked(String(error))
  }
}

/** The first time, and the median of those after it. */
const measure = async (url: string) => {
  const { bytes, took: once, ...first } = await ask(url)
  // What goes over much is learnt in the background then, which is not what is measured.
  if (once > 40) await new Promise((resolve) => setTimeout(resolve, 20 * Math.min(once, 100)))
  const later: Array<Asked> = []
  // What took long is not asked for often.
  for (let n = 0; n < (once > 1000 ? 1 : times); n++) later.push(await ask(url))
  const failed = first.failed ?? later.find(({ failed }) => failed !== undefined)?.failed
  return { once, bytes, again: BenchLine.median(later.map(({ took }) => took)), failed }
}

interface Line {
  readonly question: string
  readonly once: number
  readonly again: number
  readonly ratio: number
  readonly scans: string
  /** Why it does not hold, where that is not its time. */
  readonly failed: string | undefined
  readonly isOver: boolean
}

const shown = ({ again, failed, once, question, ratio, scans }: Line): string =>
  `  ${ratio.toFixed(1).padStart(6)} ${again.toFixed(1).padStart(8)} ms, first ${once.toFixed(0).padStart(5)} ms  ${
    decodeURIComponent(question).padEnd(60)
  } ${failed === undefined ? scans : `DOES NOT HOLD: ${failed}`}`

/** What is wrong, in one line. */
const told = (cause: Cause.Cause<unknown>): string => Cause.pretty(cause).split("\n")[0]!.slice(0, 200)

const run = Effect.gen(function*() {
  const builds = Number(given.builds ?? (given.full ? 100_000 : 20_000))
  const size = { builds, repositories: Number(given.repositories ?? 10 * builds) }
  const name = given.database ?? (yield* FilledDatabase.filled(server, size))
  const database = FilledDatabase.at(server, name)
  const recorder = PlanScans.recorder()
  const { sql, url } = yield* TestServer.start({
    DATABASE_URL: database,
    ORCH_DATABASE_CONNECTIONS: String(yield* FilledDatabase.connections(server)),
    ORCH_FAILED_KEEP_DAYS: "0"
  }, {
    farm: MemoryBuildSystem.layer({ pace: "manual" }) as never
  }).pipe(Effect.provideService(Statement.CurrentTransformer, recorder.layer))
  // Writes down who asks.
  yield* Effect.promise(() => ask(`${url}/api/v1/teams/?pageNumber=1`))
  yield* FilledDatabase.settled(sql)
  for (const path of ["/health/ready", "/metrics"]) {
    const { again, failed } = yield* Effect.promise(() => measure(`${url}${path}`))
    const within = BenchLine.within(again, floor, "ms")
    BenchLine.print({
      what: `${path} beside ${size.builds} builds`,
      ours: `${again.toFixed(1)} ms`,
      against: failed ?? "",
      ...within,
      holds: within.holds === true && failed === undefined
    })
  }
  const wanted = given.only.split(",")
  let over = 0
  let late = 0
  const measureList = Effect.fnUntraced(function*({ first, name, questions }: QuestionForms.List) {
    if (!wanted.some((word) => name.includes(word))) return
    yield* Effect.promise(() => measure(url + first))
    const page = yield* Effect.promise(() => measure(url + first))
    console.log(`\n${name}: page 1 takes ${page.again.toFixed(1)} ms (${first}) ${page.failed ?? ""}`)
    if (page.failed !== undefined) over++
    const lines: Array<Line> = []
    for (const question of questions) {
      recorder.begin()
      const { again, bytes, failed, once } = yield* Effect.promise(() => measure(url + question))
      const pages = Math.max(1, bytes / page.bytes)
      const ratio = again / page.again / pages
      const isOver = failed !== undefined
        || (question.includes(verbose) ? again > verboseBound : ratio > bound && again > floor)
      // Once, since what it needs is in no memory yet.
      if (!isOver && once > Math.max(floor, bound * pages * page.again)) late++
      recorder.begin()
      yield* Effect.promise(() => ask(url + question))
      const isShown = failed === undefined && (isOver || given.all)
      // What cannot be planned by hand, such as what takes too long for the database, is said and costs no other question.
      const scans = isShown
        ? yield* PlanScans.scans(sql, recorder.made()).pipe(
          Effect.catchCause((cause) => Effect.succeed(`no plan: ${told(cause)}`))
        )
        : ""
      if (question.includes(verbose)) {
        BenchLine.print({
          what: "100 verbose builds of 20 components",
          ours: `${again.toFixed(1)} ms`,
          against: `page 1 ${page.again.toFixed(1)} ms`,
          ...BenchLine.within(again, verboseBound, "ms"),
          holds: !isOver
        })
      }
      const line: Line = { question, once, again, ratio, scans, failed, isOver }
      if (isOver) over++
      if (isOver || given.all || question.includes(verbose)) console.log(shown(line))
      lines.push(line)
    }
    const slowest = lines.toSorted((one, two) => Number(two.isOver) - Number(one.isOver) || two.ratio - one.ratio)[0]
    if (slowest === undefined) return
    BenchLine.print({
      what: `${name}, the slowest of ${lines.length} questions`,
      ours: `${slowest.again.toFixed(1)} ms`,
      against: `page 1 ${page.again.toFixed(1)} ms`,
      ratio: slowest.ratio,
      asked: `at most ${bound}, or ${floor} ms`,
      holds: page.failed === undefined && lines.every(({ isOver }) => !isOver)
    })
    console.log(shown(slowest))
  })
  yield* measureList(QuestionsOfOthers.graph)
  // Whatever a server does of its own accord with so many builds that it has not seen before is not what is measured: it may read only.
  yield* FilledDatabase.readOnly(server, name)
  yield* Effect.sleep("5 seconds")
  for (const list of Questions.lists(size.builds, size.repositories)) yield* measureList(list)
  console.log(`\nlists: ${over} over ${bound} times page 1; ${late} others the first time only`)
  if (over > 0) process.exitCode = 1
})

if (skippedServer !== undefined) console.log(`lists: skipped, ${skippedServer}`)
else if (given.drop) console.log(`lists: ${await Effect.runPromise(FilledDatabase.dropAll(server))} databases dropped`)
else await Effect.runPromise(Effect.scoped(run))
