/**
 * Background work on the records: the retention policy, and the reconciler that finds out which repositories have gone.
 *
 * Records outlive repositories: a node is rebuilt, a callback is lost, and a search sends people to a 404. The reconciler asks
 * after every ready record in turn; two answers of 404 or 410 make it `gone`, anything unclear changes nothing. Several server
 * processes share the work by claiming what each asks after.
 */
import * as RepositoryWire from "@orch/api/shaman/RepositoryWire"
import { Outbox } from "@orch/core/ports/Outbox"
import type { RepositoryRecord } from "@orch/core/repository/RepositoryRecord"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import * as NodeProbe from "./NodeProbe.ts"
import { RepositoriesConfig } from "./RepositoriesConfig.ts"
import * as Statements from "./statements/RepositoryUpkeepStatements.ts"

const batch = 200

export interface Interface {
  /** Removes what the retention policy gives up; answers how many records went. */
  readonly expire: Effect.Effect<number>
  /** Asks after the records not asked after lately; answers how many changed. */
  readonly reconcile: Effect.Effect<number>
}

export class RepositoryUpkeep extends Context.Service<RepositoryUpkeep, Interface>()(
  "@orch/server/repositories/RepositoryUpkeep"
) {}

export const layer: Layer.Layer<RepositoryUpkeep, never, SqlClient.SqlClient | Outbox | RepositoriesConfig> = Layer
  .effect(
    RepositoryUpkeep,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const outbox = yield* Outbox
      const config = yield* RepositoriesConfig
      const announce = Effect.fnUntraced(function*(topic: string, records: ReadonlyArray<RepositoryRecord>) {
        if (records.length === 0) return
        const now = yield* Clock.currentTimeMillis
        yield* outbox.append(
          records.map((record) => ({
            topic: `repository.${topic}`,
            subject: `repository/${record.id}`,
            body: RepositoryWire.encode(config.releases, record) as unknown as Schema.Json
          })),
          now
        )
      })
      const expireBatch = sql.withTransaction(Effect.gen(function*() {
        const removed = yield* Statements.expire(config.retention, batch)
        yield* announce("expired", removed)
        return removed.length
      }))
      const expire = Effect.gen(function*() {
        if (config.retention.keepDays <= 0) return 0
        let all = 0
        while (true) {
          const some = yield* expireBatch
          all += some
          if (some < batch) return all
        }
      })
      const check = Effect.fnUntraced(function*(record: RepositoryRecord) {
        const code = yield* NodeProbe.status("HEAD", record.chacraUrl, config, config.probeTimeoutMillis)
        // No answer, or one that says nothing about the repository (a 405, a 502), is no reason to doubt it.
        if (code === undefined || (code >= 400 && code !== 404 && code !== 410)) return false
        return yield* sql.withTransaction(Effect.gen(function*() {
          const changed = yield* Statements.noteAbsence(record.id, code >= 400)
          if (changed === undefined) return false
          yield* announce(changed.status === Statements.gone ? "gone" : "returned", [changed])
          return true
        }))
      })
      const reconcile = Effect.gen(function*() {
        const due = yield* Statements.claimUnchecked(config.reconcileEveryMillis, batch)
        const changed = yield* Effect.forEach(due, check, { concurrency: 8 })
        return changed.filter((each) => each).length
      })
      const quietly = (effect: Effect.Effect<number, { readonly message: string }, SqlClient.SqlClient>) =>
        Effect.provideService(effect, SqlClient.SqlClient, sql).pipe(
          Effect.catch((error) =>
            Effect.as(Effect.logWarning(`the repository records could not be kept: ${error.message}`), 0)
          )
        )
      return RepositoryUpkeep.of({ expire: quietly(expire), reconcile: quietly(reconcile) })
    })
  )

/** Runs both again and again, where the configuration wants them. */
export const workersLayer: Layer.Layer<never, never, RepositoryUpkeep | RepositoriesConfig> = Layer.effectDiscard(
  Effect.gen(function*() {
    const upkeep = yield* RepositoryUpkeep
    const config = yield* RepositoriesConfig
    if (config.retention.keepDays > 0) {
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(upkeep.expire, Effect.sleep("1 hour"))))
    }
    if (config.reconcileEveryMillis > 0) {
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(upkeep.reconcile, Effect.sleep("5 seconds"))))
    }
  })
)
