/** Platforms and repositories, one statement each. */
import type { PlatformCreate, PlatformModify } from "@orch/api/albs/PlatformWire"
import type { RepositoryCreate } from "@orch/api/albs/RepositoryWire"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/** A platform as stored. */
export interface PlatformRow {
  readonly id: bigint
  readonly name: string
  readonly type: "rpm" | "deb"
  readonly distr_type: string
  readonly distr_version: string
  readonly arch_list: ReadonlyArray<string>
  readonly data: unknown
  readonly modularity: unknown
  readonly pgp_key: string | null
  readonly details: { readonly test_dist_name?: string }
}

/** A repository as stored. */
export interface RepositoryRow {
  readonly id: bigint
  readonly name: string
  readonly arch: string
  readonly type: string
  readonly debug: boolean
  readonly url: string
  readonly production: boolean
  readonly pulp_href: string | null
  readonly priority: number
  readonly mock_enabled: boolean
}

const platformColumns = "id, name, type, distr_type, distr_version, arch_list, data, modularity, pgp_key, details"
const repositoryColumns = "id, name, arch, type, debug, url, production, pulp_href, priority, mock_enabled"

type Details = Pick<
  PlatformCreate,
  "contact_mail" | "copyright" | "test_dist_name" | "priority" | "copy_priority_arches" | "weak_arch_list"
>

const detailsOf = (given: Details) => ({
  contact_mail: given.contact_mail ?? undefined,
  copyright: given.copyright ?? undefined,
  test_dist_name: given.test_dist_name ?? undefined,
  priority: given.priority ?? undefined,
  copy_priority_arches: given.copy_priority_arches ?? undefined,
  weak_arch_list: given.weak_arch_list ?? undefined
})

/** Makes a platform; nothing when there is one of that name. */
export const insert = Effect.fnUntraced(function*(given: PlatformCreate) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<PlatformRow>`
    INSERT INTO build_platform (name, type, distr_type, distr_version, arch_list, data, modularity, pgp_key, details)
    VALUES (${clean(given.name)}, ${given.type}, ${clean(given.distr_type)}, ${clean(given.distr_version)},
      ${json(given.arch_list)}::jsonb, ${json(given.data ?? {})}::jsonb,
      nullif(${json(given.modularity ?? null)}::jsonb, 'null'::jsonb), ${given.pgp_key ?? null},
      ${json(detailsOf(given))}::jsonb)
    ON CONFLICT (name) DO NOTHING RETURNING ${sql.literal(platformColumns)}`
  return rows[0]
})

/** Changes the platform of that name; what is absent stays. Nothing when there is none. */
export const update = Effect.fnUntraced(function*(given: PlatformModify) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<PlatformRow>`
    UPDATE build_platform SET
      type = coalesce(${given.type ?? null}::text, type),
      distr_type = coalesce(${given.distr_type ?? null}::text, distr_type),
      distr_version = coalesce(${given.distr_version ?? null}::text, distr_version),
      arch_list = coalesce(nullif(${json(given.arch_list ?? null)}::jsonb, 'null'::jsonb), arch_list),
      data = coalesce(nullif(${json(given.data ?? null)}::jsonb, 'null'::jsonb), data),
      modularity = coalesce(nullif(${json(given.modularity ?? null)}::jsonb, 'null'::jsonb), modularity),
      pgp_key = coalesce(${given.pgp_key ?? null}::text, pgp_key),
      details = details || ${json(detailsOf(given))}::jsonb
    WHERE name = ${given.name} RETURNING ${sql.literal(platformColumns)}`
  return rows[0]
})

/** All platforms, by number. */
export const list = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<PlatformRow>`SELECT ${sql.literal(platformColumns)} FROM build_platform ORDER BY id LIMIT 1000`
})

/** The platforms of these names. */
export const byNames = Effect.fnUntraced(function*(names: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<PlatformRow>`
    SELECT ${sql.literal(platformColumns)} FROM build_platform
    WHERE name IN (SELECT jsonb_array_elements_text(${json(names)}::text::jsonb) COLLATE "C")`
})

/** The platform of this number; nothing when there is none. */
export const byId = Effect.fnUntraced(function*(id: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<PlatformRow>`SELECT ${sql.literal(platformColumns)} FROM build_platform WHERE id = ${id}`
  return rows[0]
})

/** What a repository is told by, and what may change about it. */
const givenRepositories = (sql: SqlClient.SqlClient, given: ReadonlyArray<RepositoryCreate>) =>
  sql`SELECT position, name COLLATE "C" AS name, arch COLLATE "C" AS arch, type COLLATE "C" AS type, coalesce(debug, false) AS debug, url,
      coalesce(production, false) AS production, pulp_href, coalesce(priority, 10) AS priority,
      coalesce(mock_enabled, true) AS mock_enabled
    FROM jsonb_to_recordset(${json(given.map((one, position) => ({ ...one, position })))}::text::jsonb)
      AS given (position integer, name text, arch text, type text,
      debug boolean, url text, production boolean, pulp_href text, priority integer, mock_enabled boolean)`

