/**
 * How a package build gets from one state to the next: one table, every event in it.
 *
 * Events of the outside world (reports of nodes, answers to commands) may come late, twice or never; where they do not fit they
 * change nothing. Requests of people that make no sense are refused with `IllegalTransition`; those that ask for what is so
 * already change nothing.
 */
import * as Result from "effect/Result"
import * as Delays from "../farm/Delays.ts"
import { IllegalTransition } from "../life/IllegalTransition.ts"
import * as LifeChange from "../life/LifeChange.ts"
import { advance } from "./Advance.ts"
import * as Announcing from "./Announcing.ts"
import * as BuildTask from "./BuildTask.ts"
import * as Change from "./Change.ts"
import type { PackageBuild } from "./PackageBuild.ts"
import type { PackageBuildEvent } from "./PackageBuildEvent.ts"
import * as Restarting from "./Restarting.ts"
import * as Taking from "./Taking.ts"

/** The build as it is afterwards with the commands and announcements that follow, or why the event cannot happen now. */
export type Decision = Result.Result<Change.Change, IllegalTransition>
type Of<Tag extends PackageBuildEvent["_tag"]> = Extract<PackageBuildEvent, { readonly _tag: Tag }>

/**
 * What follows from an event.
 *
 * Has an answer to every event in every state; `changed` is false where the event has nothing to say. Fails with
 * `IllegalTransition` where a person asks for what makes no sense in this state.
 */
export const decide = (build: PackageBuild, event: PackageBuildEvent): Decision =>
  Result.map(decideOn(build, event), (change) => LifeChange.modified(change, event.at))

const decideOn = (build: PackageBuild, event: PackageBuildEvent): Decision => {
  const start = Change.none(build)
  if (event._tag === "CommandDelayed") return Result.succeed(delayed(start, event))
  if (build.state === "removed") return removed(start, event)
  switch (event._tag) {
    case "Submitted":
      return Result.succeed(build.createdAt === 0 ? submitted(start, event) : start)
    case "RepositoriesPrepared":
      return Result.succeed(build.state === "preparing" ? prepared(start, event) : start)
    case "TasksStarted":
      return Result.succeed(Taking.started(start, event))
    case "TaskReported":
      return Result.succeed(Taking.reported(start, event))
    case "TaskAbandoned":
      return Result.succeed(Taking.abandoned(start, event))
    case "ArtifactsTaken":
      return Result.succeed(Taking.taken(start, event))
    case "ArtifactsRefused":
      return Result.succeed(Taking.refused(start, event))
    case "SourcesStored":
      return Result.succeed(Taking.stored(start, event))
    case "GroupSettled":
      return Result.succeed(Taking.settled(start, event))
    case "TestsMade":
      return Result.succeed(
        build.testing === "wanted" ? Change.progress(start, { testing: "made" }, event.at) : start
      )
    case "Signed":
      return Result.succeed(
        build.signedBy === event.key && event.artifacts.length === 0 ? start : Taking.signed(start, event)
      )
    case "Released":
      return Result.succeed(released(start, event))
    case "CommandRejected":
      return Result.succeed(rejected(start, event))
    case "RestartRequested":
      return restart(start, event)
    case "CancelRequested":
      return Result.succeed(cancel(start, event))
    case "TestsCancelRequested":
      return Result.succeed(
        build.testing === "canceled" ? start : Change.progress(start, { testing: "canceled" }, event.at)
      )
    case "PriorityRequested":
      return Result.succeed(
        build.priority === event.priority
          ? start
          : Change.command(Change.progress(start, { priority: event.priority }, event.at), { _tag: "PrioritizeTasks" })
      )
    case "RemoveRequested":
      return build.release === undefined
        ? Result.succeed(remove(start, event))
        : refuse(build, event, "a released build cannot be removed")
  }
}

const refuse = (build: PackageBuild, event: PackageBuildEvent, message: string): Decision =>
  Result.fail(
    new IllegalTransition({ state: build.state, event: event._tag, message: `${message}; this one is ${build.state}` })
  )

const removed = (start: Change.Change, event: PackageBuildEvent): Decision => {
  switch (event._tag) {
    case "RestartRequested":
    case "PriorityRequested":
      return refuse(start.state, event, "only a build that is there can be changed")
    default:
      return Result.succeed(start)
  }
}

/** Others are told once of a system that is away. */
const delayed = (start: Change.Change, event: Of<"CommandDelayed">): Change.Change => {
  const hasEnded = start.state.state === "finished" || start.state.state === "removed"
  const next = Delays.tell(start.state, event, hasEnded)
  return next === undefined ? start : {
    ...start,
    state: next.state,
    changed: true,
    announcements: next.told === undefined || hasEnded
      ? start.announcements
      : [...start.announcements, Announcing.buildState(next.state)]
  }
}

