/** Applies events to a build in memory: the pure middle of every store's transaction. */
import * as Result from "effect/Result"
import * as Change from "../modulebuild/Change.ts"
import type { ModuleBuild } from "../modulebuild/ModuleBuild.ts"
import type { ModuleBuildEvent } from "../modulebuild/ModuleBuildEvent.ts"
import { decide, type IllegalTransition } from "../modulebuild/Transition.ts"

export interface Application {
  readonly change: Change.Change
  /** Positions, in the list given, of the events that changed something. */
  readonly effective: ReadonlyArray<number>
}

/** Decides events one after the other and joins what they ask for. */
export const apply = (
  build: ModuleBuild,
  events: ReadonlyArray<ModuleBuildEvent>
): Result.Result<Application, IllegalTransition> => {
  let joined = Change.none(build)
  const effective: Array<number> = []
  for (const [position, event] of events.entries()) {
    const decided = decide(joined.build, event)
    if (Result.isFailure(decided)) return Result.fail(decided.failure)
    const next = decided.success
    if (!next.changed) continue
    effective.push(position)
    joined = {
      build: next.build,
      touched: new Set([...joined.touched, ...next.touched]),
      commands: [...joined.commands, ...next.commands],
      announcements: [...joined.announcements, ...next.announcements],
      changed: true
    }
  }
  return Result.succeed({ change: joined, effective })
}

/** The state after a whole history. */
export const replay = (
  build: ModuleBuild,
  events: ReadonlyArray<ModuleBuildEvent>
): Result.Result<ModuleBuild, IllegalTransition> => Result.map(apply(build, events), ({ change }) => change.build)
