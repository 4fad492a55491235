/** Sessions of browsers, one statement each. Times are the database's. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/** A session as stored. */
export interface SessionRow {
  readonly id: string
  readonly proof: string
  readonly kind: string
  readonly name: string
  readonly groups: ReadonlyArray<string>
  readonly credential: string | null
  readonly person: bigint | null
  /** Whether its cookie is old enough to be exchanged. */
  readonly is_due: boolean
  /** Whether it was last seen so long ago that this has to be written down. */
  readonly is_stale: boolean
}

/** What a session begins with. */
export interface NewSession {
  readonly id: string
  readonly proof: string
  readonly kind: string
  readonly name: string
  readonly groups: ReadonlyArray<string>
  readonly credential: string | undefined
  readonly person: number | undefined
  /** Seconds it lasts at most. */
  readonly seconds: number
}

/** Sessions that one person has at most: the oldest go. */
const mostOfOne = 20

/** Seconds for which the cookie before still counts, for requests that were under way. */
const graceSeconds = 60

export const insert = Effect.fnUntraced(function*(session: NewSession) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO browser_session (id, proof, kind, name, groups, credential, person, ends_at)
    VALUES (${session.id}, ${session.proof}, ${session.kind}, ${clean(session.name)},
      ${json(session.groups)}::text::jsonb, ${session.credential ?? null}, ${session.person ?? null}::bigint,
      now() + make_interval(secs => ${session.seconds}))`
})

/** The session of a cookie's hash, if it is still good. */
export const find = Effect.fnUntraced(function*(id: string, idleSeconds: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<SessionRow>`
    SELECT id, proof, kind, name, groups, credential, person,
      id = ${id} AND renewed_at < now() - interval '1 hour' AS is_due,
      seen_at < now() - interval '1 minute' AS is_stale
    FROM browser_session
    WHERE (id = ${id} OR (former = ${id} AND renewed_at > now() - make_interval(secs => ${graceSeconds})))
      AND ends_at > now() AND seen_at > now() - make_interval(secs => ${idleSeconds})
    LIMIT 1`
  return rows[0]
})

export const seen = Effect.fnUntraced(function*(id: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE browser_session SET seen_at = now() WHERE id = ${id}`
})

/** Whether the session has this cookie now: of several requests with the cookie before one exchanges it. */
export const renew = Effect.fnUntraced(function*(id: string, next: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`
    UPDATE browser_session SET former = id, id = ${next}, renewed_at = now() WHERE id = ${id} RETURNING id`
  return rows.length > 0
})

export const remove = Effect.fnUntraced(function*(id: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`DELETE FROM browser_session WHERE id = ${id} OR former = ${id}`
})

/** Those that have ended, and the oldest of somebody who has too many. */
export const prune = Effect.fnUntraced(function*(name: string, idleSeconds: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    DELETE FROM browser_session
    WHERE ends_at < now() OR seen_at < now() - make_interval(secs => ${idleSeconds})
      OR (name = ${clean(name)} AND id IN (
        SELECT id FROM browser_session WHERE name = ${clean(name)} ORDER BY created_at DESC, id OFFSET ${mostOfOne}))`
})
