/** What nodes report, and what of it arrives in the build's repositories. */
import { advance, store } from "./Advance.ts"
import * as ArtifactPlace from "./ArtifactPlace.ts"
import * as BuildTask from "./BuildTask.ts"
import * as Change from "./Change.ts"
import * as Multilib from "./Multilib.ts"
import * as Noarch from "./Noarch.ts"
import * as NodeReport from "./NodeReport.ts"
import * as PackageBuild from "./PackageBuild.ts"
import type { PackageBuildEvent } from "./PackageBuildEvent.ts"
import type { TaskPlan } from "./PackagePlan.ts"
import * as TaskName from "./TaskName.ts"

type Of<Tag extends PackageBuildEvent["_tag"]> = Extract<PackageBuildEvent, { readonly _tag: Tag }>

const find = (
  { plan, tasks }: PackageBuild.PackageBuild,
  { attempt, task: name }: { readonly task: string; readonly attempt: number }
): { readonly plan: TaskPlan; readonly task: BuildTask.BuildTask } | undefined => {
  const task = tasks.get(name)
  const found = plan.tasks.find((one) => one.name === name)
  return task === undefined || found === undefined || task.attempt !== attempt ? undefined : { plan: found, task }
}

/** Nodes have taken tasks. What is not queued or out any more, or is another attempt, stays as it is. */
export const started = (change: Change.Change, event: Of<"TasksStarted">): Change.Change =>
  store(
    Change.tasks(
      change,
      event.tasks.flatMap((one) => {
        const found = find(change.state, one)
        if (found === undefined || !BuildTask.isOut(found.task)) return []
        if (found.task.state === "started" && found.task.node === one.node) return []
        return [{
          ...found.task,
          state: "started" as const,
          node: one.node,
          reason: `Being built by ${one.node}`,
          startedAt: event.at
        }]
      })
    )
  )

/**
 * A node says how a task ended. A report that cannot be true of the task fails it; what comes for a task that is not
 * out changes nothing.
 */
export const reported = (change: Change.Change, event: Of<"TaskReported">): Change.Change => {
  const found = find(change.state, event)
  if (found === undefined || !BuildTask.isOut(found.task)) return change
  const told = {
    ...found.task,
    node: event.node,
    startedAt: event.startedAt ?? found.task.startedAt ?? event.at,
    ...(event.commit === undefined ? {} : { commit: event.commit }),
    ...(event.stats === undefined ? {} : { stats: event.stats })
  }
  const taken = (task: BuildTask.BuildTask): Change.Change =>
    advance(withTaking(Change.tasks(change, [BuildTask.withArtifacts(task, event.artifacts)]), event), event.at)
  switch (event.status) {
    case "failed":
      return taken(BuildTask.end(told, "failed", `${event.node} could not build it`, event.at))
    case "excluded":
      return taken(BuildTask.end(told, "excluded", `Its package is not meant for ${found.plan.arch}`, event.at))
    case "done": {
      const lies = NodeReport.problems(found.plan, event.artifacts, sourceOf(change.state, found.plan) !== undefined)
      if (lies.length === 0) {
        return taken({ ...told, state: "processing", reason: "What it left behind is being taken in" })
      }
      const error = `What ${event.node} reports does not fit: ${lies.slice(0, 10).join("; ")}`
      return advance(Change.tasks(change, [{ ...BuildTask.end(told, "failed", error, event.at), error }]), event.at)
    }
  }
}

const withTaking = (change: Change.Change, { artifacts, attempt, task }: Of<"TaskReported">): Change.Change =>
  artifacts.length === 0 ? change : Change.command(change, { _tag: "TakeArtifacts", task, attempt })

const sourceOf = ({ tasks }: PackageBuild.PackageBuild, plan: TaskPlan): BuildTask.BuildTask["srpm"] =>
  tasks.get(TaskName.sourceOf(plan))?.srpm

/**
 * What a task left is in the build's repositories: a task in `processing` is completed by that, others only get the
 * files.
 */
export const taken = (change: Change.Change, event: Of<"ArtifactsTaken">): Change.Change => {
  const found = find(change.state, event)
  if (found === undefined) return change
  const task = BuildTask.withArtifacts(found.task, event.artifacts)
  // Logs of what has failed are taken in as well.
  if (found.task.state === "failed" || found.task.state === "excluded") return Change.tasks(change, [task])
  if (found.task.state !== "processing") return change
  const isUnstored = event.unstored === true
  const reason = isUnstored ? "Its source package can be built from" : "Its packages are in the build's repositories"
  const done = {
    ...BuildTask.end(task, "completed", reason, event.at),
    ...(event.srpm === undefined ? {} : { srpm: event.srpm }),
    ...(isUnstored ? { stored: false } : {})
  }
  const completed = Change.tasks(change, [done])
  return advance(found.plan.arch === TaskName.source ? withSources(completed, found.plan, done) : completed, event.at)
}

