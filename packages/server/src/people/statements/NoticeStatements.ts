/** How people want to be told, one statement each. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/** A preference, by the name that the person is identified by. */
export interface PreferenceRow {
  readonly name: string
  readonly mail: boolean
  readonly address: string | null
  readonly webhook: string | null
  readonly follow: ReadonlyArray<string>
}

/** Those of these people who have said something. */
export const of = Effect.fnUntraced(function*(names: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<PreferenceRow>`
    SELECT name, mail, address, webhook, follow FROM person_notice
    WHERE name IN (SELECT jsonb_array_elements_text(${json(names)}::text::jsonb))`
})

/** Those who follow modules that are not theirs. */
export const followers = Effect.fnUntraced(function*(limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<PreferenceRow>`
    SELECT name, mail, address, webhook, follow FROM person_notice WHERE follow <> '[]' ORDER BY name LIMIT ${limit}`
})

/** Replaces what somebody said. */
export const put = Effect.fnUntraced(function*({ address, follow, mail, name, webhook }: PreferenceRow) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO person_notice (name, mail, address, webhook, follow)
    VALUES (${clean(name)}, ${mail}, ${address === null ? null : clean(address)},
      ${webhook === null ? null : clean(webhook)}, ${json(follow)}::text::jsonb)
    ON CONFLICT (name) DO UPDATE SET mail = excluded.mail, address = excluded.address, webhook = excluded.webhook,
      follow = excluded.follow`
})
