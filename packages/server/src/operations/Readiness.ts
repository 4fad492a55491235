/**
 * Whether this server can take requests that store something: the database takes a write, and the data directory has room.
 *
 * Load balancers ask every few seconds, several of them; the answer is looked for at most twice a second.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import { statfs } from "node:fs/promises"
import { FullDisk } from "../database/FullDisk.ts"
import * as Statements from "./statements/HealthStatements.ts"

/** Milliseconds for which an answer holds. */
const holds = 500
/** Bytes that must be free below ORCH_DATA_DIR. */
const room = 32 * 1024 * 1024

/** The answer. */
export interface Interface {
  /** Why this server is not ready; `undefined` when it is. */
  readonly problem: Effect.Effect<string | undefined>
}

/** The readiness of this server. */
export class Readiness extends Context.Service<Readiness, Interface>()("@orch/server/operations/Readiness") {
  static readonly layer = (dataDir: string): Layer.Layer<Readiness, never, SqlClient.SqlClient | FullDisk> =>
    Layer.effect(
      Readiness,
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const fullDisk = yield* FullDisk
        const turn = yield* Semaphore.make(1)
        let known: { readonly at: number; readonly problem: string | undefined } | undefined

        const database = Statements.touch(sql).pipe(
          Effect.timeout("5 seconds"),
          Effect.as(undefined),
          Effect.catchCause((cause) =>
            Effect.as(
              Effect.logWarning("The database takes no writes", cause),
              "The database does not answer, or takes no writes"
            )
          )
        )
        const disk = Effect.promise(() => statfs(dataDir).catch(() => undefined)).pipe(
          Effect.map((found) =>
            found !== undefined && found.bavail * found.bsize < room
              ? `Less than ${room / 1024 / 1024} MiB are free below ORCH_DATA_DIR`
              : undefined
          )
        )

        const look = Effect.gen(function*() {
          if (yield* fullDisk.isKnown) return "A disk is full: a write found no room a moment ago"
          const now = yield* Clock.currentTimeMillis
          if (known !== undefined && now - known.at < holds) return known.problem
          const problem = (yield* database) ?? (yield* disk)
          known = { at: yield* Clock.currentTimeMillis, problem }
          return problem
        })
        return { problem: turn.withPermit(look) }
      })
    )
}
