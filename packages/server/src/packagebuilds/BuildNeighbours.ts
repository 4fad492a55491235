/** What other slices know of builds and is shown with them: their signings, tests and products. */
import type { BuildTaskWire, BuildWire } from "@orch/api/albs/BuildWire"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** What is shown of one build beside itself. */
export interface Neighbours {
  readonly signTasks: BuildWire["sign_tasks"]
  /** By number of the build task. */
  readonly tests: ReadonlyMap<number, BuildTaskWire["test_tasks"]>
  readonly products: BuildWire["products"]
}

/** Nothing beside. */
export const none: Neighbours = { signTasks: [], tests: new Map(), products: [] }

/** Asked for a page of builds at once: a constant number of statements. */
export class BuildNeighbours extends Context.Service<BuildNeighbours, {
  readonly of: (builds: ReadonlyArray<number>) => Effect.Effect<ReadonlyMap<number, Neighbours>, StoreUnavailable>
}>()("@orch/server/packagebuilds/BuildNeighbours") {}
