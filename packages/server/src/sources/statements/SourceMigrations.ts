/** Tables of pushes that built something, and of the forge's projects; numbers 0970 to 0979. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const sources = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    // A push builds once for each rule, however often it is told of.
    `CREATE TABLE source_push (
      key text COLLATE "C" PRIMARY KEY,
      build bigint,
      received_at timestamptz NOT NULL DEFAULT now()
    )`,
    `CREATE INDEX source_push_received ON source_push (received_at)`,
    `CREATE TABLE forge_project (
      organisation text COLLATE "C" NOT NULL,
      name text COLLATE "C" NOT NULL,
      clone_url text NOT NULL,
      tags jsonb NOT NULL,
      branches jsonb NOT NULL,
      updated_at text,
      seen bigint NOT NULL,
      PRIMARY KEY (organisation, name)
    )`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "0970_sources": sources
}
