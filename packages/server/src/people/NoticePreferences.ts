/** Whether, where and of what each person wants to be told: by mail, by a webhook, and of modules of others that they follow. */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import * as Statements from "./statements/NoticeStatements.ts"

/** A preference; those who said nothing get mails at the address that is known of them. */
export type NoticePreference = Statements.PreferenceRow

type Store<A> = Effect.Effect<A, StoreUnavailable>

/** The preferences. */
export class NoticePreferences extends Context.Service<NoticePreferences, {
  /** By name, of each of them. */
  readonly of: (names: ReadonlyArray<string>) => Store<ReadonlyMap<string, NoticePreference>>
  /** Those who follow something, at most 10,000. */
  readonly followers: Store<ReadonlyArray<NoticePreference>>
  readonly put: (preference: NoticePreference) => Store<void>
}>()("@orch/server/people/NoticePreferences") {}

const plain = (name: string): NoticePreference => ({ name, mail: true, address: null, webhook: null, follow: [] })

const mostFollowers = 10_000

/** In the database. */
export const layer: Layer.Layer<NoticePreferences, never, SqlClient.SqlClient> = Layer.effect(
  NoticePreferences,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`NoticePreferences.${operation}`))
    return NoticePreferences.of({
      of: (names) =>
        names.length === 0 ? Effect.succeed(new Map()) : Effect.map(run("of", Statements.of(names)), (rows) => {
          const known = new Map(rows.map((row) => [row.name, row]))
          return new Map(names.map((name) => [name, known.get(name) ?? plain(name)]))
        }),
      followers: run("followers", Statements.followers(mostFollowers)),
      put: (preference) => run("put", Statements.put(preference))
    })
  })
)
