/** The promises of the `ModuleBuildIndex` port, as tests for any implementation. */
import type { ModuleBuildIndex } from "../ports/modulebuild/ModuleBuildIndex.ts"
import type { ModuleBuilds } from "../ports/modulebuild/ModuleBuilds.ts"
import * as Contract from "./Contract.ts"
import { moduleBuildIndexPromises } from "./internal/moduleBuildIndexPromises.ts"

/** Registers the suite for an index and the store it reads. */
export const moduleBuildIndexContract = <R, E>(
  name: string,
  options: Contract.Options<ModuleBuilds | ModuleBuildIndex | R, E>
): void => Contract.suite<ModuleBuilds | ModuleBuildIndex | R, E>(name, options, moduleBuildIndexPromises())
