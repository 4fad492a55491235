/** Module builds in the database: their store and their index. */
import type { ModuleBuildLife } from "@orch/core/modulebuild/ModuleBuildLife"
import { ModuleBuildIndex } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { Notifier } from "../database/Notifier.ts"
import { asUnavailable } from "../database/PgError.ts"
import * as PgProcesses from "../database/PgProcesses.ts"
import type { Projection } from "../database/ProcessTable.ts"
import * as Totals from "../Totals.ts"
import { moduleBuildTable, showEndings } from "./ModuleBuildTable.ts"
import { moduleBuildFarmSource } from "./statements/ModuleBuildFarmStatements.ts"
import * as Row from "./statements/ModuleBuildRow.ts"
import * as Statements from "./statements/ModuleBuildStatements.ts"

const index: Layer.Layer<ModuleBuildIndex, never, SqlClient.SqlClient> = Layer.effect(
  ModuleBuildIndex,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const totals = Totals.make()
    return ModuleBuildIndex.of({
      list: (query) =>
        Effect.gen(function*() {
          const { limit, offset, order: _, ...filter } = query
          const total = yield* totals(filter, Statements.counting(sql, query))
          const rows = yield* Statements.list(sql, query)
          return {
            items: rows.map(Row.summary),
            total: Totals.agreeing(total, { limit, offset, shown: rows.length })
          }
        }).pipe(asUnavailable("ModuleBuildIndex.list")),
      ready: (names, perModule) =>
        Statements.ready(sql, names, perModule).pipe(
          Effect.map((rows) => rows.map(Row.ready)),
          asUnavailable("ModuleBuildIndex.ready")
        ),
      counts: Statements.counts(sql).pipe(
        Effect.map((rows) => ({ builds: tally(rows, "build"), components: tally(rows, "component") })),
        asUnavailable("ModuleBuildIndex.counts")
      )
    })
  })
)

/** What module builds want of the farm, for `PgFarmWork`. */
export const farmSource = moduleBuildFarmSource

/** The store and the index; `projections` are what other slices write down of each build. */
export const layer = (
  projections: ReadonlyArray<Projection<ModuleBuildLife>> = []
): Layer.Layer<ModuleBuilds | ModuleBuildIndex, never, SqlClient.SqlClient | Notifier> =>
  Layer.merge(
    Layer.effect(ModuleBuilds, Effect.andThen(showEndings, PgProcesses.make(moduleBuildTable, projections))),
    index
  )

const tally = (
  rows: ReadonlyArray<{ readonly kind: string; readonly state: string; readonly count: bigint }>,
  kind: string
): Record<string, number> =>
  Object.fromEntries(rows.filter((row) => row.kind === kind).map(({ count, state }) => [state, Number(count)]))
