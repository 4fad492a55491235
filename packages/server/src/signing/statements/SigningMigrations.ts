/** Tables of signing keys and signings; numbers 0930 to 0939. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const signing = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    `CREATE TABLE sign_key (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text NOT NULL,
      description text NOT NULL,
      keyid text COLLATE "C" NOT NULL UNIQUE,
      fingerprint text COLLATE "C" NOT NULL UNIQUE,
      public_url text NOT NULL,
      active boolean NOT NULL DEFAULT true,
      platforms jsonb NOT NULL DEFAULT '[]',
      inserted timestamptz NOT NULL DEFAULT now()
    )`,
    `CREATE TABLE signing (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      revision bigint NOT NULL,
      plan jsonb NOT NULL,
      progress jsonb NOT NULL,
      state text COLLATE "C" NOT NULL,
      build bigint NOT NULL,
      key bigint NOT NULL REFERENCES sign_key,
      started_at timestamptz
    )`,
    `CREATE UNIQUE INDEX signing_place ON signing (build, key) WHERE state <> 'failed'`,
    `CREATE INDEX signing_build ON signing (build, id)`,
    `CREATE INDEX signing_open ON signing (id) WHERE state IN ('idle', 'signing')`,
    `CREATE TABLE signing_package (
      signing_id bigint NOT NULL REFERENCES signing ON DELETE CASCADE,
      name text COLLATE "C" NOT NULL,
      data jsonb NOT NULL,
      PRIMARY KEY (signing_id, name)
    )`,
    `CREATE TABLE signing_event (
      sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      signing_id bigint NOT NULL REFERENCES signing ON DELETE CASCADE,
      key text COLLATE "C",
      event jsonb NOT NULL,
      UNIQUE (signing_id, key)
    )`,
    `CREATE INDEX signing_event_order ON signing_event (signing_id, sequence)`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "0930_signing": signing
}
