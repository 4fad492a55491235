/**
 * The pool of storage nodes, one statement each; agrees with core's NodeRotation.
 *
 * The choice of the next node is serialised by an advisory lock: skipping locked rows would hand the second of two callers a
 * node out of turn, and the caller after the last row nothing at all.
 */
import type * as NodeRotation from "@orch/core/repository/NodeRotation"
import { fullTurn } from "@orch/core/repository/NodeRotation"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

interface Row {
  readonly id: bigint
  readonly host: string
  readonly healthy: boolean
  readonly draining: boolean
  readonly weight: number
  readonly due: bigint
  readonly down_count: number
  readonly last_used_us: bigint
  readonly last_check_us: bigint | null
}

/** A node with the time of its last probe (microseconds since the epoch, null before the first). */
export interface StorageNode extends NodeRotation.Node {
  readonly lastCheck: bigint | null
}

const columns = `n.id, n.host, n.healthy, n.draining, n.weight, n.due, n.down_count,
  (extract(epoch from n.last_used) * 1000000)::bigint AS last_used_us,
  (extract(epoch from n.last_check) * 1000000)::bigint AS last_check_us`

const toNode = (row: Row): StorageNode => ({
  id: Number(row.id),
  host: row.host,
  healthy: row.healthy,
  draining: row.draining,
  weight: row.weight,
  due: row.due,
  downCount: row.down_count,
  lastUsed: row.last_used_us,
  lastCheck: row.last_check_us
})

/** All nodes, in the order they joined. */
export const list = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<Row>`SELECT ${sql.literal(columns)} FROM storage_node AS n ORDER BY n.id`
  return rows.map(toNode)
})

export const get = Effect.fnUntraced(function*(host: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<Row>`SELECT ${sql.literal(columns)} FROM storage_node AS n WHERE n.host = ${host}`
  return rows[0] === undefined ? undefined : toNode(rows[0])
})

/** Makes the node known; one that is already known is left as it is. */
export const ensure = Effect.fnUntraced(function*(host: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`INSERT INTO storage_node (host, due)
    VALUES (${host}, coalesce((SELECT min(due) FROM storage_node WHERE healthy AND NOT draining), 0)) ON CONFLICT DO NOTHING`
})

/** Records a probe. `registering`: the node announces itself, so one failure takes it out at once. */
export const probed = Effect.fnUntraced(function*(host: string, ok: boolean, retries: number, registering: boolean) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<Row & { readonly was_healthy: boolean }>`
    UPDATE storage_node AS n SET
      last_check = clock_timestamp(),
      healthy = CASE WHEN ${ok} THEN true WHEN ${registering} THEN false ELSE n.healthy AND n.down_count + 1 < ${retries} END,
      down_count = CASE WHEN ${ok} THEN 0 WHEN ${registering} THEN n.down_count ELSE n.down_count + 1 END,
      due = CASE WHEN ${ok} AND NOT n.healthy THEN greatest(n.due, coalesce(
        (SELECT min(o.due) FROM storage_node AS o WHERE o.healthy AND NOT o.draining AND o.id <> n.id), n.due)) ELSE n.due END
    FROM (SELECT id, healthy FROM storage_node WHERE host = ${host} FOR UPDATE) AS before
    WHERE n.id = before.id RETURNING ${sql.literal(columns)}, before.healthy AS was_healthy`
  const row = rows[0]
  return row === undefined ? undefined : { node: toNode(row), changed: row.was_healthy !== row.healthy }
})

/** Sets weight or drain; undefined when the node is unknown. */
export const adjust = Effect.fnUntraced(function*(
  host: string,
  change: { readonly weight?: number | undefined; readonly draining?: boolean | undefined }
) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<Row>`
    UPDATE storage_node AS n SET weight = coalesce(${change.weight ?? null}::int, n.weight),
      draining = coalesce(${change.draining ?? null}::boolean, n.draining),
      due = CASE WHEN n.draining AND NOT coalesce(${
    change.draining ?? null
  }::boolean, true) THEN greatest(n.due, coalesce(
        (SELECT min(o.due) FROM storage_node AS o WHERE o.healthy AND NOT o.draining), n.due)) ELSE n.due END
    WHERE n.host = ${host} RETURNING ${sql.literal(columns)}`
  return rows[0] === undefined ? undefined : toNode(rows[0])
})

/** Forgets a node. */
export const remove = Effect.fnUntraced(function*(host: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`DELETE FROM storage_node WHERE host = ${host} RETURNING id`
  return rows.length > 0
})

const turnLock = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`SELECT pg_advisory_xact_lock(5020001)`
})

const take = Effect.fnUntraced(function*(without: ReadonlyArray<string>, freshMillis: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<Row & { readonly fresh: boolean | null }>`
    UPDATE storage_node AS n SET last_used = clock_timestamp(), due = n.due + ${fullTurn}::bigint / n.weight
    WHERE n.id = (SELECT id FROM storage_node WHERE healthy AND NOT draining AND host <> ALL (${without}::text[])
      ORDER BY due, last_used, id LIMIT 1)
    RETURNING ${sql.literal(columns)},
      n.down_count = 0 AND n.last_check > clock_timestamp() - ${freshMillis} * interval '1 ms' AS fresh`
  return rows[0] === undefined ? undefined : { node: toNode(rows[0]), fresh: rows[0].fresh === true }
})

/**
 * The next node of the rotation but those named, moved on; undefined when none is healthy. `fresh`: its last probe succeeded, at
 * most so many milliseconds ago.
 */
export const next = Effect.fnUntraced(function*(without: ReadonlyArray<string>, freshMillis: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql.withTransaction(Effect.andThen(turnLock(), take(without, freshMillis)))
})
