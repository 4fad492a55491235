/** Looks up what tasks of a buildroot's components are made of. */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Effect from "effect/Effect"
import type { BuilderPool } from "../builders/BuilderPool.ts"
import type { People } from "../people/People.ts"
import type { Platforms } from "../platforms/Platforms.ts"
import * as ComponentTasks from "./ComponentTasks.ts"
import * as PoolPlatforms from "./PoolPlatforms.ts"
import type { StoredBuildroot } from "./statements/PoolFarmStatements.ts"

/** What is asked for it. */
export interface Known {
  readonly pool: BuilderPool["Service"]
  readonly platforms: Platforms["Service"]
  readonly people: People["Service"]
}

/** The world of these components; `undefined` when the platform is no longer there. */
export const find = Effect.fnUntraced(function*(
  { people, platforms, pool }: Known,
  buildroot: StoredBuildroot,
  components: ReadonlyArray<string>
): Effect.fn.Return<ComponentTasks.World | undefined, StoreUnavailable> {
  const platform = PoolPlatforms.byStream(yield* platforms.list).get(buildroot.plan.platform)
  if (platform === undefined) return undefined
  const owner = ComponentTasks.ownerOf(buildroot)
  return {
    buildroot,
    platform,
    repositories: yield* platforms.repositoriesOf(platform.id),
    seconds: yield* pool.durations(components),
    class: pool.classOf({ kind: "module", owner, product: undefined }),
    email: (yield* people.find({ name: owner }))?.email ?? ""
  }
})
