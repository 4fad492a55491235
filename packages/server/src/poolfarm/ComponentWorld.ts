/** Looks up what tasks of a buildroot's components are made of. */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Effect from "effect/Effect"
import type { BuilderPool } from "../builders/BuilderPool.ts"
import type { Platforms } from "../platforms/Platforms.ts"
import * as ComponentTasks from "./ComponentTasks.ts"
import * as PoolPlatforms from "./PoolPlatforms.ts"
import type { StoredBuildroot } from "./statements/PoolFarmStatements.ts"

/** The world of these components; `undefined` when the platform is no longer there. */
export const find = Effect.fnUntraced(function*(
  pool: BuilderPool["Service"],
  platforms: Platforms["Service"],
  buildroot: StoredBuildroot,
  components: ReadonlyArray<string>
): Effect.fn.Return<ComponentTasks.World | undefined, StoreUnavailable> {
  const platform = PoolPlatforms.byStream(yield* platforms.list).get(buildroot.plan.platform)
  if (platform === undefined) return undefined
  return {
    buildroot,
    platform,
    repositories: yield* platforms.repositoriesOf(platform.id),
    seconds: yield* pool.durations(components),
    class: pool.classOf({ kind: "module", owner: ComponentTasks.ownerOf(buildroot), product: undefined })
  }
})