/** A source package is in its repository, or the task fails after all, since nobody could install from there what it says it made. */
export const stored = (change: Change.Change, event: Of<"SourcesStored">): Change.Change => {
  const found = find(change.state, event)
  if (found?.task.stored !== false) return change
  const { error } = event
  const task = error === undefined ? found.task : { ...BuildTask.end(found.task, "failed", error, event.at), error }
  return advance(Change.tasks(change, [{ ...task, stored: true }]), event.at)
}

/** The source package is an artifact of all that is built from it. */
const withSources = (change: Change.Change, plan: TaskPlan, source: BuildTask.BuildTask): Change.Change => {
  const srpms = source.artifacts.filter(({ name }) => ArtifactPlace.isSource(name))
  return Change.tasks(
    change,
    PackageBuild.group(change.state, plan).flatMap(({ task }) =>
      task.state === "waiting" ? [BuildTask.withArtifacts(task, srpms)] : []
    )
  )
}

/** What a task left cannot be taken, so a task in `processing` fails with that reason. */
export const refused = (change: Change.Change, event: Of<"ArtifactsRefused">): Change.Change => {
  const found = find(change.state, event)
  if (found === undefined || found.task.state !== "processing") return change
  const failed = { ...BuildTask.end(found.task, "failed", event.reason, event.at), error: event.reason }
  return advance(Change.tasks(change, [failed]), event.at)
}

/** No node brought the task to an end, so it fails with that reason; nothing where it is not out. */
export const abandoned = (change: Change.Change, event: Of<"TaskAbandoned">): Change.Change => {
  const found = find(change.state, event)
  if (found === undefined || !BuildTask.isOut(found.task)) return change
  const failed = { ...BuildTask.end(found.task, "failed", event.reason, event.at), error: event.reason }
  return advance(Change.tasks(change, [failed]), event.at)
}

/**
 * What the architectures of a package share, as it is to be added to the tasks of the group: multilib packages and
 * those without architecture. Empty where nothing is shared.
 */
export const shared = (
  state: PackageBuild.PackageBuild,
  group: { readonly platform: string; readonly index: number },
  multilib: ReadonlyArray<string>
): ReadonlyArray<Noarch.Spread> => {
  const members = PackageBuild.group(state, group).filter(({ plan }) => plan.arch !== TaskName.source)
  const spread = Noarch.spread(members.map(({ task }) => task))
  const taken = members.flatMap(({ plan, task }): ReadonlyArray<Noarch.Spread> => {
    const companion = members.find(({ plan: { arch } }) => arch === Multilib.companions.get(plan.arch))
    if (task.state !== "completed" || companion?.task.state !== "completed") return []
    const added = Multilib.select(task, companion.task, multilib)
    return added.length === 0 ? [] : [{ task: task.name, added, replaced: [] }]
  })
  return [...spread, ...taken]
}

/** What architectures share has been shared: the tasks get it, and the build may finish. */
export const settled = (change: Change.Change, event: Of<"GroupSettled">): Change.Change => {
  const source = change.state.tasks.get(TaskName.make(event.platform, TaskName.source, event.index))
  if (source === undefined || source.settled !== false) return change
  const marked = Change.tasks(change, [{ ...source, settled: true }])
  return advance(
    shared(change.state, event, event.multilib).reduce(
      (joined, { added, task }) =>
        Change.tasks(joined, [BuildTask.withArtifacts(joined.state.tasks.get(task)!, added)]),
      marked
    ),
    event.at
  )
}

/** Files carry a signature: they are other files from now on, under the storage's new names. */
export const signed = (change: Change.Change, event: Of<"Signed">): Change.Change => {
  const replaced = new Map(event.artifacts.map((one) => [one.from, one]))
  const signing = (artifact: BuildTask.TaskArtifact): BuildTask.TaskArtifact => {
    const to = replaced.get(artifact.href)
    return to === undefined
      ? artifact
      : { ...artifact, href: to.to, ...(to.sha256 === undefined ? {} : { sha256: to.sha256 }) }
  }
  const differing = [...change.state.tasks.values()].flatMap((task) =>
    task.artifacts.some(({ href }) => replaced.has(href))
      ? [{ ...task, artifacts: task.artifacts.map(signing) }]
      : []
  )
  return Change.progress(Change.tasks(change, differing), { signedBy: event.key }, event.at)
}
