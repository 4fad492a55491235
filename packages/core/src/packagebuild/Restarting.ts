/** Another attempt at what was lost, and at nothing else. */
import * as BuildTask from "./BuildTask.ts"
import * as Change from "./Change.ts"
import type { PackageBuild } from "./PackageBuild.ts"
import * as TaskName from "./TaskName.ts"

/** Names of the tasks that get another attempt: all that were lost, or one of them with those that it blocked. */
export const restartable = ({ plan, tasks }: PackageBuild, only: string | undefined): ReadonlyArray<string> => {
  const lost = plan.tasks.filter(({ name }) => BuildTask.isLost(tasks.get(name)!))
  if (only === undefined) return lost.map(({ name }) => name)
  // Whoever restarts a task that never began means what kept it from beginning.
  const meant = tasks.get(only)?.blockedBy ?? only
  return lost.flatMap(({ name }) => name === meant || tasks.get(name)!.blockedBy === meant ? [name] : [])
}

/** Puts tasks back to where they began; what their packages' architectures share has to be shared again. */
export const restart = (
  change: Change.Change,
  names: ReadonlyArray<string>,
  reason: string,
  parallel: boolean
): Change.Change => {
  const { plan, tasks } = change.state
  const again = new Set(names)
  const sources = new Set(plan.tasks.flatMap((task) => again.has(task.name) ? [TaskName.sourceOf(task)] : []))
  return Change.tasks(
    change,
    plan.tasks.flatMap(({ name }) => {
      const task = tasks.get(name)!
      if (again.has(name)) return [withSource(change.state, BuildTask.again(task, reason, parallel))]
      if (!sources.has(name)) return []
      const { settled: _, ...kept } = task
      return [kept]
    })
  )
}

/** A task that builds from a source package that is there keeps it among its artifacts. */
const withSource = ({ plan, tasks }: PackageBuild, task: BuildTask.BuildTask): BuildTask.BuildTask => {
  const own = plan.tasks.find(({ name }) => name === task.name)!
  const source = tasks.get(TaskName.sourceOf(own))
  return own.arch === TaskName.source || source?.state !== "completed"
    ? task
    : { ...task, artifacts: BuildTask.packages(source) }
}
