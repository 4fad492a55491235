/** Tables of package builds; numbers 0920 to 0929. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const packageBuilds = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    `CREATE TABLE package_build (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      revision bigint NOT NULL,
      plan jsonb NOT NULL,
      progress jsonb NOT NULL,
      state text COLLATE "C" NOT NULL,
      owner text COLLATE "C" NOT NULL,
      sources text NOT NULL,
      platforms jsonb NOT NULL,
      signed boolean NOT NULL DEFAULT false,
      released boolean NOT NULL DEFAULT false,
      created_at timestamptz NOT NULL DEFAULT now(),
      modified_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz
    )`,
    `CREATE INDEX package_build_owner ON package_build (owner, id DESC)`,
    `CREATE INDEX package_build_running ON package_build (id) WHERE state IN ('preparing', 'building')`,
    `CREATE TABLE package_build_task (
      package_build_id bigint NOT NULL REFERENCES package_build ON DELETE CASCADE,
      name text COLLATE "C" NOT NULL,
      data jsonb NOT NULL,
      state text COLLATE "C" NOT NULL,
      arch text COLLATE "C" NOT NULL,
      rpms jsonb NOT NULL,
      PRIMARY KEY (package_build_id, name)
    )`,
    `CREATE INDEX package_build_task_rpms ON package_build_task USING gin (rpms jsonb_path_ops)`,
    `CREATE TABLE package_build_event (
      sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      package_build_id bigint NOT NULL REFERENCES package_build ON DELETE CASCADE,
      key text COLLATE "C",
      event jsonb NOT NULL,
      UNIQUE (package_build_id, key)
    )`,
    `CREATE INDEX package_build_event_order ON package_build_event (package_build_id, sequence)`,
    // Numbers of tasks toward nodes: a build takes as many as it has tasks, at once.
    `CREATE TABLE build_task_number (last bigint NOT NULL)`,
    `INSERT INTO build_task_number VALUES (0)`,
    `CREATE TABLE build_task_range (
      first bigint PRIMARY KEY,
      package_build_id bigint NOT NULL REFERENCES package_build ON DELETE CASCADE
    )`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** Of all tasks, those that nobody has begun included. */
const arches = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`ALTER TABLE package_build ADD COLUMN arches jsonb NOT NULL DEFAULT '[]'`)
  yield* sql.unsafe(`UPDATE package_build SET arches = (
    SELECT coalesce(jsonb_agg(DISTINCT arch), '[]')
    FROM jsonb_array_elements(plan->'platforms') AS platform, jsonb_array_elements(platform->'arches') AS arch
  )`)
})

/**
 * Lists go through numbers with all that they are filtered by beside them, and not through the builds; parts of sources are found by
 * groups of three letters, line by line. Written out, so that it needs no extension.
 */
const lists = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    "SET LOCAL statement_timeout = 0",
    `CREATE INDEX package_build_list ON package_build (id)
      INCLUDE (state, owner, signed, released, platforms, arches)`,
    `CREATE FUNCTION letter_triples(given text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT coalesce(array_agg(DISTINCT substr(line, place, 3) COLLATE "C"), '{}')
      FROM unnest(string_to_array(lower(given), E'\n')) AS line, generate_series(1, length(line) - 2) AS place
    $$`,
    "CREATE INDEX package_build_sources ON package_build USING gin (letter_triples(sources))"
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** Released builds of a module, however many others there are. */
const releasedModules = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe("SET LOCAL statement_timeout = 0")
  yield* sql.unsafe(
    `CREATE INDEX package_build_released_modules ON package_build USING gin ((plan->'modules') jsonb_path_ops)
    WHERE released`
  )
})

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "0920_package_builds": packageBuilds,
  "0921_package_build_arches": arches,
  "0922_package_build_lists": lists,
  "0923_released_modules": releasedModules
}
