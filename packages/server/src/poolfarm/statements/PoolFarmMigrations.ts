/** Tables of the pool as a build system: buildroots, and the components built in them; numbers 0850 to 0869. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const farm = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    `CREATE TABLE pool_buildroot (
      id text COLLATE "C" PRIMARY KEY,
      plan jsonb NOT NULL,
      repositories jsonb NOT NULL,
      revision bigint NOT NULL DEFAULT 0
    )`,
    `CREATE TABLE pool_component (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      buildroot text COLLATE "C" NOT NULL REFERENCES pool_buildroot,
      key text COLLATE "C" NOT NULL,
      request jsonb NOT NULL,
      first_task bigint NOT NULL,
      arches jsonb NOT NULL,
      ended jsonb NOT NULL DEFAULT '{}',
      result jsonb,
      UNIQUE (buildroot, key)
    )`,
    `CREATE INDEX pool_component_open ON pool_component (buildroot) WHERE result IS NULL`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "0851_pool_farm": farm
}
