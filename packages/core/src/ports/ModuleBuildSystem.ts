/** A farm that owns module builds, as the build system of an installation. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Capabilities, Condition, Interface } from "./BuildSystem.ts"
import { BuildSystemError } from "./BuildSystemError.ts"
import type * as ModuleFarm from "./ModuleFarm.ts"

/** A build system that has `modules`. */
export interface ModuleBuildSystem extends Interface {
  readonly modules: ModuleFarm.Interface
}

/** Makes one. What is asked of components is refused: nobody asks, since the engine hands over whole modules where it can. */
export const make = (
  capabilities: Capabilities,
  modules: ModuleFarm.Interface,
  conditions: (silent: number) => Effect.Effect<ReadonlyArray<Condition>>
): ModuleBuildSystem => {
  const refuse = (operation: string) =>
    Effect.fail(
      new BuildSystemError({
        reason: "rejected",
        operation,
        message: `${capabilities.name} owns module builds: it takes whole modules and no components`
      })
    )
  return {
    capabilities,
    modules,
    conditions,
    prepare: () => refuse("prepare"),
    submit: () => refuse("submit"),
    observe: () => refuse("observe"),
    cancel: () => refuse("cancel"),
    admit: () => refuse("admit"),
    observeRepositories: () => refuse("observeRepositories"),
    finish: () => refuse("finish"),
    hints: Stream.empty
  }
}
