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
import type { ModuleBuildEvent } from "../../modulebuild/ModuleBuildEvent.ts"
import type { ModulePlan } from "../../modulebuild/ModulePlan.ts"
import type { IllegalTransition } from "../../modulebuild/Transition.ts"
import {
  type Applied,
  type ModuleBuildExists,
  type ModuleBuildNotFound,
  ProcessStore,
  type StoreUnavailable
} from "../../ports/ProcessStore.ts"

/** Why a request about a build is refused: its state does not allow it, there is no such build, or the store is away. */
export type Refusal = IllegalTransition | ModuleBuildNotFound | StoreUnavailable

export interface Interface {
  /** Starts a module build. Answers as soon as it is stored. */
  readonly submit: (plan: ModulePlan, by: string) => Effect.Effect<Applied, ModuleBuildExists | StoreUnavailable>
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

export class ModuleBuildEngine extends Context.Service<ModuleBuildEngine, Interface>()(
  "@orch/core/engine/modulebuild/ModuleBuildEngine"
) {
  static readonly layer: Layer.Layer<ModuleBuildEngine, never, ProcessStore> = Layer.effect(
    ModuleBuildEngine,
    Effect.gen(function*() {
      const store = yield* ProcessStore
      const ask = Effect.fnUntraced(function*(id: number, event: (at: number) => ModuleBuildEvent) {
        const at = yield* Clock.currentTimeMillis
        return yield* store.apply(id, [{ event: event(at), key: undefined }])
      })
      return {
        submit: Effect.fn("ModuleBuildEngine.submit")(function*(plan, by) {
          const at = yield* Clock.currentTimeMillis
          return yield* store.create(plan, { _tag: "Submitted", at, by })
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
