/**
 * Which release writes a repository: one at a time.
 *
 * Whether a release still wants its locks is asked while its row is held, so neither a late command to take them nor a late one to
 * free them does what is no longer meant.
 */
import { Releases } from "@orch/core/ports/release/Releases"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import { wantsLock } from "@orch/core/release/Release"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import * as Statements from "./statements/ReleaseStatements.ts"

/** What became of taking locks: all are held, another release has one, or nobody wants them any more. */
export type Taken = "taken" | "unwanted" | { readonly heldBy: number }

/** The locks. */
export interface Interface {
  /** All of them or none; those the release has already are its own. */
  readonly take: (release: number, repositories: ReadonlyArray<string>) => Effect.Effect<Taken, StoreUnavailable>
  /** Frees those of the release that it does not want. */
  readonly free: (release: number, repositories: ReadonlyArray<string>) => Effect.Effect<void, StoreUnavailable>
}

/** The locks of repositories. */
export class RepositoryLocks extends Context.Service<RepositoryLocks, Interface>()(
  "@orch/server/releases/RepositoryLocks"
) {}

/** Another release has it: what was locked beside it is given back with the transaction. */
class Held extends Data.TaggedError("Held")<{ readonly by: number }> {}

/** Locks in the database. */
export const layer: Layer.Layer<RepositoryLocks, never, Releases | SqlClient.SqlClient> = Layer.effect(
  RepositoryLocks,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const releases = yield* Releases
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      sql.withTransaction(effect).pipe(
        Effect.provideService(SqlClient.SqlClient, sql),
        asUnavailable(`RepositoryLocks.${operation}`)
      )
    const wanted = Effect.fnUntraced(function*(release: number, repositories: ReadonlyArray<string>) {
      yield* Statements.hold(release)
      const found = yield* releases.get(release).pipe(Effect.catchTag("ProcessNotFound", () => Effect.undefined))
      return repositories.filter((name) => found !== undefined && wantsLock(found.state, name))
    })
    return RepositoryLocks.of({
      take: (release, repositories) =>
        run(
          "take",
          Effect.gen(function*(): Effect.fn.Return<Taken, unknown, SqlClient.SqlClient> {
            const all = yield* wanted(release, repositories)
            if (all.length === 0) return "unwanted"
            yield* Statements.lock(release, all)
            const other = (yield* Statements.holders(all)).find((holder) => holder.release !== release)
            if (other !== undefined) return yield* (new Held({ by: other.release }))
            return "taken"
          })
        ).pipe(
          Effect.catchIf(
            (error): error is Held => error instanceof Held,
            ({ by }) => Effect.succeed<Taken>({ heldBy: by })
          )
        ) as Effect.Effect<Taken, StoreUnavailable>,
      free: (release, repositories) =>
        run(
          "free",
          Effect.gen(function*() {
            const kept = new Set(yield* wanted(release, repositories))
            yield* Statements.free(release, repositories.filter((name) => !kept.has(name)))
          })
        )
    })
  })
)
