/** Tables of releases; numbers 0700 to 0799. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const releases = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    `CREATE TABLE release (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      revision bigint NOT NULL,
      plan jsonb NOT NULL,
      progress jsonb NOT NULL,
      state text COLLATE "C" NOT NULL,
      platform text COLLATE "C" NOT NULL,
      product bigint
    )`,
    `CREATE INDEX release_state ON release (state, id DESC)`,
    `CREATE TABLE release_repository (
      release_id bigint NOT NULL REFERENCES release ON DELETE CASCADE,
      name text COLLATE "C" NOT NULL,
      data jsonb NOT NULL,
      packages jsonb NOT NULL,
      PRIMARY KEY (release_id, name)
    )`,
    `CREATE INDEX release_repository_packages ON release_repository USING gin (packages jsonb_path_ops)`,
    `CREATE TABLE release_event (
      sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      release_id bigint NOT NULL REFERENCES release ON DELETE CASCADE,
      key text COLLATE "C",
      event jsonb NOT NULL,
      UNIQUE (release_id, key)
    )`,
    `CREATE INDEX release_event_order ON release_event (release_id, sequence)`,
    // One release writes a repository at a time; a sync is no release.
    `CREATE TABLE release_lock (
      repository text COLLATE "C" PRIMARY KEY,
      release_id bigint REFERENCES release ON DELETE CASCADE
    )`,
    `CREATE INDEX release_lock_release ON release_lock (release_id)`,
    `CREATE TABLE production_sync (
      repository text COLLATE "C" PRIMARY KEY,
      url text NOT NULL,
      mirror boolean NOT NULL,
      state text COLLATE "C" NOT NULL,
      reason text NOT NULL,
      requested_by text NOT NULL,
      requested_at timestamptz NOT NULL DEFAULT now(),
      leased_until timestamptz,
      finished_at timestamptz
    )`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "0700_releases": releases
}
