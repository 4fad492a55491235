/** Signing keys, and which signings there are: what is read beside the store. */
import type { SignKeyCreate, SignKeyUpdate } from "@orch/api/albs/SignWire"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import type { Signing } from "@orch/core/signing/Signing"
import { signingLife } from "@orch/core/signing/SigningLife"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import * as Statements from "./statements/SignKeyStatements.ts"

/** Inside of a transaction of somebody else's: a key becomes known. */
export { insert } from "./statements/SignKeyStatements.ts"

/** A key that packages are signed with. */
export interface SignKey {
  readonly id: number
  readonly name: string
  readonly description: string
  readonly keyId: string
  readonly fingerprint: string
  readonly publicUrl: string
  readonly active: boolean
  readonly platforms: ReadonlyArray<number>
  /** Number of the product that it is for alone. */
  readonly product: number | undefined
  /** Milliseconds since the epoch. */
  readonly insertedAt: number
}

/** Another key has this id or fingerprint. */
export class KeyExists extends Data.TaggedError("KeyExists") {}

type Store<A> = Effect.Effect<A, StoreUnavailable>

/** What is known of keys and signings. */
export interface Interface {
  /** The new key; `undefined` when one has its id or fingerprint. */
  readonly create: (given: SignKeyCreate) => Store<SignKey | undefined>
  /** The key as it is then; `undefined` when there is none of that number. */
  readonly update: (
    id: number,
    given: typeof SignKeyUpdate.Type
  ) => Effect.Effect<SignKey | undefined, KeyExists | StoreUnavailable>
  readonly list: Store<ReadonlyArray<SignKey>>
  /** Signings of these builds, or of all, newest first. */
  readonly signings: (builds: ReadonlyArray<number> | undefined) => Store<ReadonlyArray<Signing>>
  /** Numbers of signings that wait for one of these keys. */
  readonly idle: (keyIds: ReadonlyArray<string>) => Store<ReadonlyArray<number>>
  /** Numbers of signings that signers have had since before a time. */
  readonly lapsed: (before: number) => Store<ReadonlyArray<number>>
}

/** Signing keys. */
export class SignKeys extends Context.Service<SignKeys, Interface>()("@orch/server/signing/SignKeys") {}

const toKey = (row: Statements.KeyRow): SignKey => ({
  id: Number(row.id),
  name: row.name,
  description: row.description,
  keyId: row.keyid,
  fingerprint: row.fingerprint,
  publicUrl: row.public_url,
  active: row.active,
  platforms: row.platforms,
  product: row.product === null ? undefined : Number(row.product),
  insertedAt: new Date(row.inserted).getTime()
})

const decodePlan = Schema.decodeUnknownSync(signingLife.codecs.plan)
const decodeProgress = Schema.decodeUnknownSync(signingLife.codecs.progress)

/** Signings shown at once. */
const mostSignings = 500

/** Keys in the database. */
export const layer: Layer.Layer<SignKeys, never, SqlClient.SqlClient> = Layer.effect(
  SignKeys,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`SignKeys.${operation}`))
    const optional = (row: Statements.KeyRow | undefined): SignKey | undefined =>
      row === undefined ? undefined : toKey(row)
    return SignKeys.of({
      create: (given) => Effect.map(run("create", Statements.insert(given)), optional),
      update: (id, given) =>
        run(
          "update",
          Effect.catchReason(Statements.update(id, given), "SqlError", "UniqueViolation", () => new KeyExists())
        ).pipe(Effect.map(optional)),
      list: Effect.map(run("list", Statements.list()), (rows) => rows.map(toKey)),
      signings: (builds) =>
        Effect.map(
          run("signings", Statements.signings(builds, mostSignings)),
          (rows) =>
            rows.map(({ id, plan, progress }) =>
              signingLife.assemble(Number(id), decodePlan(plan), decodeProgress(progress), [])
            )
        ),
      idle: (keyIds) => keyIds.length === 0 ? Effect.succeed([]) : run("idle", Statements.idle(keyIds, 10)),
      lapsed: (before) => run("lapsed", Statements.lapsed(before, 100))
    })
  })
)
