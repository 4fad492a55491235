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
  readonly roles: ReadonlyArray<{ readonly kind: string; readonly team: number | null }>
}

/** What is to be different about a person; what is absent stays. */
export interface PersonChange {
  readonly isActive?: boolean
  readonly isVerified?: boolean
  readonly isSuperuser?: boolean
}

const columns = `id, name, email, is_active, is_verified, is_superuser,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', role.kind, 'team', role.team)), '[]')
    FROM person_role JOIN role ON role.id = person_role.role WHERE person_role.person = person.id) AS roles`

/** The person of this name, who is made known if need be; an e-mail address is kept, and taken where there was none. */
export const ensure = Effect.fnUntraced(function*(name: string, email: string | undefined) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<PersonRow>`
    INSERT INTO person (name, email) VALUES (${clean(name)}, ${email === undefined ? null : clean(email)})
    ON CONFLICT (name) DO UPDATE SET email = coalesce(person.email, excluded.email)
    RETURNING ${sql.literal(columns)}`
  return rows[0]!
})

/** The person by what is given of number, name and e-mail address; nothing when there is none. */
export const find = Effect.fnUntraced(
  function*(by: { readonly id?: number; readonly name?: string; readonly email?: string }) {
    const sql = yield* SqlClient.SqlClient
    // Nothing but what is given is asked: an index serves that whatever the value.
    const given = [
      sql`true`,
      ...(by.id === undefined ? [] : [sql`id = ${by.id}`]),
      ...(by.name === undefined ? [] : [sql`name = ${by.name}`]),
      ...(by.email === undefined ? [] : [sql`email = ${by.email}`])
    ]
    const rows = yield* sql<PersonRow>`
      SELECT ${sql.literal(columns)} FROM person WHERE ${sql.and(given)} ORDER BY id LIMIT 1`
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

/** The people of these numbers. */
export const byIds = Effect.fnUntraced(function*(ids: ReadonlyArray<number>) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<PersonRow>`
    SELECT ${sql.literal(columns)} FROM person
    WHERE id IN (SELECT jsonb_array_elements_text(${json(ids)}::text::jsonb)::bigint)`
})

/** Changes a person; nothing when there is none of that number. */
export const modify = Effect.fnUntraced(
  function*(id: number, { isActive, isSuperuser, isVerified }: PersonChange) {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<PersonRow>`
      UPDATE person SET is_active = coalesce(${isActive ?? null}::boolean, is_active),
        is_verified = coalesce(${isVerified ?? null}::boolean, is_verified),
        is_superuser = coalesce(${isSuperuser ?? null}::boolean, is_superuser)
      WHERE id = ${id} RETURNING ${sql.literal(columns)}`
    return rows[0]
  }
)

/**
 * The person whom a forge knows by this number, who is made known if need be. Nothing when the name is somebody's here already: a forge's
 * account is no proof of being them.
 */
export const ofForge = Effect.fnUntraced(function*(forgeId: string, name: string, email: string | undefined) {
  const sql = yield* SqlClient.SqlClient
  const known = yield* sql<PersonRow>`
    UPDATE person SET email = coalesce(${email === undefined ? null : clean(email)}::text, email)
    WHERE forge_id = ${clean(forgeId)} RETURNING ${sql.literal(columns)}`
  if (known[0] !== undefined) return known[0]
  const rows = yield* sql<PersonRow>`
    INSERT INTO person (name, email, forge_id)
    VALUES (${clean(name)}, ${email === undefined ? null : clean(email)}, ${clean(forgeId)})
    ON CONFLICT (name) DO NOTHING
    RETURNING ${sql.literal(columns)}`
  return rows[0]
})
