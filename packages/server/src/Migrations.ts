/**
 * The schema, as numbered steps that are never changed once released.
 *
 * Each face keeps its steps in a file of its own, in a block of hundred numbers. `effect/sql`'s migrator applies, under a lock,
 * the steps above the highest one it has applied; so that a step added to a low block later is not passed over, every block is
 * remembered in a table of its own.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Migrator from "effect/sql/Migrator"
import * as SqlClient from "effect/sql/SqlClient"
import * as AdministrationMigrations from "./administration/statements/AdministrationMigrations.ts"
import * as BuilderMigrations from "./builders/statements/BuilderMigrations.ts"
import * as CampaignMigrations from "./campaigns/statements/CampaignMigrations.ts"
import type { Migrations } from "./database/Database.ts"
import * as GatingMigrations from "./gating/statements/GatingMigrations.ts"
import * as GraphMigrations from "./graph/statements/GraphMigrations.ts"
import * as HistoryMigrations from "./history/statements/HistoryMigrations.ts"
import * as InboxMigrations from "./inbox/statements/InboxMigrations.ts"
import * as MbsMigrations from "./mbs/statements/MbsMigrations.ts"
import { moduleBuilds } from "./modulebuilds/statements/ModuleBuildMigrations.ts"
import * as ReadMigrations from "./modulebuilds/statements/ReadMigrations.ts"
import * as PackageBuildMigrations from "./packagebuilds/statements/PackageBuildMigrations.ts"
import * as PdcMigrations from "./pdc/statements/PdcMigrations.ts"
import * as PeopleMigrations from "./people/statements/PeopleMigrations.ts"
import * as PlatformMigrations from "./platforms/statements/PlatformMigrations.ts"
import * as PoolFarmMigrations from "./poolfarm/statements/PoolFarmMigrations.ts"
import * as ProductMigrations from "./products/statements/ProductMigrations.ts"
import * as ReleaseMigrations from "./releases/statements/ReleaseMigrations.ts"
import * as RepositoryMigrations from "./repositories/statements/RepositoryMigrations.ts"
import * as SessionMigrations from "./sessions/statements/SessionMigrations.ts"
import * as SigningMigrations from "./signing/statements/SigningMigrations.ts"
import * as SourceMigrations from "./sources/statements/SourceMigrations.ts"
import * as TestRunMigrations from "./testruns/statements/TestRunMigrations.ts"
import * as TraceMigrations from "./traces/statements/TraceMigrations.ts"

export type Migration = Effect.Effect<unknown, unknown, SqlClient.SqlClient>

/** Blocks in the order they build on each other, by the table that remembers them. */
const blocks: ReadonlyArray<readonly [table: string, steps: Readonly<Record<string, Migration>>]> = [
  ["orch_migrations", moduleBuilds],
  ["orch_migrations_mbs", MbsMigrations.all],
  ["orch_migrations_repositories", RepositoryMigrations.all],
  ["orch_migrations_builders", BuilderMigrations.all],
  ["orch_migrations_pool_farm", PoolFarmMigrations.all],
  ["orch_migrations_people", PeopleMigrations.all],
  ["orch_migrations_platforms", PlatformMigrations.all],
  ["orch_migrations_package_builds", PackageBuildMigrations.all],
  ["orch_migrations_signing", SigningMigrations.all],
  ["orch_migrations_test_runs", TestRunMigrations.all],
  ["orch_migrations_products", ProductMigrations.all],
  ["orch_migrations_releases", ReleaseMigrations.all],
  ["orch_migrations_gating", GatingMigrations.all],
  ["orch_migrations_sources", SourceMigrations.all],
  ["orch_migrations_history", HistoryMigrations.all],
  ["orch_migrations_graph", GraphMigrations.all],
  ["orch_migrations_inbox", InboxMigrations.all],
  ["orch_migrations_pdc", PdcMigrations.all],
  ["orch_migrations_traces", TraceMigrations.all],
  // They read of several slices.
  ["orch_migrations_reads", ReadMigrations.all],
  ["orch_migrations_campaigns", CampaignMigrations.all],
  ["orch_migrations_sessions", SessionMigrations.all],
  ["orch_migrations_administration", AdministrationMigrations.all]
]

/** The number that the name of a step begins with, as the migrator reads it. */
const numberOf = (step: string): number => Number.parseInt(step, 10)

/**
 * The blocks that have steps to take, asked for all at once: the migrator asks six statements for each block, and at nearly every start
 * there is nothing to do. Who takes steps meanwhile has not finished, so its block is among these, and the migrator waits.
 */
const unfinished = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const there = new Set(
    (yield* sql<{ readonly name: string }>`
      SELECT name FROM unnest(${blocks.map(([table]) => table)}::text[]) AS name WHERE to_regclass(name) IS NOT NULL
    `).map(({ name }) => name)
  )
  const known = blocks.filter(([table]) => there.has(table))
  if (known.length === 0) return blocks
  const [first, ...others] = known.map(([table]) =>
    sql`SELECT ${table}::text AS name, max(migration_id) AS step FROM ${sql(table)}`
  )
  const taken = yield* sql<{ readonly name: string; readonly step: number | null }>`${
    others.reduce((all, one) => sql`${all} UNION ALL ${one}`, first!)
  }`
  const steps = new Map(taken.map(({ name, step }) => [name, step ?? 0]))
  return blocks.filter(([table, all]) => (steps.get(table) ?? 0) < Math.max(...Object.keys(all).map(numberOf)))
})

export const layer: Migrations = Layer.effectDiscard(
  Effect.flatMap(
    unfinished,
    Effect.forEach(([table, steps]) => Migrator.make({})({ loader: Migrator.fromRecord(steps), table }))
  ).pipe(
    Effect.map((applied) => applied.flat()),
    Effect.tap((applied) => applied.length === 0 ? Effect.void : Effect.logInfo("Migrated the database", { applied }))
  )
)
