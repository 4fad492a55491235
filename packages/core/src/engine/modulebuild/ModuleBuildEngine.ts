/**
 * Runs module builds: takes what people ask, applies it, runs the commands that follow, and asks the build system what
 * has become of its tasks.
 *
 * The engine remembers nothing between events. Any number of processes may run it on one store; each may be killed at any
 * moment.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { IllegalTransition } from "../../life/IllegalTransition.ts"
import { unkeyed } from "../../life/Keyed.ts"
import type { ModuleBuild } from "../../modulebuild/ModuleBuild.ts"
import type { ModuleBuildEvent } from "../../modulebuild/ModuleBuildEvent.ts"
import type { ModulePlan } from "../../modulebuild/ModulePlan.ts"
import { ModuleBuilds } from "../../ports/modulebuild/ModuleBuilds.ts"
import type * as ProcessStore from "../../ports/ProcessStore.ts"
import type { StoreUnavailable } from "../../ports/StoreUnavailable.ts"

/** A build as it is after a request. */
export type Applied = ProcessStore.Applied<ModuleBuild>
/** Why a request about a build is refused: its state does not allow it, there is no such build, or the store is away. */
export type Refusal = IllegalTransition | ProcessStore.ProcessNotFound | StoreUnavailable

/**
 * What can be asked of module builds. `by` says who asks, for the history. A request that is met already changes
 * nothing.
 */
export interface Interface {
  /** Starts a module build. Answers as soon as it is stored. */
  readonly submit: (
    plan: ModulePlan,
    by: string
  ) => Effect.Effect<Applied, ProcessStore.ProcessExists | StoreUnavailable>
  /**
   * Brings a module in ready-made; `known` is the id of the build that it replaces, where there is one. Refused while that one is
   * under way.
   */
  readonly importModule: (plan: ModulePlan, by: string, known?: number) => Effect.Effect<Applied, Refusal>
  /** Ends a build in `init`, `wait` or `build`: its tasks are called off, and it fails. */
  readonly cancel: (id: number, by: string) => Effect.Effect<Applied, Refusal>
  /** Continues a failed build where it stopped. */
  readonly resume: (id: number, by: string) => Effect.Effect<Applied, Refusal>
  /** Gives one failed component another attempt. */
  readonly retry: (id: number, component: string, by: string) => Effect.Effect<Applied, Refusal>
  /** Has a build come before others (up to 100) or after them (down to -100) where components wait for the farm. */
  readonly prioritize: (id: number, priority: number, by: string) => Effect.Effect<Applied, Refusal>
  /** Takes a ready build from those that others are built against, or a failed one from those that can be resumed. */
  readonly retire: (id: number, by: string, reason?: string) => Effect.Effect<Applied, Refusal>
}

/** The requests of people, on their way into the store. */
export class ModuleBuildEngine extends Context.Service<ModuleBuildEngine, Interface>()(
  "@orch/core/engine/modulebuild/ModuleBuildEngine"
) {
  static readonly layer: Layer.Layer<ModuleBuildEngine, never, ModuleBuilds> = Layer.effect(
    ModuleBuildEngine,
    Effect.gen(function*() {
      const store = yield* ModuleBuilds
      const ask = Effect.fnUntraced(function*(id: number, event: (at: number) => ModuleBuildEvent) {
        const at = yield* Clock.currentTimeMillis
        return yield* store.apply(id, unkeyed([event(at)]))
      })
      return {
        submit: Effect.fn("ModuleBuildEngine.submit")(function*(plan, by) {
          const at = yield* Clock.currentTimeMillis
          return yield* store.create(plan, { _tag: "Submitted", at, by })
        }),
        importModule: Effect.fn("ModuleBuildEngine.importModule")(function*(plan, by, known) {
          const again = (id: number) => ask(id, (at) => ({ _tag: "Imported", at, by, plan }))
          if (known !== undefined) return yield* again(known)
          const at = yield* Clock.currentTimeMillis
          return yield* store.create(plan, { _tag: "Imported", at, by }).pipe(
            // Somebody else brought it in at the same moment.
            Effect.catchTag("ProcessExists", ({ id }) => again(id))
          )
        }),
        cancel: (id, by) => ask(id, (at) => ({ _tag: "CancelRequested", at, by })),
        resume: (id, by) => ask(id, (at) => ({ _tag: "ResumeRequested", at, by })),
        retry: (id, component, by) => ask(id, (at) => ({ _tag: "RetryRequested", at, by, component })),
        prioritize: (id, priority, by) => ask(id, (at) => ({ _tag: "PriorityRequested", at, by, priority })),
        retire: (id, by, reason) =>
          ask(id, (at) => ({ _tag: "RetireRequested", at, by, ...(reason === undefined ? {} : { reason }) }))
      }
    })
  )
}
