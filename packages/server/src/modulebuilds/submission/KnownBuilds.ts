/** The builds that a submission may meet: the one it would build again, the one it takes components from, its scratch builds. */
import type { ModuleBuildState } from "@orch/core/modulebuild/ModuleBuild"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../../database/PgError.ts"
import * as Statements from "../statements/KnownBuildStatements.ts"

export interface KnownBuild {
  readonly id: number
  readonly state: ModuleBuildState
  readonly rebuildStrategy: string
}

export interface Identity {
  readonly name: string
  readonly stream: string
  readonly version: bigint
  readonly context: string
}

export interface Interface {
  readonly byId: (id: number) => Effect.Effect<KnownBuild | undefined, StoreUnavailable>
  /** The newest of this name, stream, version and context, whatever its state. */
  readonly byIdentity: (identity: Identity) => Effect.Effect<KnownBuild | undefined, StoreUnavailable>
  readonly scratchContexts: (
    identity: Omit<Identity, "context">
  ) => Effect.Effect<ReadonlyArray<string>, StoreUnavailable>
}

const known = ([row]: ReadonlyArray<Statements.KnownBuildRow>): KnownBuild | undefined =>
  row === undefined ? undefined : { id: Number(row.id), state: row.state, rebuildStrategy: row.rebuild_strategy }

export class KnownBuilds extends Context.Service<KnownBuilds, Interface>()(
  "@orch/server/modulebuilds/submission/KnownBuilds"
) {
  static readonly layer: Layer.Layer<KnownBuilds, never, SqlClient.SqlClient> = Layer.effect(
    KnownBuilds,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      return KnownBuilds.of({
        byId: (id) => Statements.byId(sql, id).pipe(Effect.map(known), asUnavailable("KnownBuilds.byId")),
        byIdentity: (identity) =>
          Statements.byIdentity(sql, identity).pipe(Effect.map(known), asUnavailable("KnownBuilds.byIdentity")),
        scratchContexts: (identity) =>
          Statements.scratchContexts(sql, identity).pipe(
            Effect.map((rows) => rows.map(({ context }) => context)),
            asUnavailable("KnownBuilds.scratchContexts")
          )
      })
    })
  )
}
