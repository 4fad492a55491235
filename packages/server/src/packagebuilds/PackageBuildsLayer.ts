/** Package builds in operation: their store, what they ask for, and the pool that tells them of their tasks. */
import type { PackageBuildLife } from "@orch/core/packagebuild/PackageBuildLife"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import * as Layer from "effect/Layer"
import * as PgProcesses from "../database/PgProcesses.ts"
import type { Projection } from "../database/ProcessTable.ts"
import * as BuildSubmission from "./BuildSubmission.ts"
import * as ModulePreviews from "./ModulePreviews.ts"
import * as PackageBuildCommands from "./PackageBuildCommands.ts"
import * as PackageBuildReads from "./PackageBuildReads.ts"
import { packageBuildTable } from "./PackageBuildTable.ts"
import * as PoolDelivery from "./PoolDelivery.ts"

/** Which build has which numbers of tasks. */
const numbers: Projection<PackageBuildLife> = (sql, id, plan) =>
  sql`INSERT INTO build_task_range (first, package_build_id) VALUES (${plan.firstTask}, ${id}) ON CONFLICT DO NOTHING`

/** The store. */
export const store = Layer.effect(PackageBuilds, PgProcesses.make(packageBuildTable, [numbers]))

/** Everything; `concurrency` commands run side by side in this server process. */
export const layer = (options: { readonly concurrency: number }) =>
  Layer.mergeAll(PackageBuildCommands.workers(options), PoolDelivery.layer).pipe(
    Layer.provideMerge(
      Layer.mergeAll(PackageBuildCommands.layer, BuildSubmission.layer, ModulePreviews.layer).pipe(
        Layer.provideMerge(PackageBuildReads.layer)
      )
    ),
    Layer.provideMerge(store)
  )
