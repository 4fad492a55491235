/** From where production repositories are synced, and how far that is; one statement each. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean } from "../../database/StorableText.ts"

/** The sync of one repository, as stored. */
export interface SyncRow {
  readonly repository: string
  readonly url: string
  readonly mirror: boolean
  readonly state: "requested" | "running" | "done" | "failed"
  readonly reason: string
  readonly requested_by: string
  readonly requested_at: Date
  readonly finished_at: Date | null
}

const columns = "repository, url, mirror, state, reason, requested_by, requested_at, finished_at"

/** Every repository that was ever synced. */
export const all = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<SyncRow>`SELECT ${sql.literal(columns)} FROM production_sync ORDER BY repository LIMIT 10000`
})

/** The sync of a repository; nothing when it was never synced. */
export const of = Effect.fnUntraced(function*(repository: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<SyncRow>`
    SELECT ${sql.literal(columns)} FROM production_sync WHERE repository = ${repository}`
  return rows[0]
})

/** Asks for a sync. One that runs goes on, and another follows it. */
export const request = Effect.fnUntraced(
  function*(repository: string, url: string, mirror: boolean, by: string) {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<SyncRow>`
      INSERT INTO production_sync (repository, url, mirror, state, reason, requested_by)
      VALUES (${repository}, ${clean(url)}, ${mirror}, 'requested', 'Waits for its turn', ${clean(by)})
      ON CONFLICT (repository) DO UPDATE SET url = excluded.url, mirror = excluded.mirror, state = 'requested',
        reason = excluded.reason, requested_by = excluded.requested_by, requested_at = now(), finished_at = NULL
      RETURNING ${sql.literal(columns)}`
    return rows[0]!
  }
)

/** Takes one that is due: asked for, or left behind by a server that is gone. Locks its repository, unless a release writes it. */
export const claim = Effect.fnUntraced(function*(leaseSeconds: number) {
  const sql = yield* SqlClient.SqlClient
  const due = yield* sql<SyncRow>`
    SELECT ${sql.literal(columns)} FROM production_sync
    WHERE (state = 'requested' OR state = 'running') AND (leased_until IS NULL OR leased_until < now())
      AND NOT EXISTS (
        SELECT FROM release_lock AS held WHERE held.repository = production_sync.repository AND held.release_id IS NOT NULL
      )
    ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED`
  const [row] = due
  if (row === undefined) return undefined
  yield* sql`INSERT INTO release_lock (repository) VALUES (${row.repository}) ON CONFLICT (repository) DO NOTHING`
  const [held] = yield* sql<{ readonly release_id: bigint | null }>`
    SELECT release_id FROM release_lock WHERE repository = ${row.repository}`
  // A release came between.
  if (held === undefined || held.release_id !== null) return undefined
  yield* sql`
    UPDATE production_sync SET state = 'running', reason = 'Is being synced',
      leased_until = now() + make_interval(secs => ${leaseSeconds})
    WHERE repository = ${row.repository}`
  return row
})

/** Keeps one that runs from others for longer. */
export const renew = Effect.fnUntraced(function*(repository: string, leaseSeconds: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    UPDATE production_sync SET leased_until = now() + make_interval(secs => ${leaseSeconds})
    WHERE repository = ${repository} AND leased_until IS NOT NULL`
})

/** Writes what became of one, and frees its repository; one that was asked for meanwhile stays asked for. */
export const finish = Effect.fnUntraced(function*(repository: string, state: "done" | "failed", reason: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    UPDATE production_sync SET leased_until = NULL,
      finished_at = now(),
      reason = CASE WHEN state = 'running' THEN ${clean(reason)} ELSE production_sync.reason END,
      state = CASE WHEN state = 'running' THEN ${state} ELSE production_sync.state END
    WHERE repository = ${repository}`
  yield* sql`DELETE FROM release_lock WHERE repository = ${repository} AND release_id IS NULL`
})
