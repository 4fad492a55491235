/**
 * A change to a package build under construction: what is different, what is to be done, what is to be told.
 *
 * Only changed tasks are kept, since storage writes exactly those.
 */
import * as LifeChange from "../life/LifeChange.ts"
import * as Announcing from "./Announcing.ts"
import type { BuildTask } from "./BuildTask.ts"
import type { PackageBuild, PackageBuildState, Progress } from "./PackageBuild.ts"
import type { PackageBuildCommand } from "./PackageBuildCommand.ts"

/** A change to a package build. */
export type Change = LifeChange.Change<PackageBuild, PackageBuildCommand>

/** The change that changes nothing, to begin with. */
export const none: (state: PackageBuild) => Change = LifeChange.none

/** Sets fields of the build's own, and when it was modified (milliseconds since the epoch). */
export const progress = (self: Change, fields: Partial<Progress>, at: number): Change => ({
  ...self,
  state: { ...self.state, ...fields, modifiedAt: at },
  changed: true
})

/** Moves to a state, which everybody is told of. A build that goes on after its end has no end. */
export const moveTo = (self: Change, to: PackageBuildState, reason: string, at: number): Change => {
  const { finishedAt, ...rest } = self.state
  const ended = to === "finished" ? at : to === "removed" ? finishedAt : undefined
  const state: PackageBuild = {
    ...rest,
    state: to,
    reason,
    modifiedAt: at,
    ...(ended === undefined ? {} : { finishedAt: ended })
  }
  return { ...self, state, changed: true, announcements: [...self.announcements, Announcing.buildState(state)] }
}

/**
 * Replaces tasks, telling of those whose state or attempt is another. Tasks that the build does not have, and those
 * that are the very same, are left out; where none is left the change is returned as it is.
 */
export const tasks = (self: Change, replaced: ReadonlyArray<BuildTask>): Change => {
  const all = new Map(self.state.tasks)
  const touched = new Set(self.touched)
  const told: Array<BuildTask> = []
  let differs = false
  for (const task of replaced) {
    const before = all.get(task.name)
    if (before === undefined || before === task) continue
    differs = true
    all.set(task.name, task)
    touched.add(task.name)
    if (before.state !== task.state || before.attempt !== task.attempt) told.push(task)
  }
  if (!differs) return self
  const positions = told.length === 0 ? new Map<string, number>() : positionsOf(self.state)
  return {
    ...self,
    state: { ...self.state, tasks: all },
    touched,
    changed: true,
    announcements: [
      ...self.announcements,
      ...told.map((task) => Announcing.taskState(self.state, task, positions.get(task.name)!))
    ]
  }
}

const positionsOf = ({ plan }: PackageBuild): ReadonlyMap<string, number> =>
  new Map(plan.tasks.map(({ name }, position) => [name, position]))

/** Adds a command, to be run in `delay` seconds at the earliest. */
export const command = (self: Change, wanted: PackageBuildCommand, delay = 0): Change => ({
  ...self,
  commands: [...self.commands, { command: wanted, delay }],
  changed: true
})
