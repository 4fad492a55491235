/** Writes down who changed what. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { AuditTrail } from "../auth/AuditTrail.ts"
import * as Statements from "./statements/AdministrationStatements.ts"

export const layer: Layer.Layer<never, never, SqlClient.SqlClient> = Layer.effect(
  AuditTrail,
  Effect.map(SqlClient.SqlClient, (sql) => (change) =>
    Statements.record(change).pipe(
      Effect.provideService(SqlClient.SqlClient, sql),
      Effect.catchCause((cause) => Effect.logWarning("A change could not be written down", cause))
    ))
)
