/** Who changed what, and who is signed in: as administrators look at it, and as it is written down. */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { AuditTrail } from "../auth/AuditTrail.ts"
import { asUnavailable } from "../database/PgError.ts"
import * as Statements from "./statements/AdministrationStatements.ts"

/** What administrators ask the database. */
export class Administration extends Context.Service<Administration, {
  /** The newest first: of one person or of all, of lower numbers than `before`. */
  readonly audit: (
    name: string | undefined,
    before: number | undefined,
    limit: number
  ) => Effect.Effect<ReadonlyArray<Statements.AuditRow>, StoreUnavailable>
  /** Those that were seen last and are still good: that asked for something in so many seconds. */
  readonly sessions: (idleSeconds: number) => Effect.Effect<ReadonlyArray<Statements.SessionRow>, StoreUnavailable>
  /** Whether there was one. */
  readonly endSession: (id: string) => Effect.Effect<boolean, StoreUnavailable>
}>()("@orch/server/administration/Administration") {}

/** Both, in the database. */
export const layer: Layer.Layer<Administration, never, SqlClient.SqlClient> = Layer.merge(
  Layer.effect(
    Administration,
    Effect.map(SqlClient.SqlClient, (sql) => {
      const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
        effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`Administration.${operation}`))
      return Administration.of({
        audit: (name, before, limit) => run("audit", Statements.audit(name, before, limit)),
        sessions: (idleSeconds) => run("sessions", Statements.sessions(idleSeconds)),
        endSession: (id) => run("endSession", Statements.endSession(id))
      })
    })
  ),
  Layer.effect(
    AuditTrail,
    Effect.map(SqlClient.SqlClient, (sql) => (change) =>
      Statements.record(change).pipe(
        Effect.provideService(SqlClient.SqlClient, sql),
        Effect.catchCause((cause) => Effect.logWarning("A change could not be written down", cause))
      ))
  )
)
