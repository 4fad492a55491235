/** What a server does that is of the version before announcements were numbered as they are told. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/** Announces so often, and numbers what has no number yet after every third time. */
export const announce = Effect.fnUntraced(function*(times: number) {
  const sql = yield* SqlClient.SqlClient
  const number = sql.withTransaction(Effect.gen(function*() {
    yield* sql`SELECT pg_advisory_xact_lock(${0x6f726368})`
    yield* sql`
      WITH fresh AS (
        SELECT id, row_number() OVER (ORDER BY id) AS n
        FROM (SELECT id FROM announcement WHERE sequence IS NULL ORDER BY id LIMIT 500) AS unnumbered
      ), base AS (
        SELECT coalesce(max(sequence), 0) AS last FROM announcement
      )
      UPDATE announcement SET sequence = base.last + fresh.n
      FROM fresh, base
      WHERE announcement.id = fresh.id`
  }))
  for (let n = 1; n <= times; n++) {
    yield* sql`INSERT INTO announcement (topic, subject, at, body) VALUES ('earlier', 'earlier', ${n}, 'null'::jsonb)`
    if (n % 3 === 0) yield* number
    yield* Effect.sleep("5 millis")
  }
  yield* number
})
