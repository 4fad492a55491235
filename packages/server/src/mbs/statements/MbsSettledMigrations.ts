/**
 * Rows of the lists as they stand once a build has ended (0305, 0308): what is worked out of several tables for a build under way is written
 * down then, with an index for each column that lists are filtered and ordered by.
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/** Text is ordered by its code points. */
const text = "text COLLATE \"C\""

const moduleColumns: Readonly<Record<string, string>> = {
  name: text,
  stream: text,
  version: "numeric(20)",
  context: text,
  state: "integer",
  state_reason: text,
  build_context: text,
  build_context_no_bms: text,
  runtime_context: text,
  koji_tag: text,
  cg_build_koji_tag: text,
  scmurl: text,
  scratch: "boolean",
  srpms: text,
  owner: text,
  time_submitted: "timestamptz",
  time_modified: "timestamptz",
  time_completed: "timestamptz",
  new_repo_task_id: "bigint",
  rebuild_strategy: text,
  reused_module_id: "bigint",
  batch: "integer",
  stream_version: "double precision"
}

const componentColumns: Readonly<Record<string, string>> = {
  package: text,
  scmurl: text,
  format: text,
  task_id: text,
  ref: text,
  state: "integer",
  state_reason: text,
  nvr: text,
  tagged: "boolean",
  tagged_in_final: "boolean",
  build_time_only: "boolean",
  buildonly: "boolean",
  batch: "integer",
  module_id: "bigint",
  reused_component_id: "bigint",
  weight: "double precision"
}

/** Always the same, or served by the length of it. */
const unindexed = new Set(["new_repo_task_id", "format", "task_id", "srpms"])

/** Columns of so few values that what is equal is ordered by an index of the other direction, too. */
const few = [
  "state",
  "state_reason",
  "tagged",
  "tagged_in_final",
  "build_time_only",
  "buildonly",
  "batch",
  "reused_component_id",
  "weight"
]

const columns = (of: Readonly<Record<string, string>>): string =>
  Object.entries(of).map(([name, type]) => `${name} ${type}`).join(", ")

/** What lists found their rows by before. Most of them were kept at every step of a build. */
const superseded = [
  "mbs_task",
  "mbs_macros_task",
  "mbs_macros_unbuilt",
  "mbs_ended_badly",
  "mbs_package",
  "mbs_modified",
  "mbs_completed"
]

/** The steps of the migration. */
export const settled = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const indexes = (kind: string, of: Readonly<Record<string, string>>) =>
    Object.keys(of).filter((name) => !unindexed.has(name)).map((name) =>
      `CREATE INDEX mbs_settled_${kind}_${name} ON mbs_settled_${kind} (${name} NULLS FIRST, id)`
    )
  const statements = [
    // The tables may be large.
    "SET LOCAL statement_timeout = 0",
    ...superseded.map((name) => `DROP INDEX IF EXISTS ${name}`),
    // Set when its rows were written down; whoever changes the build again takes them away.
    "ALTER TABLE module_build ADD COLUMN settled boolean NOT NULL DEFAULT false",
    "CREATE INDEX mbs_unsettled ON module_build (id) WHERE NOT settled",
    `CREATE TABLE mbs_settled_module (
      id bigint PRIMARY KEY REFERENCES module_build ON DELETE CASCADE, ${columns(moduleColumns)}
    )`,
    `CREATE TABLE mbs_settled_component (
      id bigint PRIMARY KEY, ${columns(componentColumns)},
      task_length integer GENERATED ALWAYS AS (length(task_id)) STORED,
      FOREIGN KEY (module_id) REFERENCES module_build ON DELETE CASCADE
    )`,
    ...indexes("module", moduleColumns),
    ...indexes("component", componentColumns),
    ...few.map((name) =>
      `CREATE INDEX mbs_settled_component_${name}_down ON mbs_settled_component (${name} DESC NULLS LAST, id)`
    ),
    `CREATE INDEX mbs_settled_component_task
      ON mbs_settled_component (task_length NULLS FIRST, task_id NULLS FIRST, id)`,
    `CREATE FUNCTION mbs_unsettle() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM mbs_settled_component WHERE module_id = NEW.id;
      DELETE FROM mbs_settled_module WHERE id = NEW.id;
      NEW.settled := false;
      RETURN NEW;
    END
    $$`,
    `CREATE TRIGGER mbs_unsettle BEFORE UPDATE ON module_build FOR EACH ROW
    WHEN (OLD.settled AND NEW.settled) EXECUTE FUNCTION mbs_unsettle()`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/**
 * Rows are taken away after a build was changed, not before (0308). With a trigger before, the database locks each build on its own
 * before it writes it, and works out anew what columns hold of its plan, for which it has to unpack all of that.
 */
export const unsettledAfter = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    `CREATE OR REPLACE FUNCTION mbs_unsettle() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM mbs_settled_component WHERE module_id = NEW.id;
      DELETE FROM mbs_settled_module WHERE id = NEW.id;
      UPDATE module_build SET settled = false WHERE id = NEW.id;
      RETURN NULL;
    END
    $$`,
    "DROP TRIGGER mbs_unsettle ON module_build",
    `CREATE TRIGGER mbs_unsettle AFTER UPDATE ON module_build FOR EACH ROW
    WHEN (OLD.settled AND NEW.settled) EXECUTE FUNCTION mbs_unsettle()`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** Columns by their names, each with its type. */
export const types: Readonly<Record<string, string>> = { ...moduleColumns, ...componentColumns, task_length: "integer" }

/** Columns in the order in which rows are written. */
export const names = { module: Object.keys(moduleColumns), component: Object.keys(componentColumns) }
