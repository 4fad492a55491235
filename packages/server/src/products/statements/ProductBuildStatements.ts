/** Builds of products: what is wished, what is done, and what each build brought, one statement each. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/** Wishes a build into a product; the number of this turn, or nothing when it is there or on its way in or out. */
export const wishIn = Effect.fnUntraced(function*(product: number, build: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly turn: bigint }>`
    INSERT INTO product_build (product, build, state) VALUES (${product}, ${build}, 'adding')
    ON CONFLICT (product, build) DO NOTHING RETURNING turn`
  return rows[0] === undefined ? undefined : Number(rows[0].turn)
})

/** Wishes a build out of a product; whether it was in it. */
export const wishOut = Effect.fnUntraced(function*(product: number, build: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly turn: bigint }>`
    UPDATE product_build SET state = 'removing', problem = NULL
    WHERE product = ${product} AND build = ${build} AND state = 'added' RETURNING turn`
  return rows.length > 0
})

/** A wish that is not done yet. */
export interface Wish {
  readonly product: number
  readonly build: number
  readonly state: "adding" | "removing"
  readonly turn: number
}

/** Wishes that are not done yet, of one product and build or of all. */
export const wishes = Effect.fnUntraced(
  function*(of: { readonly product: number; readonly build: number } | undefined) {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<{
      readonly product: bigint
      readonly build: bigint
      readonly state: "adding" | "removing"
      readonly turn: bigint
    }>`
    SELECT product, build, state, turn FROM product_build
    WHERE state <> 'added' AND (${of === undefined}::boolean
      OR (product = ${of?.product ?? 0} AND build = ${of?.build ?? 0}))
    ORDER BY product, build LIMIT 100`
    return rows.map(({ build, product, state, turn }) => ({
      product: Number(product),
      build: Number(build),
      state,
      turn: Number(turn)
    }))
  }
)

/** A content that a build brings to a repository. */
export interface Brought {
  readonly repository: number
  readonly content: string
}

/** Writes down what a build is going to bring, before it is brought. */
export const writeContent = Effect.fnUntraced(function*({ build, product }: Wish, brought: ReadonlyArray<Brought>) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO product_content (product, build, repository, content)
    SELECT ${product}::bigint, ${build}::bigint, repository, content
    FROM jsonb_to_recordset(${json(brought)}::text::jsonb) AS given (repository bigint, content text)
    ON CONFLICT DO NOTHING`
})

/** What a build brought and no other build of the product did. */
export const ownContent = Effect.fnUntraced(function*({ build, product }: Wish) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly name: string; readonly content: string }>`
    SELECT one.name, own.content FROM product_content AS own JOIN package_repository AS one ON one.id = own.repository
    WHERE own.product = ${product} AND own.build = ${build} AND NOT EXISTS (
      SELECT FROM product_content AS other WHERE other.repository = own.repository AND other.content = own.content
        AND other.build <> own.build)`
  return rows
})

/** The wish is done: the build is in, or forgotten. Nothing happens when it is another wish by now. */
export const done = Effect.fnUntraced(function*({ build, product, state, turn }: Wish) {
  const sql = yield* SqlClient.SqlClient
  if (state === "adding") {
    yield* sql`
      UPDATE product_build SET state = 'added', problem = NULL
      WHERE product = ${product} AND build = ${build} AND state = 'adding' AND turn = ${turn}`
  } else {
    yield* sql`
      DELETE FROM product_build
      WHERE product = ${product} AND build = ${build} AND state = 'removing' AND turn = ${turn}`
  }
})

/** Says why a wish is not done yet. */
export const problem = Effect.fnUntraced(function*({ build, product, turn }: Wish, said: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    UPDATE product_build SET problem = ${
    clean(said)
  } WHERE product = ${product} AND build = ${build} AND turn = ${turn}`
})
