/** What builds held, and what was built from which inputs; numbers 1620 to 1629. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const traces = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    // Null where it could not be read: nothing is said of it, and it is not read again.
    `CREATE TABLE trace_module (
      build bigint PRIMARY KEY,
      nsvc text COLLATE "C" NOT NULL,
      interface text COLLATE "C",
      content text COLLATE "C",
      recorded_at timestamptz NOT NULL DEFAULT now()
    )`,
    `CREATE INDEX trace_module_nsvc ON trace_module (nsvc)`,
    `CREATE TABLE trace_component (
      input text COLLATE "C" PRIMARY KEY,
      build bigint NOT NULL,
      component text COLLATE "C" NOT NULL,
      output text COLLATE "C" NOT NULL,
      revoked_at timestamptz
    )`,
    `CREATE INDEX trace_component_build ON trace_component (build)`,
    // One input with another output than the one that was seen first.
    `CREATE TABLE trace_conflict (
      input text COLLATE "C" NOT NULL,
      output text COLLATE "C" NOT NULL,
      build bigint NOT NULL,
      component text COLLATE "C" NOT NULL,
      seen_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (input, output)
    )`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

const withoutMarks = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  // What does not count any more is removed, and not marked.
  yield* sql`ALTER TABLE trace_component DROP COLUMN revoked_at`
})

const revocations = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    // Results that nobody takes any more, by the task that made them, in however many builds they are.
    `CREATE TABLE trace_revoked (
      task text PRIMARY KEY,
      input text COLLATE "C",
      component text COLLATE "C" NOT NULL,
      by text NOT NULL,
      why text NOT NULL,
      revoked_at timestamptz NOT NULL DEFAULT now()
    )`,
    `CREATE INDEX trace_revoked_input ON trace_revoked (input)`,
    `CREATE INDEX component_build_result ON component_build (task) WHERE task IS NOT NULL`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

const needs = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  // Names that its packages need, each with whether a version counts; null of builds that were read before: they are read again.
  yield* sql`ALTER TABLE trace_module ADD COLUMN needs jsonb`
})

const buildroots = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    // Modules that the buildroots of read builds held, as name:stream:version:context.
    `CREATE TABLE trace_buildroot (
      build bigint NOT NULL,
      module text COLLATE "C" NOT NULL,
      PRIMARY KEY (build, module)
    )`,
    `CREATE INDEX trace_buildroot_module ON trace_buildroot (module)`,
    `INSERT INTO trace_buildroot (build, module)
      SELECT DISTINCT b.id, x.name || ':' || x.stream || ':' || x.version || ':' || x.context
      FROM trace_module AS t JOIN module_build AS b ON b.id = t.build
      CROSS JOIN LATERAL jsonb_to_recordset(b.plan -> 'modules') AS x (name text, stream text, version text, context text)
      WHERE x.name IS NOT NULL AND x.stream IS NOT NULL AND x.version IS NOT NULL AND x.context IS NOT NULL`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "1620_traces": traces,
  "1621_traces_without_marks": withoutMarks,
  "1622_revocations": revocations,
  "1623_needs": needs,
  "1624_buildroots": buildroots
}