/** Makes repositories known, or changes them; their numbers. Those that are known take no new numbers. */
export const ensureRepositories = Effect.fnUntraced(function*(given: ReadonlyArray<RepositoryCreate>) {
  const sql = yield* SqlClient.SqlClient
  const unique = new Map(given.map((one) => [JSON.stringify([one.name, one.arch, one.type, one.debug ?? false]), one]))
  const rows = givenRepositories(sql, [...unique.values()])
  const known = yield* sql<{ readonly id: bigint }>`
    UPDATE package_repository AS one SET url = given.url, production = given.production,
      pulp_href = coalesce(given.pulp_href, one.pulp_href), priority = given.priority, mock_enabled = given.mock_enabled
    FROM (${rows}) AS given
    WHERE one.name = given.name AND one.arch = given.arch AND one.type = given.type AND one.debug = given.debug
    RETURNING one.id`
  const made = yield* sql<{ readonly id: bigint }>`
    INSERT INTO package_repository (name, arch, type, debug, url, production, pulp_href, priority, mock_enabled)
    SELECT name, arch, type, debug, url, production, pulp_href, priority, mock_enabled FROM (${rows}) AS given
    WHERE NOT EXISTS (SELECT FROM package_repository AS one WHERE one.name = given.name AND one.arch = given.arch
      AND one.type = given.type AND one.debug = given.debug)
    ORDER BY position
    ON CONFLICT (name, arch, type, debug) DO UPDATE SET url = excluded.url
    RETURNING id`
  return [...known, ...made].map(({ id }) => Number(id))
})

/** Which of these numbers are repositories. */
export const knownRepositories = Effect.fnUntraced(function*(ids: ReadonlyArray<number>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: bigint }>`
    SELECT id FROM package_repository WHERE id IN (SELECT jsonb_array_elements_text(${json(ids)}::text::jsonb)::bigint)`
  return rows.map(({ id }) => Number(id))
})

/** Gives repositories to a platform; numbers that name none are passed over. */
export const link = Effect.fnUntraced(function*(platform: number, repositories: ReadonlyArray<number>) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO build_platform_repository (platform, repository)
    SELECT ${platform}, id FROM package_repository
    WHERE id IN (SELECT jsonb_array_elements_text(${json(repositories)}::text::jsonb)::bigint)
    ON CONFLICT DO NOTHING`
})

/** Takes repositories away from a platform. */
export const unlink = Effect.fnUntraced(function*(platform: number, repositories: ReadonlyArray<number>) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    DELETE FROM build_platform_repository
    WHERE platform = ${platform}
      AND repository IN (SELECT jsonb_array_elements_text(${json(repositories)}::text::jsonb)::bigint)`
})

/** Takes all other repositories away from a platform. */
export const keepOnly = Effect.fnUntraced(function*(platform: number, repositories: ReadonlyArray<number>) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    DELETE FROM build_platform_repository
    WHERE platform = ${platform}
      AND repository NOT IN (SELECT jsonb_array_elements_text(${json(repositories)}::text::jsonb)::bigint)`
})

/** The repositories of a platform, by number. */
export const repositoriesOf = Effect.fnUntraced(function*(platform: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<RepositoryRow>`
    SELECT ${sql.literal(repositoryColumns)} FROM package_repository
    WHERE id IN (SELECT repository FROM build_platform_repository WHERE platform = ${platform}) ORDER BY id`
})

/** All repositories, by number, at most `limit`. */
export const repositories = Effect.fnUntraced(function*(limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<RepositoryRow>`
    SELECT ${sql.literal(repositoryColumns)} FROM package_repository ORDER BY id LIMIT ${limit}`
})

/** Repositories of releases that are no product's, by number, at most `limit`. */
export const productionRepositories = Effect.fnUntraced(function*(limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<RepositoryRow>`
    SELECT ${sql.literal(repositoryColumns)} FROM package_repository
    WHERE production AND NOT of_product AND type = 'rpm' ORDER BY id LIMIT ${limit}`
})

/** The repository of this number; nothing when there is none. */
export const repository = Effect.fnUntraced(function*(id: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<RepositoryRow>`
    SELECT ${sql.literal(repositoryColumns)} FROM package_repository WHERE id = ${id}`
  return rows[0]
})

/** Counts one module build of a platform; its number among them. */
export const nextModule = Effect.fnUntraced(function*(platform: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly module_index: bigint }>`
    UPDATE build_platform SET module_index = module_index + 1 WHERE id = ${platform} RETURNING module_index`
  return Number(rows[0]?.module_index ?? 1)
})
