/** Package builds as people look at them: pages and single ones, each in a constant number of statements. */
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import { packageBuildLife } from "@orch/core/packagebuild/PackageBuildLife"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { asUnavailable } from "../database/PgError.ts"
import type { BuildQuery } from "./statements/BuildQuery.ts"
import * as Statements from "./statements/PackageBuildStatements.ts"

export type { BuildQuery } from "./statements/BuildQuery.ts"

/** Builds of one page, and how many there are. */
export interface Page {
  readonly builds: ReadonlyArray<PackageBuild>
  readonly total: number
}

/** Reads of package builds. */
export interface Interface {
  /** Builds that fit, newest first. */
  readonly page: (query: BuildQuery, limit: number, offset: number) => Effect.Effect<Page, StoreUnavailable>
  /** The number of the build that has a task of this number; `undefined` when none has. */
  readonly ofTask: (number: number) => Effect.Effect<number | undefined, StoreUnavailable>
  /** The revision of a build, by which one that was read before is known to be the same; `undefined` when there is none of the number. */
  readonly revision: (id: number) => Effect.Effect<number | undefined, StoreUnavailable>
  /** Builds of a module for a platform that were released, newest first, at most 20. */
  readonly releasedOf: (
    module: Statements.ReleasedModule
  ) => Effect.Effect<ReadonlyArray<PackageBuild>, StoreUnavailable>
  /** Everything that is read in it, of builds and of what is around them, is as it was at one moment; nothing may be written. */
  readonly atOneMoment: <A, E, R>(
    reads: Effect.Effect<A, E, R>
  ) => Effect.Effect<A, Exclude<E, SqlError> | StoreUnavailable, R>
}

/** Reads of package builds. */
export class PackageBuildReads extends Context.Service<PackageBuildReads, Interface>()(
  "@orch/server/packagebuilds/PackageBuildReads"
) {}

const decodePlan = Schema.decodeUnknownSync(packageBuildLife.codecs.plan)
const decodeProgress = Schema.decodeUnknownSync(packageBuildLife.codecs.progress)
const decodePart = Schema.decodeUnknownSync(packageBuildLife.codecs.part)

const toBuild = ({ id, parts, plan, progress }: Statements.BuildRow): PackageBuild =>
  packageBuildLife.assemble(
    Number(id),
    decodePlan(plan),
    decodeProgress(progress),
    (parts ?? []).map((part) => decodePart(part))
  )

/** Reads from the database. */
export const layer: Layer.Layer<PackageBuildReads, never, SqlClient.SqlClient> = Layer.effect(
  PackageBuildReads,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`PackageBuildReads.${operation}`))
    return PackageBuildReads.of({
      page: (query, limit, offset) =>
        Effect.map(
          run("page", Statements.page(query, { limit, offset })),
          ({ rows, total }) => ({ builds: rows.map(toBuild), total })
        ),
      ofTask: (number) => run("ofTask", Statements.ofTask(number)),
      revision: (id) => run("revision", Statements.revision(id)),
      releasedOf: (module) =>
        Effect.map(run("releasedOf", Statements.releasedOf(module, 20)), (rows) => rows.map(toBuild)),
      atOneMoment: (reads) =>
        sql.withTransaction(Effect.andThen(Statements.beginMoment(sql), reads)).pipe(
          asUnavailable("PackageBuildReads.atOneMoment")
        )
    })
  })
)
