/** What keeps the records honest: removing the expired, asking after the oldest checked, marking the gone. One statement each. */
import type * as Retention from "@orch/core/repository/RecordRetention"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { columns, type RepositoryRow, toRecord } from "./RepositoryRow.ts"

/** The status of a record whose repository answered twice that it is not there. */
export const gone = "gone"

/** Removes expired records as core's Retention has it, at most `limit`; returns them. */
export const expire = Effect.fnUntraced(function*(policy: Retention.Policy, limit: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<RepositoryRow>`
    DELETE FROM repository AS r USING (
      SELECT id FROM (
        SELECT id, modified, row_number() OVER (
          PARTITION BY project, ref, flavor, distro_key, version_key ORDER BY revision DESC) AS place
        FROM repository WHERE release IS NULL
      ) AS ranked
      WHERE place > ${policy.keepPerRef} AND modified < clock_timestamp() - ${policy.keepDays} * interval '1 day'
      ORDER BY modified LIMIT ${limit}
    ) AS expired
    WHERE r.id = expired.id RETURNING ${sql.literal(columns("r"))}`
  return rows.map(toRecord)
})

/** Takes the records that were asked after longest ago (and not within `everyMillis`), and marks them asked after now. */
export const claimUnchecked = Effect.fnUntraced(function*(everyMillis: number, limit: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<RepositoryRow>`
    UPDATE repository AS r SET checked = clock_timestamp() FROM (
      SELECT id FROM repository
      WHERE status IN ('ready', ${gone}) AND (checked IS NULL OR checked < clock_timestamp() - ${everyMillis} * interval '1 ms')
      ORDER BY checked NULLS FIRST LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE r.id = due.id RETURNING ${sql.literal(columns("r"))}`
  return rows.map(toRecord)
})

/**
 * Notes whether a repository is there. Absent twice makes a ready record `gone`, present makes a gone one `ready`; the record
 * keeps its place among the newest. Returns the record when its status changed.
 */
export const noteAbsence = Effect.fnUntraced(function*(id: number, absent: boolean) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<RepositoryRow & { readonly was: string }>`
    UPDATE repository AS r SET
      missing_since = CASE WHEN ${absent} THEN coalesce(r.missing_since, clock_timestamp()) END,
      status = CASE WHEN ${absent} AND r.status = 'ready' AND r.missing_since IS NOT NULL THEN ${gone}
        WHEN NOT ${absent} AND r.status = ${gone} THEN 'ready' ELSE r.status END,
      -- What is gone is gone for every architecture.
      arch_status = CASE WHEN ${absent} AND r.status = 'ready' AND r.missing_since IS NOT NULL THEN '{}' ELSE r.arch_status END
    FROM (SELECT id, status AS was FROM repository WHERE id = ${id} FOR UPDATE) AS before
    WHERE r.id = before.id RETURNING ${sql.literal(columns("r"))}, before.was`
  const row = rows[0]
  return row === undefined || row.was === row.status ? undefined : toRecord(row)
})
