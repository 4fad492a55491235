/**
 * The promises of the `BuildSystem` port, as tests for any implementation: every operation is keyed and safe to repeat,
 * answers come element by element and in order, and nothing is built twice when an answer is lost.
 *
 * @see ./BuildSystemHooks.ts for what an implementation has to give.
 */
import type { BuildSystem } from "../ports/BuildSystem.ts"
import type { Options } from "./BuildSystemHooks.ts"
import * as Contract from "./Contract.ts"
import { harness } from "./internal/buildSystemHarness.ts"
import { repositoryPromises } from "./internal/buildSystemRepositoryPromises.ts"
import { taskPromises } from "./internal/buildSystemTaskPromises.ts"

export { type ComponentName, components, type Operation, type Options, type Wanted } from "./BuildSystemHooks.ts"

/** Registers the suite that every build system is held to, under that name. */
export const buildSystemContract = <R, E>(name: string, options: Options<R, E>): void => {
  const at = harness(options)
  Contract.suite<BuildSystem | R, E>(name, options, [...taskPromises(at), ...repositoryPromises(at)])
}
