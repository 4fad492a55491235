/** The store of module builds. */
import * as Context from "effect/Context"
import type { ModuleBuildLife } from "../../modulebuild/ModuleBuildLife.ts"
import type { ProcessStore } from "../ProcessStore.ts"

/** Module builds: create, apply, get, history. */
export class ModuleBuilds extends Context.Service<ModuleBuilds, ProcessStore<ModuleBuildLife>>()(
  "@orch/core/ports/modulebuild/ModuleBuilds"
) {}
