/** The table of sessions; numbers 2100 to 2109. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/**
 * A session is known by the hash of what its cookie holds, so that nobody who reads the table can use one. `former` is the hash it had
 * before it got a new cookie; `credential` the hash of the own API token that somebody signed in with.
 */
const sessions = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`CREATE TABLE browser_session (
    id text COLLATE "C" PRIMARY KEY,
    former text COLLATE "C" UNIQUE,
    proof text NOT NULL,
    kind text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    groups jsonb NOT NULL,
    credential text COLLATE "C",
    person bigint REFERENCES person ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    renewed_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    ends_at timestamptz NOT NULL
  )`)
  yield* sql.unsafe(`CREATE INDEX browser_session_name ON browser_session (name, created_at)`)
  yield* sql.unsafe(`CREATE INDEX browser_session_end ON browser_session (ends_at)`)
})

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "2101_browser_sessions": sessions
}
