/** The promises of the `FarmWork` port, as tests for any implementation. */
import type { FarmWork } from "../ports/FarmWork.ts"
import type { ModuleBuilds } from "../ports/modulebuild/ModuleBuilds.ts"
import * as Contract from "./Contract.ts"
import { farmWorkPromises } from "./internal/farmWorkPromises.ts"

/** Registers the suite for the work of module builds and the store it reads. */
export const farmWorkContract = <R, E>(
  name: string,
  options: Contract.Options<ModuleBuilds | FarmWork | R, E>
): void => Contract.suite<ModuleBuilds | FarmWork | R, E>(name, options, farmWorkPromises())
