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

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "0900_people": people
}
