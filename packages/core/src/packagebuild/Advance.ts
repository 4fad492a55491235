/**
 * What a package build does next: offer what may start, end what can never start, share what architectures share, finish.
 *
 * Called after every event that changes tasks, so each rule looks at the whole state and none at the past. Tasks come after all
 * they wait for in the plan, so one pass settles whole chains.
 */
import * as BuildTask from "./BuildTask.ts"
import * as Change from "./Change.ts"
import * as PackageBuild from "./PackageBuild.ts"
import type { TaskPlan } from "./PackagePlan.ts"
import * as TaskName from "./TaskName.ts"

/**
 * The change with everything that follows from it: tasks that may start are offered, those that can never start end,
 * shared packages are asked for, and a build whose tasks have all ended is finished. Only builds in `building` go on.
 * Linear in tasks.
 */
export const advance = (change: Change.Change, at: number): Change.Change =>
  change.state.state === "building" ? finish(store(settle(start(change, at))), at) : change

/** The names of what a task has to wait for: all that the plan says, or only its source package. */
export const prerequisites = (plan: TaskPlan, task: BuildTask.BuildTask): ReadonlyArray<string> => {
  if (task.alone !== true) return plan.after
  const source = TaskName.sourceOf(plan)
  return plan.after.filter((name) => name === source)
}

const start = (change: Change.Change, at: number): Change.Change => {
  const { plan, tasks } = change.state
  const next = new Map<string, BuildTask.BuildTask>()
  const now = (name: string): BuildTask.BuildTask => next.get(name) ?? tasks.get(name)!
  const offered: Array<{ readonly task: string; readonly attempt: number }> = []
  for (const one of plan.tasks) {
    const task = tasks.get(one.name)!
    if (task.state !== "waiting") continue
    const needed = prerequisites(one, task).map(now)
    const moved = needed.every(BuildTask.isPassed)
      ? withoutSource(one, task, now, at) ??
        { ...task, state: "queued" as const, reason: "A node may take it", queuedAt: at }
      : blocked(one, task, needed, at)
    if (moved === undefined) continue
    next.set(one.name, moved)
    if (moved.state === "queued") offered.push({ task: one.name, attempt: moved.attempt })
  }
  const moved = Change.tasks(change, [...next.values()])
  return offered.length === 0 ? moved : Change.command(moved, { _tag: "OfferTasks", tasks: offered })
}

/** What is excluded as a source is excluded everywhere. */
const withoutSource = (
  plan: TaskPlan,
  task: BuildTask.BuildTask,
  now: (name: string) => BuildTask.BuildTask,
  at: number
): BuildTask.BuildTask | undefined =>
  plan.arch !== TaskName.source && now(TaskName.sourceOf(plan)).state === "excluded"
    ? BuildTask.end(task, "excluded", "Its source package is excluded", at)
    : undefined

const blocked = (
  plan: TaskPlan,
  task: BuildTask.BuildTask,
  needed: ReadonlyArray<BuildTask.BuildTask>,
  at: number
): BuildTask.BuildTask | undefined => {
  const lost = needed.find(BuildTask.isLost)
  if (lost === undefined) return undefined
  // Whoever looks for the cause wants the first one of a chain.
  const root = lost.blockedBy ?? lost.name
  const error = root === TaskName.sourceOf(plan)
    ? `Not built: its source package could not be made, see ${root}`
    : `Not built: it waits for packages of ${root}, which did not succeed`
  return { ...BuildTask.end(task, "failed", error, at), error, blockedBy: root }
}

/**
 * Asks for all source packages to be put into their repositories, once no task is left that a node could take: so that is done while the last
 * ones are built, at once for all, and takes no time from what others wait for.
 */
export const store = (change: Change.Change): Change.Change => {
  if (change.state.state !== "building") return change
  const unasked: Array<BuildTask.BuildTask> = []
  for (const task of change.state.tasks.values()) {
    if (task.state === "waiting" || task.state === "queued") return change
    if (task.stored === false && task.storing !== true) unasked.push(task)
  }
  if (unasked.length === 0) return change
  const tasks = unasked.map(({ attempt, name }) => ({ task: name, attempt }))
  const marked = Change.tasks(change, unasked.map((task) => ({ ...task, storing: true })))
  return Change.command(marked, { _tag: "StoreSources", tasks })
}

/** Asks for what the architectures of a package share, once all of them have ended. */
const settle = (change: Change.Change): Change.Change => {
  const open = new Set<string>()
  // Only one of all architectures that has packages has nobody to share them with.
  const packed = new Map<string, number>()
  for (const plan of change.state.plan.tasks) {
    const task = change.state.tasks.get(plan.name)!
    const source = TaskName.sourceOf(plan)
    if (!BuildTask.isEnded(task)) open.add(source)
    else if (task.state === "completed" && plan.arch !== TaskName.source) {
      packed.set(source, (packed.get(source) ?? 0) + 1)
    }
  }
  const isShared = (source: string): boolean => (packed.get(source) ?? 0) > 1
  const unasked = change.state.plan.tasks.filter(({ arch, name }) =>
    arch === TaskName.source && !open.has(name) && change.state.tasks.get(name)!.settled === undefined
  )
  if (unasked.length === 0) return change
  const marked = Change.tasks(
    change,
    unasked.map(({ name }) => ({ ...change.state.tasks.get(name)!, settled: !isShared(name) }))
  )
  return unasked.filter(({ name }) => isShared(name)).reduce(
    (asked, { index, platform }) => Change.command(asked, { _tag: "SettleGroup", platform, index }),
    marked
  )
}

const finish = (change: Change.Change, at: number): Change.Change => {
  const { plan, tasks, testing } = change.state
  const all = [...tasks.values()]
  if (!all.every(BuildTask.isEnded) || all.some(BuildTask.isUnshared)) return change
  const { canceled, completed, excluded, failed } = PackageBuild.counts(change.state)
  const said = [[completed, "completed"], [failed, "failed"], [excluded, "excluded"], [canceled, "canceled"]] as const
  const reason = said.flatMap(([count, word]) => count === 0 ? [] : [`${count} ${word}`]).join(", ")
  const finished = Change.moveTo(change, "finished", `All tasks have ended: ${reason}`, at)
  const testable = plan.tasks.some(({ arch, name }) =>
    arch !== TaskName.source && tasks.get(name)!.state === "completed"
  )
  return !testable || testing === "canceled"
    ? finished
    : Change.command(Change.progress(finished, { testing: "wanted" }, at), { _tag: "MakeTests" })
}
