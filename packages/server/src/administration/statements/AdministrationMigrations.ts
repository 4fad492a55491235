/** The table of who changed what; numbers 2200 to 2209. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const audit = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    name text COLLATE "C" NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    status integer NOT NULL,
    request text
  )`)
  yield* sql.unsafe(`CREATE INDEX audit_name ON audit (name, id)`)
})

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "2201_audit": audit
}
