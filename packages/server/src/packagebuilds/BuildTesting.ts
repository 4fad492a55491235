/** Has the packages of builds tested: what the slice of tests does for builds that have finished. */
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** Testing of builds. */
export class BuildTesting extends Context.Service<BuildTesting, {
  /** Makes tests of packages that have none yet; how many. Doing it again makes none. */
  readonly make: (build: PackageBuild) => Effect.Effect<number, StoreUnavailable>
}>()("@orch/server/packagebuilds/BuildTesting") {}
