/** Signing keys and what is open to be signed, one statement each. */
import type { SignKeyCreate, SignKeyUpdate } from "@orch/api/albs/SignWire"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/** A key as stored. */
export interface KeyRow {
  readonly id: bigint
  readonly name: string
  readonly description: string
  readonly keyid: string
  readonly fingerprint: string
  readonly public_url: string
  readonly active: boolean
  readonly platforms: ReadonlyArray<number>
  readonly product: bigint | null
  readonly inserted: Date
}

const columns = "id, name, description, keyid, fingerprint, public_url, active, platforms, product, inserted"

/** Makes a key known; nothing when one has its id or fingerprint. */
export const insert = Effect.fnUntraced(function*(given: SignKeyCreate) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<KeyRow>`
    INSERT INTO sign_key (name, description, keyid, fingerprint, public_url, platforms)
    VALUES (${clean(given.name)}, ${clean(given.description)}, ${given.keyid.toUpperCase()},
      ${given.fingerprint.toUpperCase()}, ${clean(given.public_url)}, ${json(given.platform_ids ?? [])}::jsonb)
    ON CONFLICT DO NOTHING RETURNING ${sql.literal(columns)}`
  return rows[0]
})

/** Changes a key; what is absent stays. Nothing when there is none of that number. */
export const update = Effect.fnUntraced(function*(id: number, given: typeof SignKeyUpdate.Type) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<KeyRow>`
    UPDATE sign_key SET
      name = coalesce(${given.name ?? null}::text, name),
      description = coalesce(${given.description ?? null}::text, description),
      keyid = coalesce(${given.keyid?.toUpperCase() ?? null}::text, keyid),
      fingerprint = coalesce(${given.fingerprint?.toUpperCase() ?? null}::text, fingerprint),
      public_url = coalesce(${given.public_url ?? null}::text, public_url),
      active = coalesce(${given.active ?? null}::boolean, active),
      platforms = coalesce(nullif(${json(given.platform_ids ?? null)}::jsonb, 'null'::jsonb), platforms)
    WHERE id = ${id} RETURNING ${sql.literal(columns)}`
  return rows[0]
})

/** All keys, by number. */
export const list = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<KeyRow>`SELECT ${sql.literal(columns)} FROM sign_key ORDER BY id LIMIT 1000`
})

/** A signing as stored, with its packages. */
export interface SigningRow {
  readonly id: bigint
  readonly plan: unknown
  readonly progress: unknown
}

/** Signings, of one build or of all, newest first; at most `limit`. */
export const signings = Effect.fnUntraced(function*(builds: ReadonlyArray<number> | undefined, limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<SigningRow>`
    SELECT id, plan, progress FROM signing
    WHERE ${builds === undefined}::boolean
      OR build IN (SELECT jsonb_array_elements_text(${json(builds ?? [])}::text::jsonb)::bigint)
    ORDER BY id DESC LIMIT ${limit}`
})

/** Numbers of signings that wait for a signer who has one of these keys, the oldest first. */
export const idle = Effect.fnUntraced(function*(keyIds: ReadonlyArray<string>, limit: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: bigint }>`
    SELECT signing.id FROM signing JOIN sign_key ON sign_key.id = signing.key
    WHERE signing.state = 'idle'
      AND sign_key.keyid IN (SELECT upper(jsonb_array_elements_text(${json(keyIds)}::text::jsonb)) COLLATE "C")
    ORDER BY signing.id LIMIT ${limit}`
  return rows.map(({ id }) => Number(id))
})

/** Numbers of signings that signers have had since before a time, in milliseconds since the epoch. */
export const lapsed = Effect.fnUntraced(function*(before: number, limit: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: bigint }>`
    SELECT id FROM signing WHERE state = 'signing' AND started_at < to_timestamp(${before}::float8 / 1000)
    ORDER BY id LIMIT ${limit}`
  return rows.map(({ id }) => Number(id))
})
