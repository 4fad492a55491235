/** Waivers that end by themselves, one statement each. Times are milliseconds since the epoch. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as OwnPlan from "../../database/OwnPlan.ts"
import { clean, json } from "../../database/StorableText.ts"

/** A waiver. */
export interface BoundWaiverRow {
  readonly id: number
  readonly subject_type: string
  readonly subject_identifier: string
  readonly testcase: string
  readonly scenario: string | null
  readonly product_version: string | null
  readonly result_id: number | null
  readonly expires_at: number | null
  readonly comment: string
  readonly username: string
  readonly made_at: number
  readonly revoked_at: number | null
  readonly revoked_by: string | null
  readonly counts: boolean
}

/** What a new one says. */
export type NewBoundWaiver = Omit<BoundWaiverRow, "id" | "made_at" | "revoked_at" | "revoked_by" | "counts">

const millis = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`

const columns = `id::float8 AS id, subject_type, subject_identifier, testcase, scenario,
  nullif(product_version, '') AS product_version, result_id::float8 AS result_id, ${millis("expires_at")} AS expires_at,
  comment, username, ${millis("made AT TIME ZONE 'UTC'")} AS made_at, ${millis("revoked_at")} AS revoked_at, revoked_by,
  revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) AS counts`

const cleanOrNull = (text: string | null): string | null => text === null ? null : clean(text)

/** Records it. Its number is of the sequence of all waivers. */
export const insert = Effect.fnUntraced(function*(waiver: NewBoundWaiver) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<BoundWaiverRow>`
    INSERT INTO gate_waiver (subject_type, subject_identifier, testcase, product_version, scenario, waived, comment, username,
      made, is_bound, result_id, expires_at)
    VALUES (${clean(waiver.subject_type)}, ${clean(waiver.subject_identifier)}, ${clean(waiver.testcase)},
      ${clean(waiver.product_version ?? "")}, ${cleanOrNull(waiver.scenario)}, true, ${
    clean(waiver.comment)
  }, ${waiver.username}, clock_timestamp() AT TIME ZONE 'UTC', true,
      ${waiver.result_id}, to_timestamp(${waiver.expires_at === null ? null : waiver.expires_at / 1000}::float8))
    RETURNING ${sql.literal(columns)}`
  return row!
})

/** The newest first. */
export const list = Effect.fnUntraced(
  function*(subject: string | undefined, test: string | undefined, limit: number) {
    const sql = yield* SqlClient.SqlClient
    return yield* OwnPlan.read(sql<BoundWaiverRow>`
      SELECT ${sql.literal(columns)} FROM gate_waiver
      WHERE is_bound AND (${subject ?? null}::text IS NULL OR subject_identifier = ${subject ?? null})
        AND (${test ?? null}::text IS NULL OR testcase = ${test ?? null})
      ORDER BY gate_waiver.id DESC LIMIT ${limit}`)
  }
)

/** The waiver of that number. */
export const find = Effect.fnUntraced(function*(id: number) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<BoundWaiverRow>`
    SELECT ${sql.literal(columns)} FROM gate_waiver WHERE is_bound AND id = ${id}`
  return row
})

/** Takes it back; it stays taken back as it was first. */
export const revoke = Effect.fnUntraced(function*(id: number, by: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE gate_waiver SET revoked_at = now(), revoked_by = ${by} WHERE id = ${id} AND revoked_at IS NULL`
})

/** Those that counted at a time (as the database takes it; now without one) for these subjects and this product version. */
export const counting = Effect.fnUntraced(function*(
  subjects: ReadonlyArray<{ readonly types: ReadonlyArray<string>; readonly identifier: string }>,
  productVersion: string,
  when: string | undefined
) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<BoundWaiverRow>`
    SELECT ${sql.literal(columns)} FROM gate_waiver AS one
    WHERE is_bound AND product_version IN ('', ${productVersion})
      AND EXISTS (
        SELECT FROM jsonb_to_recordset(${json(subjects)}::text::jsonb) AS asked (types jsonb, identifier text)
        WHERE asked.identifier = one.subject_identifier AND asked.types @> to_jsonb(one.subject_type)
      )
      AND made <= coalesce(${when ?? null}::timestamp, now() AT TIME ZONE 'UTC')
      AND (expires_at IS NULL OR expires_at > coalesce(${when ?? null}::timestamp AT TIME ZONE 'UTC', now()))
      AND (revoked_at IS NULL OR revoked_at > coalesce(${when ?? null}::timestamp AT TIME ZONE 'UTC', now()))
    ORDER BY one.id DESC LIMIT 10000`
})

/** Subjects whose waivers expired since the last look, each told once. */
export const expired = Effect.fnUntraced(function*(limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly type: string; readonly identifier: string }>`
    UPDATE gate_waiver SET expiry_told = true WHERE id IN (
      SELECT id FROM gate_waiver WHERE is_bound AND NOT expiry_told AND expires_at <= now() ORDER BY expires_at
      LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ) RETURNING subject_type AS type, subject_identifier AS identifier`
})
