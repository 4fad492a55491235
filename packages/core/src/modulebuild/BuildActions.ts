/** What can be asked of a module build in the state it is in, and what would follow, found by deciding without storing. */
import * as Result from "effect/Result"
import * as Component from "./ComponentBuild.ts"
import type { ModuleBuild } from "./ModuleBuild.ts"
import type { ModuleBuildEvent } from "./ModuleBuildEvent.ts"
import { decide } from "./Transition.ts"

/** What people can ask of a build as a whole. */
export const actions = ["cancel", "resume", "prioritize", "retire"] as const
/** One of them. */
export type Action = (typeof actions)[number]

/** What would follow. */
export interface Consequence {
  /** One sentence. */
  readonly sentence: string
  /** Tasks of the farm that would be ended. */
  readonly ended: number
  /** Components that are built and stay so. */
  readonly kept: number
  /** Components that would be built, or built again. */
  readonly built: number
}

/** One action, with why it is not possible, or what would follow. */
export interface Possible {
  readonly action: Action | "retry"
  /** Of `retry`. */
  readonly component: string | undefined
  readonly refusal: string | undefined
  readonly consequence: Consequence | undefined
}

/** Components whose retry is looked at, the first of those that did not succeed. */
const mostRetries = 20

/** All actions in the order of `actions`, then the retry of each component that did not succeed. `at` is now, `by` who asks. */
export const possible = (build: ModuleBuild, by: string, at: number): ReadonlyArray<Possible> => {
  const ask = (action: Possible["action"], event: ModuleBuildEvent, component?: string): Possible => {
    const decided = decide(build, event)
    if (Result.isFailure(decided)) {
      return { action, component, refusal: decided.failure.message, consequence: undefined }
    }
    const { build: after, changed, commands } = decided.success
    if (!changed && action !== "prioritize") {
      return {
        action,
        component,
        refusal: `It would change nothing: the build is in ${build.state}`,
        consequence: undefined
      }
    }
    const ended = commands.reduce(
      (sum, { command }) => sum + (command._tag === "CancelTasks" ? command.tasks.length : 0),
      0
    )
    const all = [...after.components.values()]
    const kept = all.filter(Component.isBuilt).length
    const built = after.state === "init" || after.state === "wait" || after.state === "build" ? all.length - kept : 0
    return {
      action,
      component,
      refusal: undefined,
      consequence: { sentence: say(action, component, ended, kept, built), ended, kept, built }
    }
  }
  return [
    ask("cancel", { _tag: "CancelRequested", at, by }),
    ask("resume", { _tag: "ResumeRequested", at, by }),
    ask("prioritize", { _tag: "PriorityRequested", at, by, priority: 0 }),
    ask("retire", { _tag: "RetireRequested", at, by }),
    ...[...build.components.values()].filter(Component.isLost).slice(0, mostRetries).map(({ name }) =>
      ask("retry", { _tag: "RetryRequested", at, by, component: name }, name)
    )
  ]
}

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`

const say = (
  action: Possible["action"],
  component: string | undefined,
  ended: number,
  kept: number,
  built: number
): string => {
  switch (action) {
    case "cancel":
      return ended === 0
        ? `No task is under way; ${
          count(kept, "component that is built is", "components that are built are")
        } kept for a resumption.`
        : `${count(ended, "task is", "tasks are")} ended; ${
          count(kept, "component that is built is", "components that are built are")
        } kept for a resumption.`
    case "resume":
      return `${count(kept, "component that is built is", "components that are built are")} kept, ${
        count(built, "is", "are")
      } built.`
    case "retry":
      return `${component} is built once more; ${
        count(kept, "component that is built is", "components that are built are")
      } kept.`
    case "prioritize":
      return "Components that wait go before or behind those of other builds."
    case "retire":
      return "Nothing new is built against it; what was built with it stays."
  }
}
