/** The tables of runs of tests. */
import type * as TestRun from "@orch/core/testrun/TestRun"
import { type TestRunLife, testRunLife } from "@orch/core/testrun/TestRunLife"
import * as Schema from "effect/Schema"
import type { Column, ProcessTable, Projection } from "../database/ProcessTable.ts"
import type { EventSource } from "../database/PruningStatements.ts"
import { clean, json } from "../database/StorableText.ts"

const columns: ReadonlyArray<Column<TestRun.TestRun>> = [{ name: "state", type: "text", of: ({ state }) => state }]

const partColumns: ReadonlyArray<Column<TestRun.PackageTest>> = [
  { name: "state", type: "text", of: ({ state }) => state },
  {
    name: "started_at",
    type: "timestamptz",
    of: ({ startedAt }) => startedAt === undefined ? null : new Date(startedAt).toISOString()
  }
]

const encodePlan = Schema.encodeSync(testRunLife.codecs.plan)

/** What the store of runs of tests writes. */
export const testRunTable: ProcessTable<TestRunLife> = {
  life: testRunLife,
  process: "test_run",
  part: "test_run_test",
  event: "test_run_event",
  reference: "test_run_id",
  columns,
  derivedColumns: [],
  partColumns,
  derivedPartColumns: [],
  // One run tests a package in a revision; `subjects` writes what this index is on.
  placeIndex: "test_subject_task_revision_package_key",
  insert: (sql, plan: TestRun.TestPlan) =>
    sql<{ id: bigint }>`
      INSERT INTO test_run (revision, plan, progress, state, build)
      VALUES (0, ${json(encodePlan(plan))}::text::jsonb, '{}'::jsonb, 'running', ${plan.build}) RETURNING id`,
  holder: (sql, { subjects }: TestRun.TestPlan) => {
    const { package: name = "", revision = 0, task = 0 } = subjects[0] ?? {}
    return sql<{ id: bigint; state: string }>`
      SELECT run.id, run.state FROM test_subject AS subject JOIN test_run AS run ON run.id = subject.test_run_id
      WHERE subject.task = ${task} AND subject.revision = ${revision} AND subject.package = ${name}`
  }
}

/** Which test has which number, and what it tests. */
export const subjects: Projection<TestRunLife> = (sql, id, { build, firstTest, subjects }) =>
  sql`
    INSERT INTO test_subject (number, test_run_id, name, build, task, revision, attempt, package, version, release)
    SELECT number, ${id}, name, ${build}, task, revision, attempt, package, version, release
    FROM jsonb_to_recordset(${
    json(subjects.map((subject, index) => ({
      ...subject,
      number: firstTest + index,
      package: clean(subject.package)
    })))
  }::text::jsonb) AS given (number bigint, name text, task bigint, revision integer, attempt integer, package text,
      version text, release text)`

/** Which events need not be kept for ever. */
export const testRunEvents: EventSource = {
  event: "test_run_event",
  process: "test_run",
  reference: "test_run_id",
  ended: "p.state <> 'running'"
}
