/**
 * The schema, as numbered steps that are never changed once released.
 *
 * Each face keeps its steps in a file of its own, in a block of hundred numbers; `effect/sql`'s migrator applies what is
 * missing in order of the numbers, under a lock.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Migrator from "effect/sql/Migrator"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { moduleBuilds } from "./migrations/moduleBuilds.ts"

export type Migration = Effect.Effect<unknown, unknown, SqlClient.SqlClient>

const all: Readonly<Record<string, Migration>> = { ...moduleBuilds }

export const layer: Layer.Layer<never, SqlError | Migrator.MigrationError, SqlClient.SqlClient> = Layer.effectDiscard(
  Migrator.make({})({ loader: Migrator.fromRecord(all), table: "orch_migrations" }).pipe(
    Effect.tap((applied) => applied.length === 0 ? Effect.void : Effect.logInfo("Migrated the database", { applied }))
  )
)
