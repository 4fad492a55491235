/** Products and their repositories, one statement each. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as OwnPlan from "../../database/OwnPlan.ts"
import { clean, json } from "../../database/StorableText.ts"

/** A repository of a product, and the platform whose packages it takes. */
export interface ProductRepositoryRow {
  readonly id: number
  readonly name: string
  readonly arch: string
  readonly type: string
  readonly debug: boolean
  readonly url: string
  readonly production: boolean
  readonly pulp_href: string | null
  readonly priority: number
  readonly mock_enabled: boolean
  readonly platform: number
}

/** A product as stored. */
export interface ProductRow {
  readonly id: bigint
  readonly name: string
  readonly title: string | null
  readonly description: string | null
  readonly is_community: boolean
  readonly owner: bigint | null
  readonly team: bigint | null
  readonly platforms: ReadonlyArray<number>
  readonly repositories: ReadonlyArray<ProductRepositoryRow>
  readonly builds: ReadonlyArray<number>
}

const columns = `id, name, title, description, is_community, owner, team,
  (SELECT coalesce(jsonb_agg(platform ORDER BY platform), '[]') FROM product_platform
    WHERE product_platform.product = product.id) AS platforms,
  (SELECT coalesce(jsonb_agg(to_jsonb(one) || jsonb_build_object('platform', link.platform) ORDER BY one.id), '[]')
    FROM product_repository AS link JOIN package_repository AS one ON one.id = link.repository
    WHERE link.product = product.id) AS repositories,
  (SELECT coalesce(jsonb_agg(build ORDER BY build DESC), '[]') FROM (
    SELECT build FROM product_build WHERE product_build.product = product.id AND state <> 'removing'
    ORDER BY build DESC LIMIT 1000) AS newest) AS builds`

const escaped = (text: string): string => text.replace(/[\\%_]/g, (found) => `\\${found}`)

const found = (sql: SqlClient.SqlClient, search: string | undefined) =>
  search === undefined
    ? sql`NOT removing`
    : sql`NOT removing AND (name ILIKE ${`%${escaped(search)}%`} OR title ILIKE ${`%${escaped(search)}%`})`

/** Products by number, at most `limit`. */
export const page = Effect.fnUntraced(function*(search: string | undefined, limit: number, offset: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* OwnPlan.read(sql<ProductRow>`
    SELECT ${sql.literal(columns)} FROM product WHERE id = ANY(ARRAY(
      SELECT id FROM product WHERE ${found(sql, search)} ORDER BY id LIMIT ${limit} OFFSET ${offset}
    )) ORDER BY id`)
})

/** How many products there are. */
export const count = Effect.fnUntraced(function*(search: string | undefined) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* OwnPlan.read(sql<{ readonly total: bigint }>`
    SELECT count(*) AS total FROM product WHERE ${found(sql, search)}`)
  return Number(rows[0]!.total)
})

/** The product of this number or name; nothing when there is none. */
export const find = Effect.fnUntraced(function*(by: { readonly id?: number; readonly name?: string }) {
  const sql = yield* SqlClient.SqlClient
  const given = [
    sql`NOT removing`,
    ...(by.id === undefined ? [] : [sql`id = ${by.id}`]),
    ...(by.name === undefined ? [] : [sql`name = ${by.name}`])
  ]
  const rows = yield* sql<ProductRow>`
    SELECT ${sql.literal(columns)} FROM product WHERE ${sql.and(given)} LIMIT 1`
  return rows[0]
})

/** Products of these numbers; those that there are not are left out. */
export const ofNumbers = Effect.fnUntraced(function*(numbers: ReadonlyArray<number>) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<ProductRow>`
    SELECT ${sql.literal(columns)} FROM product WHERE NOT removing
      AND id = ANY(ARRAY(SELECT jsonb_array_elements_text(${json(numbers)}::text::jsonb)::bigint))`
})

/** What a new product is. */
export interface NewProduct {
  readonly name: string
  readonly title: string | undefined
  readonly description: string | undefined
  readonly isCommunity: boolean
  readonly owner: number
  readonly team: number
}

/** The number of the new product; nothing when there is one of that name. */
export const insert = Effect.fnUntraced(function*(given: NewProduct) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: bigint }>`
    INSERT INTO product (name, title, description, is_community, owner, team)
    VALUES (${clean(given.name)}, ${given.title === undefined ? null : clean(given.title)},
      ${given.description === undefined ? null : clean(given.description)}, ${given.isCommunity}, ${given.owner},
      ${given.team})
    ON CONFLICT (name) DO NOTHING RETURNING id`
  return rows[0] === undefined ? undefined : Number(rows[0].id)
})

/** Gives a product a platform, and the repositories for its packages. */
export const addPlatform = Effect.fnUntraced(
  function*(product: number, platform: number, repositories: ReadonlyArray<number>) {
    const sql = yield* SqlClient.SqlClient
    yield* sql`INSERT INTO product_platform (product, platform) VALUES (${product}, ${platform}) ON CONFLICT DO NOTHING`
    yield* sql`
      UPDATE package_repository SET of_product = true WHERE NOT of_product
        AND id IN (SELECT jsonb_array_elements_text(${json(repositories)}::text::jsonb)::bigint)`
    yield* sql`
      INSERT INTO product_repository (product, repository, platform)
      SELECT ${product}::bigint, repository::bigint, ${platform}::bigint
      FROM jsonb_array_elements_text(${json(repositories)}::text::jsonb) AS repository
      ON CONFLICT DO NOTHING`
  }
)

/** The product is to go; whether there was one. */
export const beginRemoval = Effect.fnUntraced(function*(id: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: bigint }>`
    UPDATE product SET removing = true WHERE id = ${id} AND NOT removing RETURNING id`
  return rows.length > 0
})

/** Products that are to go, with the names of their repositories. */
export const removing = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: bigint; readonly repositories: ReadonlyArray<string> }>`
    SELECT id, (SELECT coalesce(jsonb_agg(one.name), '[]') FROM product_repository AS link
      JOIN package_repository AS one ON one.id = link.repository WHERE link.product = product.id) AS repositories
    FROM product WHERE removing ORDER BY id LIMIT 100`
  return rows.map(({ id, repositories }) => ({ id: Number(id), repositories }))
})

/** Forgets a product and its repositories. */
export const remove = Effect.fnUntraced(function*(id: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`DELETE FROM package_repository WHERE id IN (SELECT repository FROM product_repository WHERE product = ${id})`
  yield* sql`DELETE FROM product WHERE id = ${id}`
})

/** Which products builds are in. */
export const ofBuilds = Effect.fnUntraced(function*(builds: ReadonlyArray<number>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly build: bigint; readonly id: bigint; readonly name: string }>`
    SELECT build, product.id, product.name FROM product_build JOIN product ON product.id = product_build.product
    WHERE build IN (SELECT jsonb_array_elements_text(${json(builds)}::text::jsonb)::bigint)
      AND state <> 'removing' AND NOT removing
    ORDER BY product.id`
  return rows.map(({ build, id, name }) => ({ build: Number(build), id: Number(id), name }))
})
