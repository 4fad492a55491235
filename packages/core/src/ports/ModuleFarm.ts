/**
 * What a farm that owns module builds offers: it is handed whole modules, and nobody else submits their packages.
 *
 * It is the `modules` of a `BuildSystem`; a farm without it builds components, and is told of each. Nothing is handed over twice:
 * whoever asks says which revision of the build there was before, so that what a crashed attempt brought about is recognised.
 *
 * @see ../testing/ModuleFarmContract.ts for the promises every implementation is held to.
 */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type {
  FarmModule,
  FarmModuleFound,
  FarmModuleRequest,
  FarmModuleResult,
  FarmModuleSeen
} from "../farm/FarmModule.ts"
import type { BuildSystemError } from "./BuildSystemError.ts"

export type {
  FarmModule,
  FarmModuleFound,
  FarmModulePart,
  FarmModuleRequest,
  FarmModuleResult,
  FarmModuleSeen,
  FarmModuleState
} from "../farm/FarmModule.ts"

/** What became of a request. */
export type HandedOver =
  | { readonly _tag: "Accepted"; readonly module: FarmModule; readonly adopted: boolean }
  | { readonly _tag: "Rejected"; readonly reason: string }

/** What such a farm offers. Every call fails with `BuildSystemError`, and only where all of it did not happen. */
export interface Interface {
  /** The most builds that one `observe` should carry. */
  readonly bulk: number
  /** Milliseconds between two questions about a build that keeps changing; one that is quiet is asked about less often. */
  readonly interval: number
  /** What the farm has of this very request, whoever handed it over; undefined where there is nothing. */
  readonly find: (request: FarmModuleRequest) => Effect.Effect<FarmModuleFound | undefined, BuildSystemError>
  /**
   * Has the module built, and continues a build of it that failed. `before` is the revision of what `find` answered before the
   * first attempt, or undefined where that was nothing: a build of another revision is what such an attempt brought about, and
   * adopted. `Rejected` where the farm will never build it.
   */
  readonly handOver: (
    request: FarmModuleRequest,
    before: string | undefined
  ) => Effect.Effect<HandedOver, BuildSystemError>
  /** Asks for many builds; one answer per id, in order. What the farm has no record of is `gone`. */
  readonly observe: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<FarmModuleSeen>, BuildSystemError>
  /** Ends a build; one that has ended or is not there is left alone. */
  readonly cancel: (id: string) => Effect.Effect<void, BuildSystemError>
  /** What a build that is ready came to; fails with `gone` where it is not there. */
  readonly result: (id: string) => Effect.Effect<FarmModuleResult, BuildSystemError>
  /** Builds worth asking about now. Only a hint: it may repeat, lag, or stay silent. */
  readonly hints: Stream.Stream<string>
}
