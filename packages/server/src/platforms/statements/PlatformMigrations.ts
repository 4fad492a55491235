/** Tables of platforms and the repositories that they build with; numbers 0910 to 0919. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const platforms = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    `CREATE TABLE build_platform (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text COLLATE "C" NOT NULL UNIQUE,
      type text NOT NULL,
      distr_type text NOT NULL,
      distr_version text NOT NULL,
      arch_list jsonb NOT NULL,
      data jsonb NOT NULL,
      modularity jsonb,
      pgp_key text,
      details jsonb NOT NULL,
      module_index bigint NOT NULL DEFAULT 1
    )`,
    `CREATE TABLE package_repository (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text COLLATE "C" NOT NULL,
      arch text COLLATE "C" NOT NULL,
      type text COLLATE "C" NOT NULL,
      debug boolean NOT NULL,
      url text NOT NULL,
      production boolean NOT NULL,
      pulp_href text,
      priority integer NOT NULL,
      mock_enabled boolean NOT NULL,
      UNIQUE (name, arch, type, debug)
    )`,
    `CREATE TABLE build_platform_repository (
      platform bigint NOT NULL REFERENCES build_platform ON DELETE CASCADE,
      repository bigint NOT NULL REFERENCES package_repository ON DELETE CASCADE,
      PRIMARY KEY (platform, repository)
    )`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

const flavors = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    `CREATE TABLE platform_flavor (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text COLLATE "C" NOT NULL UNIQUE,
      modularity jsonb,
      data jsonb
    )`,
    `CREATE TABLE platform_flavor_repository (
      flavor bigint NOT NULL REFERENCES platform_flavor ON DELETE CASCADE,
      repository bigint NOT NULL REFERENCES package_repository ON DELETE CASCADE,
      PRIMARY KEY (flavor, repository)
    )`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "0910_platforms": platforms,
  "0911_flavors": flavors
}
