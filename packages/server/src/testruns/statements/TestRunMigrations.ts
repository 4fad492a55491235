/** Tables of runs of tests; numbers 0940 to 0949. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const testRuns = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    `CREATE TABLE test_run (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      revision bigint NOT NULL,
      plan jsonb NOT NULL,
      progress jsonb NOT NULL,
      state text COLLATE "C" NOT NULL,
      build bigint NOT NULL
    )`,
    `CREATE INDEX test_run_build ON test_run (build, id)`,
    `CREATE TABLE test_run_test (
      test_run_id bigint NOT NULL REFERENCES test_run ON DELETE CASCADE,
      name text COLLATE "C" NOT NULL,
      data jsonb NOT NULL,
      state text COLLATE "C" NOT NULL,
      started_at timestamptz,
      PRIMARY KEY (test_run_id, name)
    )`,
    `CREATE INDEX test_run_test_open ON test_run_test (test_run_id, name) WHERE state = 'created'`,
    `CREATE INDEX test_run_test_started ON test_run_test (started_at) WHERE state = 'started'`,
    `CREATE TABLE test_run_event (
      sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      test_run_id bigint NOT NULL REFERENCES test_run ON DELETE CASCADE,
      key text COLLATE "C",
      event jsonb NOT NULL,
      UNIQUE (test_run_id, key)
    )`,
    `CREATE INDEX test_run_event_order ON test_run_event (test_run_id, sequence)`,
    // What does not change of a test, by its number toward test systems. A package of a task is tested once in each revision.
    `CREATE TABLE test_subject (
      number bigint PRIMARY KEY,
      test_run_id bigint NOT NULL REFERENCES test_run ON DELETE CASCADE,
      name text COLLATE "C" NOT NULL,
      build bigint NOT NULL,
      task bigint NOT NULL,
      revision integer NOT NULL,
      attempt integer,
      package text COLLATE "C" NOT NULL,
      version text NOT NULL,
      release text NOT NULL,
      UNIQUE (task, revision, package)
    )`,
    `CREATE INDEX test_subject_build ON test_subject (build)`,
    `CREATE INDEX test_subject_run ON test_subject (test_run_id, name)`,
    `CREATE TABLE test_number (last bigint NOT NULL)`,
    `INSERT INTO test_number VALUES (0)`,
    `CREATE TABLE test_log (
      test bigint NOT NULL REFERENCES test_subject ON DELETE CASCADE,
      position integer NOT NULL,
      name text NOT NULL,
      content text NOT NULL,
      success boolean NOT NULL,
      format text NOT NULL,
      results jsonb NOT NULL,
      PRIMARY KEY (test, position)
    )`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "0940_test_runs": testRuns
}
