/** Tests as they are looked for and looked at beside their store. */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import type { TapResult } from "@orch/core/testrun/TapLog"
import type { PackageTest } from "@orch/core/testrun/TestRun"
import { testRunLife } from "@orch/core/testrun/TestRunLife"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import * as Statements from "./statements/TestStatements.ts"

/** The test of one package of a build task. */
export interface KnownTest {
  /** Toward test systems. */
  readonly number: number
  readonly run: number
  /** Number of the build. */
  readonly build: number
  /** Number of the build task. */
  readonly task: number
  readonly revision: number
  /** The attempt of the build task that made the package; absent where it was not kept. */
  readonly attempt: number | undefined
  readonly package: string
  readonly version: string
  readonly release: string
  readonly test: PackageTest
}

/** A test by its run and its name there. */
export interface TestName {
  readonly run: number
  readonly name: string
}

/** A log of a test. */
export interface KeptLog {
  readonly name: string
  readonly content: string
  readonly success: boolean
  readonly format: "tap" | "text"
  readonly results: ReadonlyArray<TapResult>
}

type Store<A> = Effect.Effect<A, StoreUnavailable>

/** What is asked about tests. */
export interface Interface {
  /** Takes so many numbers for new tests; the first of them. */
  readonly takeNumbers: (count: number) => Store<number>
  /** Some that nobody has, the oldest first. */
  readonly open: (limit: number) => Store<ReadonlyArray<TestName>>
  /** Some that somebody has had since before a time, in milliseconds since the epoch. */
  readonly lapsed: (before: number) => Store<ReadonlyArray<TestName>>
  /** `undefined` when no test has the number. */
  readonly ofNumber: (number: number) => Store<TestName | undefined>
  /** All tests of these builds, of every revision. */
  readonly ofBuilds: (builds: ReadonlyArray<number>) => Store<ReadonlyArray<KnownTest>>
  /** The newest test of each package of a build. */
  readonly newest: (build: number) => Store<ReadonlyArray<KnownTest>>
  /** Tests of a build task in a revision; in the newest one where none is given. */
  readonly ofTask: (task: number, revision?: number) => Store<ReadonlyArray<KnownTest>>
  /** Runs of a build that have not ended. */
  readonly running: (build: number) => Store<ReadonlyArray<number>>
  /** Keeps the logs of the test of this number in place of those it had. */
  readonly keepLogs: (number: number, logs: ReadonlyArray<KeptLog>) => Store<void>
  /** Logs of a build task's tests in the newest revision, each with the number of its test. */
  readonly logsOfTask: (task: number) => Store<ReadonlyArray<KeptLog & { readonly test: number }>>
}

/** Tests. */
export class Tests extends Context.Service<Tests, Interface>()("@orch/server/testruns/Tests") {}

const decodeTest = Schema.decodeUnknownSync(testRunLife.codecs.part)

const toTest = (row: Statements.TestRow): KnownTest => ({
  number: Number(row.number),
  run: Number(row.test_run_id),
  build: Number(row.build),
  task: Number(row.task),
  revision: row.revision,
  attempt: row.attempt ?? undefined,
  package: row.package,
  version: row.version,
  release: row.release,
  test: decodeTest(row.data)
})

const toName = (row: { readonly test_run_id: bigint; readonly name: string }): TestName => ({
  run: Number(row.test_run_id),
  name: row.name
})

/** Shown with builds at most. */
const mostShown = 20_000
/** Logs shown at once; each may have a mebibyte. */
const mostLogs = 100
const mostLapsed = 1000

/** Tests in the database. */
export const layer: Layer.Layer<Tests, never, SqlClient.SqlClient> = Layer.effect(
  Tests,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`Tests.${operation}`))
    const tests = (rows: ReadonlyArray<Statements.TestRow>) => rows.map(toTest)
    const names = (rows: ReadonlyArray<Parameters<typeof toName>[0]>) => rows.map(toName)
    return Tests.of({
      takeNumbers: (count) => run("takeNumbers", Statements.takeNumbers(count)),
      open: (limit) => Effect.map(run("open", Statements.open(limit)), names),
      lapsed: (before) => Effect.map(run("lapsed", Statements.lapsed(before, mostLapsed)), names),
      ofNumber: (number) =>
        Effect.map(run("ofNumber", Statements.ofNumber(number)), (row) => row === undefined ? undefined : toName(row)),
      ofBuilds: (builds) =>
        builds.length === 0
          ? Effect.succeed([])
          : Effect.map(run("ofBuilds", Statements.ofBuilds(builds, mostShown)), tests),
      newest: (build) => Effect.map(run("newest", Statements.newest(build)), tests),
      ofTask: (task, revision) => Effect.map(run("ofTask", Statements.ofTask(task, revision)), tests),
      running: (build) => run("running", Statements.running(build)),
      keepLogs: (number, logs) =>
        logs.length === 0
          ? Effect.void
          : run("keepLogs", Statements.keepLogs(number, logs.map((log, position) => ({ ...log, position })))),
      logsOfTask: (task) =>
        Effect.map(run("logsOfTask", Statements.logsOfTask(task, mostLogs)), (rows) =>
          rows.map(({ test, ...log }) => ({
            ...log,
            test: Number(test),
            results: log.results as ReadonlyArray<TapResult>
          })))
    })
  })
)
