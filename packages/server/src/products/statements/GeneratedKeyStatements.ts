/** Keys that signers are asked to make, one statement each. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean } from "../../database/StorableText.ts"

/** Asks for a key; nothing when one is being asked for already. */
export const ask = Effect.fnUntraced(function*(product: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: bigint }>`
    INSERT INTO generated_key (product) VALUES (${product}) ON CONFLICT DO NOTHING RETURNING id`
  return rows[0] === undefined ? undefined : Number(rows[0].id)
})

/** A request for a key as signers get it. */
export interface KeyRequest {
  readonly id: number
  readonly product: number
  readonly productName: string
  readonly userName: string
  readonly userEmail: string
}

/** Gives the oldest request to a signer, also one that another signer has had for an hour; nothing when there is none. */
export const take = Effect.fnUntraced(function*(signer: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{
    readonly id: bigint
    readonly product: bigint
    readonly name: string
    readonly user: string | null
    readonly email: string | null
  }>`
    WITH taken AS (
      UPDATE generated_key SET state = 'in_progress', signer = ${clean(signer)}, started_at = now()
      WHERE id = (SELECT id FROM generated_key
        WHERE state = 'idle' OR (state = 'in_progress' AND started_at < now() - interval '1 hour')
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING id, product
    )
    SELECT taken.id, product.id AS product, product.name, person.name AS user, person.email
    FROM taken JOIN product ON product.id = taken.product LEFT JOIN person ON person.id = product.owner`
  const [row] = rows
  const request: KeyRequest | undefined = row === undefined ? undefined : {
    id: Number(row.id),
    product: Number(row.product),
    productName: row.name,
    userName: row.user ?? row.name,
    userEmail: row.email ?? ""
  }
  return request
})

/** Where a request is; nothing when there is none of that number. */
export const find = Effect.fnUntraced(function*(id: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{
    readonly product: bigint
    readonly state: string
    readonly signer: string | null
    readonly sign_key: bigint | null
  }>`SELECT product, state, signer, sign_key FROM generated_key WHERE id = ${id} FOR UPDATE`
  return rows[0]
})

/** The request failed. */
export const fail = Effect.fnUntraced(function*(id: number, problem: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE generated_key SET state = 'failed', problem = ${clean(problem)} WHERE id = ${id}`
})

/** The request ended with this key, which is the product's from then on. */
export const succeed = Effect.fnUntraced(function*(id: number, product: number, key: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE generated_key SET state = 'completed', sign_key = ${key} WHERE id = ${id}`
  yield* sql`UPDATE sign_key SET product = ${product} WHERE id = ${key}`
})
