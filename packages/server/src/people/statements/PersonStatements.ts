/** People, one statement each. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/** A person as stored. */
export interface PersonRow {
  readonly id: bigint
  readonly name: string
  readonly email: string | null
  readonly is_active: boolean
  readonly is_verified: boolean
  readonly is_superuser: boolean
}

const columns = "id, name, email, is_active, is_verified, is_superuser"

/** The person of this name, who is made known if need be; an e-mail address is kept, and taken where there was none. */
export const ensure = Effect.fnUntraced(function*(name: string, email: string | undefined) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<PersonRow>`
    INSERT INTO person AS old (name, email) VALUES (${clean(name)}, ${email === undefined ? null : clean(email)})
    ON CONFLICT (name) DO UPDATE SET email = coalesce(old.email, excluded.email)
    RETURNING ${sql.literal(columns)}`
  return rows[0]!
})

/** The person by what is given of number, name and e-mail address; nothing when there is none. */
export const find = Effect.fnUntraced(
  function*(by: { readonly id?: number; readonly name?: string; readonly email?: string }) {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<PersonRow>`
      SELECT ${sql.literal(columns)} FROM person
      WHERE (${by.id ?? null}::bigint IS NULL OR id = ${by.id ?? null}::bigint)
        AND (${by.name ?? null}::text IS NULL OR name = ${by.name ?? null}::text)
        AND (${by.email ?? null}::text IS NULL OR email = ${by.email ?? null}::text)
      ORDER BY id LIMIT 1`
    return rows[0]
  }
)

/** People by number, at most `limit`. */
export const list = Effect.fnUntraced(function*(limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<PersonRow>`SELECT ${sql.literal(columns)} FROM person ORDER BY id LIMIT ${limit}`
})

/** The people of these names. */
export const byNames = Effect.fnUntraced(function*(names: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<PersonRow>`
    SELECT ${sql.literal(columns)} FROM person
    WHERE name IN (SELECT jsonb_array_elements_text(${json(names)}::text::jsonb) COLLATE "C")`
})