const submitted = (start: Change.Change, event: Of<"Submitted">): Change.Change =>
  Change.command(
    Change.moveTo(
      Change.progress(start, { createdAt: event.at }, event.at),
      "preparing",
      `Submitted by ${event.by}`,
      event.at
    ),
    { _tag: "PrepareRepositories" }
  )

const prepared = (start: Change.Change, event: Of<"RepositoriesPrepared">): Change.Change =>
  advance(
    Change.moveTo(
      Change.progress(start, { repositories: event.repositories }, event.at),
      "building",
      "Its repositories are there",
      event.at
    ),
    event.at
  )

const released = (start: Change.Change, event: Of<"Released">): Change.Change => {
  if (start.state.release === event.release) return start
  const { release: _, ...without } = start.state
  return event.release === undefined
    ? { ...start, state: { ...without, modifiedAt: event.at }, changed: true }
    : Change.progress(start, { release: event.release }, event.at)
}

/** What can never be done ends what waits for it. What has ended before keeps its end. */
const rejected = (start: Change.Change, event: Of<"CommandRejected">): Change.Change => {
  const { state } = start.state
  if (state === "finished") return start
  const open = [...start.state.tasks.values()].filter((task) => !BuildTask.isEnded(task) || BuildTask.isUnshared(task))
  const error = `${event.command} is not possible: ${event.reason}`
  const ended = Change.tasks(
    withdrawn(start, open),
    open.map((task) => ({
      // What is not in its repository is not there for anybody.
      ...(BuildTask.isEnded(task) && task.stored !== false
        ? task
        : { ...BuildTask.end(task, "failed", error, event.at), error }),
      ...(task.settled === false ? { settled: true } : {}),
      ...(task.stored === false ? { stored: true } : {})
    }))
  )
  const building = state === "preparing" ? Change.moveTo(ended, "building", error, event.at) : ended
  return advance(building, event.at)
}

const withdrawn = (change: Change.Change, tasks: ReadonlyArray<BuildTask.BuildTask>): Change.Change => {
  const out = tasks.filter(BuildTask.isOut).map(({ attempt, name }) => ({ task: name, attempt }))
  return out.length === 0 ? change : Change.command(change, { _tag: "WithdrawTasks", tasks: out })
}

const canceled = (start: Change.Change, { at, by }: Of<"CancelRequested" | "RemoveRequested">): Change.Change => {
  const open = [...start.state.tasks.values()].filter((task) => !BuildTask.isEnded(task))
  const error = `Canceled by ${by}`
  return Change.tasks(
    withdrawn(start, open),
    open.map((task) => ({ ...BuildTask.end(task, "canceled", error, at), error }))
  )
}

/** Also of tasks that a node has: its report will be late, and late reports change nothing. */
const cancel = (start: Change.Change, event: Of<"CancelRequested">): Change.Change => {
  if (start.state.state === "finished") return start
  const ended = canceled(start, event)
  if (!ended.changed) return start
  // Of a build whose repositories are not made yet there is nothing to share either.
  return advance(
    start.state.state === "preparing" ? Change.moveTo(ended, "building", `Canceled by ${event.by}`, event.at) : ended,
    event.at
  )
}

const restart = (start: Change.Change, event: Of<"RestartRequested">): Decision => {
  const { state } = start
  if (event.task !== undefined && !state.tasks.has(event.task)) {
    return refuse(state, event, `the build has no task ${event.task}`)
  }
  const names = Restarting.restartable(state, event.task)
  if (names.length === 0) return Result.succeed(start)
  const reason = `Restarted by ${event.by}`
  const again = Restarting.restart(start, names, reason, event.parallel === true)
  // Without repositories the build has to begin where it began first.
  if (state.repositories.length === 0) {
    return Result.succeed(
      Change.command(Change.moveTo(again, "preparing", reason, event.at), { _tag: "PrepareRepositories" })
    )
  }
  const testing = state.testing === "canceled" ? "canceled" : "none"
  return Result.succeed(
    advance(Change.progress(Change.moveTo(again, "building", reason, event.at), { testing }, event.at), event.at)
  )
}

const remove = (start: Change.Change, event: Of<"RemoveRequested">): Change.Change =>
  Change.command(
    Change.moveTo(canceled(start, event), "removed", `Removed by ${event.by}`, event.at),
    { _tag: "RemoveRepositories" }
  )
