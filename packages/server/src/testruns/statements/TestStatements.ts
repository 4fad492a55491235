/** What is asked about tests beside their store, one statement each. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/** A test with what it tests. */
export interface TestRow {
  readonly number: bigint
  readonly test_run_id: bigint
  readonly name: string
  readonly build: bigint
  readonly task: bigint
  readonly revision: number
  readonly attempt: number | null
  readonly package: string
  readonly version: string
  readonly release: string
  readonly data: unknown
}

const columns = `subject.number, subject.test_run_id, subject.name, subject.build, subject.task, subject.revision,
  subject.attempt, subject.package, subject.version, subject.release, test.data`
const joined = "test_subject AS subject JOIN test_run_test AS test USING (test_run_id, name)"

/** Takes this many numbers for tests; the first of them. */
export const takeNumbers = Effect.fnUntraced(function*(count: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly first: bigint }>`
    UPDATE test_number SET last = last + ${count} RETURNING last - ${count} + 1 AS first`
  return Number(rows[0]!.first)
})

/** Tests that nobody has, the oldest run first. */
export const open = Effect.fnUntraced(function*(limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly test_run_id: bigint; readonly name: string }>`
    SELECT test_run_id, name FROM test_run_test WHERE state = 'created' ORDER BY test_run_id, name LIMIT ${limit}`
})

/** Tests that somebody has had since before a time, in milliseconds since the epoch. */
export const lapsed = Effect.fnUntraced(function*(before: number, limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly test_run_id: bigint; readonly name: string }>`
    SELECT test_run_id, name FROM test_run_test
    WHERE state = 'started' AND started_at < to_timestamp(${before}::float8 / 1000)
    ORDER BY started_at LIMIT ${limit}`
})

/** The run and name of the test of this number; nothing when there is none. */
export const ofNumber = Effect.fnUntraced(function*(number: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly test_run_id: bigint; readonly name: string }>`
    SELECT test_run_id, name FROM test_subject WHERE number = ${number}`
  return rows[0]
})

/** Tests of these builds, by number. */
export const ofBuilds = Effect.fnUntraced(function*(builds: ReadonlyArray<number>, limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<TestRow>`
    SELECT ${sql.literal(columns)} FROM ${sql.literal(joined)}
    WHERE subject.build IN (SELECT jsonb_array_elements_text(${json(builds)}::text::jsonb)::bigint)
    ORDER BY subject.number LIMIT ${limit}`
})

/** The newest test of each package of these builds. */
export const newest = Effect.fnUntraced(function*(build: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<TestRow>`
    SELECT DISTINCT ON (subject.task, subject.package) ${sql.literal(columns)} FROM ${sql.literal(joined)}
    WHERE subject.build = ${build} ORDER BY subject.task, subject.package, subject.revision DESC`
})

/** Tests of one build task in one revision, or in the newest. */
export const ofTask = Effect.fnUntraced(function*(task: number, revision: number | undefined) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<TestRow>`
    SELECT ${sql.literal(columns)} FROM ${sql.literal(joined)}
    WHERE subject.task = ${task} AND subject.revision = coalesce(${revision ?? null}::bigint,
      (SELECT max(revision) FROM test_subject WHERE task = ${task}))
    ORDER BY subject.number LIMIT 10000`
})

/** Runs of a build that have not ended. */
export const running = Effect.fnUntraced(function*(build: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: bigint }>`
    SELECT id FROM test_run WHERE build = ${build} AND state = 'running' ORDER BY id LIMIT 1000`
  return rows.map(({ id }) => Number(id))
})

/** A log of a test as it is kept. */
export interface LogRow {
  readonly test: bigint
  readonly position: number
  readonly name: string
  readonly content: string
  readonly success: boolean
  readonly format: "tap" | "text"
  readonly results: ReadonlyArray<{ readonly name: string; readonly status: string; readonly diagnostic: string }>
}

/** Keeps the logs of a test in place of those it had. */
export const keepLogs = Effect.fnUntraced(function*(test: number, logs: ReadonlyArray<Omit<LogRow, "test">>) {
  const sql = yield* SqlClient.SqlClient
  const rows = logs.map((log) => ({ ...log, name: clean(log.name), content: clean(log.content) }))
  yield* sql`
    INSERT INTO test_log (test, position, name, content, success, format, results)
    SELECT ${test}, position, name, content, success, format, results
    FROM jsonb_to_recordset(${json(rows)}::text::jsonb)
      AS given (position integer, name text, content text, success boolean, format text, results jsonb)
    ON CONFLICT (test, position) DO UPDATE SET name = excluded.name, content = excluded.content,
      success = excluded.success, format = excluded.format, results = excluded.results`
})

/** Logs of the tests of one build task in its newest revision. */
export const logsOfTask = Effect.fnUntraced(function*(task: number, limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<LogRow>`
    SELECT log.test, log.position, log.name, log.content, log.success, log.format, log.results
    FROM test_log AS log JOIN test_subject AS subject ON subject.number = log.test
    WHERE subject.task = ${task}
      AND subject.revision = (SELECT max(revision) FROM test_subject WHERE task = ${task})
    ORDER BY log.test, log.position LIMIT ${limit}`
})
