/** Tables of people; numbers 0900 to 0909. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const people = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`CREATE TABLE person (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    email text,
    forge_id text COLLATE "C" UNIQUE,
    is_active boolean NOT NULL DEFAULT true,
    is_verified boolean NOT NULL DEFAULT true,
    is_superuser boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
  )`)
})

/** Teams, and the roles that people have: in a team, or (without one) as machines and packagers of the whole place. */
const teams = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    `CREATE TABLE team (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text COLLATE "C" NOT NULL UNIQUE,
      owner bigint REFERENCES person ON DELETE SET NULL
    )`,
    `CREATE TABLE role (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text COLLATE "C" NOT NULL UNIQUE,
      kind text COLLATE "C" NOT NULL,
      team bigint REFERENCES team ON DELETE CASCADE
    )`,
    `CREATE INDEX role_team ON role (team)`,
    `CREATE TABLE person_role (
      person bigint NOT NULL REFERENCES person ON DELETE CASCADE,
      role bigint NOT NULL REFERENCES role ON DELETE CASCADE,
      PRIMARY KEY (person, role)
    )`,
    `CREATE INDEX person_role_role ON person_role (role)`,
    `CREATE TABLE team_member (
      team bigint NOT NULL REFERENCES team ON DELETE CASCADE,
      person bigint NOT NULL REFERENCES person ON DELETE CASCADE,
      PRIMARY KEY (team, person)
    )`,
    `CREATE INDEX team_member_person ON team_member (person)`,
    `INSERT INTO role (name, kind) VALUES ('packager', 'packager'), ('build_node', 'node'), ('sign_node', 'signer'),
      ('test_system', 'tester')`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** How people want to be told; who said nothing has no row. */
const notices = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`CREATE TABLE person_notice (
    name text COLLATE "C" PRIMARY KEY,
    mail boolean NOT NULL,
    address text,
    webhook text,
    follow jsonb NOT NULL
  )`)
})

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "0900_people": people,
  "0901_teams": teams,
  "0902_notices": notices
}
