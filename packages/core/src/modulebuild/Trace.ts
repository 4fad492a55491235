/** The states a module build went through, each with its reason and the event that caused it, found by replaying. */
import * as Result from "effect/Result"
import { type ModuleBuildState, unborn } from "./ModuleBuild.ts"
import type { ModuleBuildEvent } from "./ModuleBuildEvent.ts"
import type { ModulePlan } from "./ModulePlan.ts"
import { decide } from "./Transition.ts"

/** A state that the build came into. */
export interface Step {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly state: ModuleBuildState
  readonly reason: string
  /** Tag of the event. */
  readonly cause: ModuleBuildEvent["_tag"]
}

/**
 * The states that a build went through, oldest first, by replaying its events from the beginning. `id` is the build's.
 */
export const trace = (id: number, plan: ModulePlan, events: ReadonlyArray<ModuleBuildEvent>): ReadonlyArray<Step> => {
  const steps: Array<Step> = []
  let build = unborn(id, plan)
  for (const event of events) {
    const decided = decide(build, event)
    // Stored events were decided once already; one that no longer fits says nothing about states.
    if (Result.isFailure(decided)) continue
    for (const { body, topic } of decided.success.announcements) {
      if (topic !== "module-build.state") continue
      const { state, state_reason: reason } = body as {
        readonly state: ModuleBuildState
        readonly state_reason: string
      }
      steps.push({ at: event.at, state, reason, cause: event._tag })
    }
    build = decided.success.build
  }
  return steps
}
