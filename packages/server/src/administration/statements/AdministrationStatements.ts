/** Who changed what, and who is signed in, one statement each. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { AskedChange } from "../../auth/AuditTrail.ts"
import * as OwnPlan from "../../database/OwnPlan.ts"
import { clean } from "../../database/StorableText.ts"

/** A change as stored. */
export interface AuditRow {
  readonly id: bigint
  readonly at: Date
  readonly name: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly request: string | null
}

/** A session as administrators see it. */
export interface SessionRow {
  readonly id: string
  readonly name: string
  readonly kind: "token" | "provider" | "kerberos" | "forge"
  readonly created_at: Date
  readonly seen_at: Date
  readonly ends_at: Date
}

/** Changes that are kept; each thousandth takes the oldest away. */
const mostKept = 200_000
/** Digits of a session's hash by which it is named. */
const digits = 16
const mostSessions = 500

/** Writes down a change that somebody asked for, with what was answered, and forgets the oldest beyond those that are kept. Fails with `SqlError`. */
export const record = Effect.fnUntraced(function*({ method, name, path, request, status }: AskedChange) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: bigint }>`
    INSERT INTO audit (name, method, path, status, request)
    VALUES (${clean(name)}, ${method}, ${clean(path)}, ${status}, ${request ?? null}) RETURNING id`
  const id = Number(rows[0]!.id)
  if (id % 1000 === 0) yield* sql`DELETE FROM audit WHERE id <= ${id - mostKept}`
})

/** The newest first: of one person or of all, of lower numbers than `before`. */
export const audit = Effect.fnUntraced(
  function*(name: string | undefined, before: number | undefined, limit: number) {
    const sql = yield* SqlClient.SqlClient
    return yield* OwnPlan.read(sql<AuditRow>`
      SELECT id, at, name, method, path, status, request FROM audit
      WHERE (${name === undefined ? null : clean(name)}::text IS NULL OR name = ${
      name === undefined ? null : clean(name)
    }::text)
        AND (${before ?? null}::bigint IS NULL OR id < ${before ?? null}::bigint)
      ORDER BY id DESC LIMIT ${limit}`)
  }
)

/** Sessions that are still good, those that were seen last first. */
export const sessions = Effect.fnUntraced(function*(idleSeconds: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<SessionRow>`
    SELECT left(id, ${digits}) AS id, name, kind, created_at, seen_at, ends_at FROM browser_session
    WHERE ends_at > now() AND seen_at > now() - make_interval(secs => ${idleSeconds})
    ORDER BY seen_at DESC, id LIMIT ${mostSessions}`
})

/** Whether there was one. */
export const endSession = Effect.fnUntraced(function*(id: string) {
  const sql = yield* SqlClient.SqlClient
  const rows =
    yield* sql`DELETE FROM browser_session WHERE starts_with(id, ${id}) AND length(${id}) = ${digits} RETURNING name`
  return rows.length > 0
})
