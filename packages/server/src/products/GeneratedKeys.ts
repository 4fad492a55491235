/** Keys of products' own, which signers are asked to make. */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import * as SignKeys from "../signing/SignKeys.ts"
import * as Statements from "./statements/GeneratedKeyStatements.ts"

export type { KeyRequest } from "./statements/GeneratedKeyStatements.ts"

/** Why what a signer says of a key is not taken. */
export class KeyRefused extends Data.TaggedError("KeyRefused")<{
  readonly reason: "unknown" | "ended" | "exists"
  readonly message: string
}> {}

/** A key as a signer made it. */
export interface MadeKey {
  readonly name: string
  readonly keyId: string
  readonly fingerprint: string
  readonly publicUrl: string
}

type Store<A, E = never> = Effect.Effect<A, E | StoreUnavailable>

/** Requests for keys. */
export interface Interface {
  /** The number of the request; `undefined` when one is open already. */
  readonly ask: (product: number) => Store<number | undefined>
  readonly take: (signer: string) => Store<Statements.KeyRequest | undefined>
  /** The number of the key as it is known then. The same once more answers the same. */
  readonly complete: (id: number, key: MadeKey) => Store<number, KeyRefused>
  readonly fail: (id: number, problem: string) => Store<void, KeyRefused>
}

/** Requests for keys. */
export class GeneratedKeys extends Context.Service<GeneratedKeys, Interface>()("@orch/server/products/GeneratedKeys") {}

/** In the database. */
export const layer: Layer.Layer<GeneratedKeys, never, SqlClient.SqlClient> = Layer.effect(
  GeneratedKeys,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`GeneratedKeys.${operation}`))
    const open = Effect.fnUntraced(function*(id: number) {
      const found = yield* Statements.find(id)
      if (found === undefined) {
        return yield* new KeyRefused({ reason: "unknown", message: `Gen key task with ID ${id} does not exist` })
      }
      return found
    })
    const ended = (id: number, state: string) =>
      new KeyRefused({ reason: "ended", message: `Gen key task with ID ${id} is ${state}` })
    return GeneratedKeys.of({
      ask: (product) => run("ask", Statements.ask(product)),
      take: (signer) => run("take", Statements.take(signer)),
      complete: (id, made) =>
        run(
          "complete",
          sql.withTransaction(Effect.gen(function*() {
            const { product, sign_key, state } = yield* open(id)
            if (state === "completed" && sign_key !== null) return Number(sign_key)
            if (state !== "in_progress") return yield* ended(id, state)
            const key = yield* SignKeys.insert({
              name: made.name,
              description: "",
              keyid: made.keyId,
              fingerprint: made.fingerprint,
              public_url: made.publicUrl
            })
            if (key === undefined) {
              return yield* new KeyRefused({ reason: "exists", message: `Key with keyid ${made.keyId} already exists` })
            }
            yield* Statements.succeed(id, Number(product), Number(key.id))
            return Number(key.id)
          }))
        ),
      fail: (id, problem) =>
        run(
          "fail",
          sql.withTransaction(Effect.gen(function*() {
            const { state } = yield* open(id)
            // Said once more, it is heard.
            if (state === "failed") return
            if (state !== "in_progress") return yield* ended(id, state)
            yield* Statements.fail(id, problem)
          }))
        )
    })
  })
)
