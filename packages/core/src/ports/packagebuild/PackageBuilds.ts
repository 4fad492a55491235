/** The store of package builds. */
import * as Context from "effect/Context"
import type { PackageBuildLife } from "../../packagebuild/PackageBuildLife.ts"
import type { ProcessStore } from "../ProcessStore.ts"

/** Package builds: create, apply, get, history. */
export class PackageBuilds extends Context.Service<PackageBuilds, ProcessStore<PackageBuildLife>>()(
  "@orch/core/ports/packagebuild/PackageBuilds"
) {}
