/** What was promoted to targets of sets, and what is there by that; one statement each. Times are milliseconds since the epoch. */
import type { TargetPackage } from "@orch/core/gating/SetPromotion"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/** A promotion. */
export interface PromotionRow {
  readonly id: number
  readonly target: string
  readonly at: number
  readonly by: string
  readonly promoted: ReadonlyArray<string>
  readonly refused: ReadonlyArray<{ readonly id: string; readonly reason: string }>
  readonly is_largest: boolean
}

/** A package that is in a target. */
export interface KeptPackage {
  readonly arch: string
  readonly place: string
  readonly line: string | null
  readonly candidate: string
  readonly package: TargetPackage
}

const columns =
  `id::float8 AS id, target, (extract(epoch FROM at) * 1000)::float8 AS at, by, promoted, refused, is_largest`

/** How many promotions there were; 0 for a target that has none. */
export const revision = Effect.fnUntraced(function*(target: string) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly revision: number }>`
    SELECT revision::float8 AS revision FROM gate_target WHERE name = ${target}`
  return row?.revision ?? 0
})

/** The same, held until the transaction ends. */
export const hold = Effect.fnUntraced(function*(target: string) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly revision: number }>`
    INSERT INTO gate_target (name) VALUES (${target}) ON CONFLICT (name) DO UPDATE SET revision = gate_target.revision
    RETURNING revision::float8 AS revision`
  return row!.revision
})

/** What was promoted there and is there still, at most so many. */
export const contents = Effect.fnUntraced(function*(target: string, limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<Pick<KeptPackage, "arch" | "line" | "package">>`
    SELECT arch, line, package FROM gate_target_package WHERE target = ${target} ORDER BY arch, place LIMIT ${limit}`
})

/** How many packages that are, by target. */
export const counts = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly target: string; readonly packages: number }>`
    SELECT target, count(*)::float8 AS packages FROM gate_target_package GROUP BY target`
})

/** Puts packages there: lines give way as a whole, others one by one. */
export const put = Effect.fnUntraced(
  function*(target: string, lines: ReadonlyArray<string>, packages: ReadonlyArray<KeptPackage>) {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      DELETE FROM gate_target_package WHERE target = ${target}
        AND line IN (SELECT jsonb_array_elements_text(${json(lines)}::text::jsonb))`
    yield* sql`
      INSERT INTO gate_target_package (target, arch, place, line, candidate, package)
      SELECT ${target}, arch, place, line, candidate, package FROM jsonb_to_recordset(${json(packages)}::text::jsonb)
        AS one (arch text, place text, line text, candidate text, package jsonb)
      ON CONFLICT (target, arch, place) DO UPDATE SET
        line = excluded.line, candidate = excluded.candidate, package = excluded.package`
  }
)

/** Writes a promotion down. */
export const record = Effect.fnUntraced(function*(promotion: Omit<PromotionRow, "id" | "at">) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE gate_target SET revision = revision + 1 WHERE name = ${promotion.target}`
  const [row] = yield* sql<PromotionRow>`
    INSERT INTO gate_promotion (target, by, promoted, refused, is_largest)
    VALUES (${promotion.target}, ${clean(promotion.by)}, ${json(promotion.promoted)}::text::jsonb,
      ${json(promotion.refused)}::text::jsonb, ${promotion.is_largest})
    RETURNING ${sql.literal(columns)}`
  return row!
})

/** The newest first, below a number. */
export const list = Effect.fnUntraced(function*(target: string, before: number | undefined, limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<PromotionRow>`
    SELECT ${sql.literal(columns)} FROM gate_promotion
    WHERE target = ${target} AND (${before ?? null}::float8 IS NULL OR gate_promotion.id < ${before ?? null}::float8)
    ORDER BY gate_promotion.id DESC LIMIT ${limit}`
})

/** Numbers of module builds that are named by number, or by name, stream, version and context; the newest of each. */
export const builds = Effect.fnUntraced(function*(names: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly name: string; readonly id: number }>`
    SELECT DISTINCT ON (said.name) said.name, build.id::float8 AS id
    FROM jsonb_array_elements_text(${json(names)}::text::jsonb) AS said (name) JOIN module_build AS build
      ON CASE WHEN said.name ~ '^[0-9]{1,15}$' THEN build.id = said.name::bigint
        ELSE build.name = split_part(said.name, ':', 1) AND build.stream = split_part(said.name, ':', 2)
          AND build.version::text = split_part(said.name, ':', 3) AND build.context = split_part(said.name, ':', 4) END
    WHERE NOT build.scratch ORDER BY said.name, build.id DESC`
})
