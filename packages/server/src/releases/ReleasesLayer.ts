/** Releases in operation: their store and locks, what they ask for, and whom they tell. */
import { Releases } from "@orch/core/ports/release/Releases"
import * as Layer from "effect/Layer"
import * as PgProcesses from "../database/PgProcesses.ts"
import type { Allowed } from "../outgoing/AddressRules.ts"
import * as ProductionRepositories from "./ProductionRepositories.ts"
import * as ReferenceDataLayer from "./ReferenceDataLayer.ts"
import * as ReleaseCommands from "./ReleaseCommands.ts"
import * as ReleasedBuilds from "./ReleasedBuilds.ts"
import * as ReleaseOrders from "./ReleaseOrders.ts"
import * as ReleaseReads from "./ReleaseReads.ts"
import { releaseTable } from "./ReleaseTable.ts"
import * as ReleaseTargets from "./ReleaseTargets.ts"
import * as RepositoryLocks from "./RepositoryLocks.ts"
import * as RepositorySync from "./RepositorySync.ts"

/** The store. */
export const store = Layer.effect(Releases, PgProcesses.make(releaseTable))

/** Everything; `concurrency` commands run side by side in this server process. */
export const layer = (options: {
  readonly concurrency: number
  readonly referenceData: string | undefined
  /** Private addresses that may be asked although people named them. */
  readonly outgoingAllow: Allowed
}) =>
  Layer.mergeAll(ReleaseCommands.workers(options), ReleasedBuilds.layer, RepositorySync.layer).pipe(
    Layer.provideMerge(Layer.merge(ReleaseOrders.layer, ProductionRepositories.layer(options.outgoingAllow))),
    Layer.provideMerge(Layer.mergeAll(
      RepositoryLocks.layer,
      ReleaseReads.layer,
      ReleaseTargets.layer,
      ReferenceDataLayer.layer(options.referenceData)
    )),
    Layer.provideMerge(store)
  )
