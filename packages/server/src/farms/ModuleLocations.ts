/** Where the packages of a finished module build are, in the words of the build system that other builds run on. */
import type { ReadyBuild } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import * as Context from "effect/Context"

export interface Interface {
  /** `undefined` when the build has none that the build system could use. */
  readonly of: (build: ReadyBuild) => string | undefined
}

export class ModuleLocations
  extends Context.Service<ModuleLocations, Interface>()("@orch/server/farms/ModuleLocations")
{}
