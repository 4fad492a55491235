/**
 * The promises of a farm that owns module builds, as tests for any implementation: nothing is handed over twice, what a crashed attempt
 * brought about is found, and whatever becomes of a build is told with its reason.
 *
 * @see ./ModuleFarmHooks.ts for what an implementation has to give.
 */
import type { BuildSystem } from "../ports/BuildSystem.ts"
import * as Contract from "./Contract.ts"
import { moduleFarmPromises } from "./internal/moduleFarmPromises.ts"
import type { Options } from "./ModuleFarmHooks.ts"

export { type Options, type WantedModule } from "./ModuleFarmHooks.ts"

/** Registers the suite that every build system is held to that has `modules`, under that name. */
export const moduleFarmContract = <R, E>(name: string, options: Options<R, E>): void =>
  Contract.suite<BuildSystem | R, E>(name, options, moduleFarmPromises(options))
