/** Nodes of the builder pool and how long builds took, one statement each. Times are milliseconds since the epoch. */
import type { Sample } from "@orch/core/builderpool/PoolDurations"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { json } from "../../database/StorableText.ts"

/** A node as it is known. */
export interface NodeRow {
  readonly name: string
  readonly arches: ReadonlyArray<string>
  readonly excluded: ReadonlyArray<string>
  readonly slots: number
  readonly draining: boolean
  readonly seen_at: bigint | null
  /** Tasks that it said it works on. */
  readonly load: number
  /** Tasks that are leased to it. */
  readonly leased: bigint
}

/** Nodes by name, at most `limit` after a name. */
export const list = Effect.fnUntraced(function*(after: string, limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<NodeRow>`
    SELECT name, arches, excluded, slots, draining, seen_at, load,
      (SELECT count(*) FROM builder_task WHERE state = 'leased' AND node = builder_node.name) AS leased
    FROM builder_node WHERE name > ${after} ORDER BY name LIMIT ${limit}`
})

/** Changes a node, or makes it known, and answers with it; what is absent stays. */
export const adjust = Effect.fnUntraced(function*(
  name: string,
  fields: { readonly slots?: number; readonly draining?: boolean; readonly tokenHash?: string }
) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<NodeRow>`
    INSERT INTO builder_node AS old (name, slots, draining, token_hash)
    VALUES (${name}, coalesce(${fields.slots ?? null}::integer, 4), coalesce(${
    fields.draining ?? null
  }::boolean, false),
      ${fields.tokenHash ?? null})
    ON CONFLICT (name) DO UPDATE SET slots = coalesce(${fields.slots ?? null}::integer, old.slots),
      draining = coalesce(${fields.draining ?? null}::boolean, old.draining),
      token_hash = coalesce(excluded.token_hash, old.token_hash)
    RETURNING name, arches, excluded, slots, draining, seen_at, load,
      (SELECT count(*) FROM builder_task WHERE state = 'leased' AND node = old.name) AS leased`
  return rows[0]!
})

/** The node whose token has this hash; nothing when there is none. */
export const byToken = Effect.fnUntraced(function*(hash: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly name: string }>`SELECT name FROM builder_node WHERE token_hash = ${hash}`
  return rows[0]?.name
})

/** Forgets a node; whether there was one. Tasks that it has lapse as those of any node that is gone. */
export const remove = Effect.fnUntraced(function*(name: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`DELETE FROM builder_node WHERE name = ${name} RETURNING name`
  return rows.length > 0
})

/** Notes how long builds of tasks took. Names that no file can have are of no package, and too long for an index. */
export const took = Effect.fnUntraced(function*(samples: ReadonlyArray<Sample & { readonly task: number }>) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO builder_duration (package, arch, seconds, at, task)
    SELECT DISTINCT ON (task) package, arch, seconds, at, task
    FROM jsonb_to_recordset(${json(samples)}::text::jsonb)
      AS given (package text, arch text, seconds double precision, at bigint, task bigint)
    WHERE octet_length(package) <= 255
    ORDER BY task
    ON CONFLICT (package, arch, task) DO UPDATE SET seconds = excluded.seconds, at = excluded.at`
})

/** The newest durations of each of these packages, for each architecture, newest first. */
export const durations = Effect.fnUntraced(function*(packages: ReadonlyArray<string>, most = 5) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ package: string; arch: string; seconds: number; at: bigint }>`
    SELECT package, arch, seconds, at FROM (
      SELECT package, arch, seconds, at, row_number() OVER (PARTITION BY package, arch ORDER BY at DESC) AS place
      FROM builder_duration
      WHERE package IN (SELECT jsonb_array_elements_text(${json(packages)}::text::jsonb) COLLATE "C")
    ) AS newest WHERE place <= ${most} ORDER BY at DESC`
  return rows.map((row): Sample => ({ ...row, at: Number(row.at) }))
})
