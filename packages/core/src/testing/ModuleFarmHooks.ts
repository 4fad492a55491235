/**
 * How the contract suite of `ModuleFarm` drives a farm from its other side. A hook that is not given skips the tests that need it,
 * with that reason.
 */
import type * as Effect from "effect/Effect"
import type { BuildSystem } from "../ports/BuildSystem.ts"
import type { FarmModuleRequest } from "../ports/ModuleFarm.ts"
import type * as Contract from "./Contract.ts"

/** A module that the suite wants: `refused` can never be built. */
export interface WantedModule {
  /** A name that no other test uses. */
  readonly name: string
  readonly outcome: "built" | "refused"
}

/** The farm under test, and how the suite drives and watches it. */
export interface Options<R, E> extends Contract.Options<BuildSystem | R, E> {
  /** The same for the same name. */
  readonly request: (wanted: WantedModule) => FarmModuleRequest
  /** The same module, later; of another version unless told. */
  readonly later?: (request: FarmModuleRequest) => FarmModuleRequest
  /** Ends a build that is under way; the reason is told of a failure. */
  readonly settle?: (id: string, outcome: "ready" | "failed", reason: string) => Effect.Effect<void, unknown, R>
  /** How often the farm has begun or continued a build of a module of that name. */
  readonly begun?: (name: string) => Effect.Effect<number, unknown, R>
  /** The next module that is handed over is taken by the farm, and its answer gets lost. */
  readonly loseAnswer?: Effect.Effect<void, unknown, R>
  /** Removes every trace of a build at the farm. */
  readonly forget?: (id: string) => Effect.Effect<void, unknown, R>
}
