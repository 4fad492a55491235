/** Flavors of platforms, one statement each. */
import type { FlavorCreate } from "@orch/api/albs/PlatformWire"
import type { RepositoryWire } from "@orch/api/albs/RepositoryWire"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/** A flavor as stored, with its repositories. */
export interface FlavorRow {
  readonly id: bigint
  readonly name: string
  readonly modularity: unknown
  readonly data: unknown
  readonly repositories: ReadonlyArray<RepositoryWire>
}

/** Flavors by number; those of these numbers where any are given. */
export const list = Effect.fnUntraced(function*(ids: ReadonlyArray<number> | undefined) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<FlavorRow>`
    SELECT id, name, modularity, data,
      (SELECT coalesce(jsonb_agg(to_jsonb(one) ORDER BY one.id), '[]') FROM package_repository AS one
        JOIN platform_flavor_repository AS link ON link.repository = one.id
        WHERE link.flavor = platform_flavor.id) AS repositories
    FROM platform_flavor
    WHERE ${ids === undefined}::boolean
      OR id IN (SELECT jsonb_array_elements_text(${json(ids ?? [])}::text::jsonb)::bigint)
    ORDER BY id LIMIT 1000`
})

/** The number of the new flavor; nothing when there is one of that name. */
export const insert = Effect.fnUntraced(function*(given: FlavorCreate) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: bigint }>`
    INSERT INTO platform_flavor (name, modularity, data)
    VALUES (${clean(given.name)}, nullif(${json(given.modularity ?? null)}::text::jsonb, 'null'::jsonb),
      nullif(${json(given.data ?? null)}::text::jsonb, 'null'::jsonb))
    ON CONFLICT (name) DO NOTHING RETURNING id`
  return rows[0] === undefined ? undefined : Number(rows[0].id)
})

/** Changes the flavor of that name; what is absent stays. Its number; nothing when there is none. */
export const update = Effect.fnUntraced(function*(given: FlavorCreate) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: bigint }>`
    UPDATE platform_flavor SET
      modularity = coalesce(nullif(${json(given.modularity ?? null)}::text::jsonb, 'null'::jsonb), modularity),
      data = coalesce(nullif(${json(given.data ?? null)}::text::jsonb, 'null'::jsonb), data)
    WHERE name = ${clean(given.name)} RETURNING id`
  return rows[0] === undefined ? undefined : Number(rows[0].id)
})

/** Gives a flavor these repositories in place of those it had. */
export const setRepositories = Effect.fnUntraced(function*(flavor: number, repositories: ReadonlyArray<number>) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`DELETE FROM platform_flavor_repository WHERE flavor = ${flavor}`
  yield* sql`
    INSERT INTO platform_flavor_repository (flavor, repository)
    SELECT ${flavor}, jsonb_array_elements_text(${json(repositories)}::text::jsonb)::bigint`
})
