/** Pushes that built something, one statement each. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean } from "../../database/StorableText.ts"

/** Takes a key; whether nobody had it. Who asks for the same at the same moment waits for the outcome. */
export const claim = Effect.fnUntraced(function*(key: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly key: string }>`
    INSERT INTO source_push (key) VALUES (${clean(key)}) ON CONFLICT (key) DO NOTHING RETURNING key`
  return rows.length > 0
})

/** Writes down what was built. */
export const built = Effect.fnUntraced(function*(key: string, build: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE source_push SET build = ${build} WHERE key = ${clean(key)}`
})

/** What was built; nothing when nobody has the key. */
export const find = Effect.fnUntraced(function*(key: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly build: bigint | null }>`SELECT build FROM source_push WHERE key = ${clean(key)}`
  return rows[0]?.build === undefined || rows[0].build === null ? undefined : Number(rows[0].build)
})
