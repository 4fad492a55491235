/**
 * What the build system's answers mean for a module build. Each of these may come late, twice, or for an attempt that is
 * over; such answers change nothing, except that a task nobody wants any more is called off.
 */
import type { TaskId } from "../farm/Task.ts"
import { advance } from "./Advance.ts"
import * as Change from "./Change.ts"
import * as Component from "./ComponentBuild.ts"
import type { ComponentBuild } from "./ComponentBuild.ts"
import { fail } from "./Failure.ts"
import { read } from "./ModuleBuild.ts"
import type { ModuleBuildEvent } from "./ModuleBuildEvent.ts"

type Of<Tag extends ModuleBuildEvent["_tag"]> = Extract<ModuleBuildEvent, { readonly _tag: Tag }>

/** A repository generation that fails this often in a row is not asked for again. */
const repositoryAttempts = 3

/**
 * The farm has answered submissions: components that wait for an answer are `building` or, where they were refused,
 * `failed`. Tasks of attempts that are over are called off.
 */
export const submissions = (start: Change.Change, event: Of<"ComponentsSubmitted">): Change.Change => {
  const updated: Array<ComponentBuild> = []
  const unwanted: Array<TaskId> = []
  for (const submission of event.submissions) {
    const component = start.build.components.get(submission.component)
    if (component === undefined) continue
    const current = component.attempt === submission.attempt
    if (current && component.state === "submitting" && start.build.state === "build") {
      updated.push(answered(component, submission, event.at))
    } else if (submission.task !== undefined && component.task !== submission.task && !isWanted(component)) {
      unwanted.push(submission.task)
    }
  }
  const change = Change.components(start, updated)
  if (updated.length > 0) return advance(change, event.at)
  return unwanted.length === 0 ? change : Change.command(change, { _tag: "CancelTasks", tasks: unwanted })
}

/** A task of an attempt that was called off while the farm was still answering. */
const isWanted = (component: ComponentBuild): boolean => component.state !== "canceled" && component.state !== "failed"

const answered = (
  component: ComponentBuild,
  submission: Of<"ComponentsSubmitted">["submissions"][number],
  at: number
): ComponentBuild =>
  submission.task === undefined
    ? { ...component, state: "failed", reason: submission.rejected ?? "Refused by the build system", finishedAt: at }
    : {
      ...component,
      state: "building",
      task: submission.task,
      submittedAt: at,
      reason: "Submitted to the build system"
    }

/** Only why they wait is different; they are still to be submitted. */
export const held = (start: Change.Change, event: Of<"ComponentsHeld">): Change.Change =>
  Change.components(
    start,
    event.held.flatMap(({ component: name, reason }) => {
      const component = start.build.components.get(name)
      return component?.state === "submitting" && component.reason !== reason ? [{ ...component, reason }] : []
    })
  )

/** The farm was asked about tasks: components that it builds follow them. A task that is `gone` is submitted again. */
export const tasks = (start: Change.Change, event: Of<"TasksObserved">): Change.Change => {
  const updated = event.observations.flatMap((observation) => {
    const component = start.build.components.get(observation.component)
    if (component === undefined || component.task !== observation.task || component.state !== "building") return []
    const next = observed(component, observation, event.at)
    return next === undefined ? [] : [next]
  })
  const change = Change.components(start, updated)
  return updated.some((component) => component.state !== "building") ? advance(change, event.at) : change
}

/** What built components left behind was asked for: it is theirs from now on, unless they have it. */
export const results = (start: Change.Change, event: Of<"ResultsRead">): Change.Change =>
  Change.components(start, read(start.build, event.results))

/** The component after an observation, or nothing where the observation says nothing new. */
const observed = (
  component: ComponentBuild,
  seen: Of<"TasksObserved">["observations"][number],
  at: number
): ComponentBuild | undefined => {
  const log = seen.log === undefined ? {} : { log: seen.log }
  switch (seen.state) {
    case "free":
    case "open": {
      const open = seen.state === "open"
      return component.open === open && (seen.log === undefined || component.log === seen.log)
        ? undefined
        : {
          ...component,
          ...log,
          open,
          ...(open && component.openedAt === undefined ? { openedAt: at } : {}),
          reason: open ? "The build system builds it" : "Waiting for a builder"
        }
    }
    case "closed":
      return {
        ...component,
        ...log,
        state: "built",
        open: false,
        nvr: seen.nvr ?? component.name,
        artifacts: seen.artifacts,
        reason: "Built",
        finishedAt: at
      }
    case "failed":
    case "canceled":
      return {
        ...component,
        ...log,
        state: seen.state,
        open: false,
        ...(seen.nvr === undefined ? {} : { nvr: seen.nvr }),
        reason: seen.reason ?? (seen.state === "failed" ? "The task failed" : "The task was canceled"),
        finishedAt: at
      }
    case "gone": {
      // The farm lost the task: the same attempt is submitted again, and adopted if it turns up after all.
      const { openedAt: _at, task: _, ...rest } = component
      return { ...rest, state: "waiting", open: false, reason: "The build system has no record of the task any more" }
    }
  }
}

/** A repository generation was asked for, and has an id by which it is observed. */
export const repositoryRequested = (start: Change.Change, event: Of<"RepositoryRequested">): Change.Change => {
  const pending = start.build.repository
  if (pending === undefined || pending.request !== undefined) return start
  return Change.progress(start, { repository: { ...pending, request: event.request, components: event.components } })
}

/**
 * A repository generation has ended. Ready: its components are `available`, or the preparation of the buildroot goes
 * on. Failed: it is asked for again, and after three times the build fails.
 */
export const repository = (start: Change.Change, event: Of<"RepositoryObserved">): Change.Change => {
  const pending = start.build.repository
  if (pending?.request === undefined || pending.request.id !== event.request.id) return start
  if (start.build.state === "wait") return preparation(start, event)
  if (event.state === "Failed") {
    const failures = pending.failures + 1
    const reason = event.reason ?? "no reason given"
    if (failures >= repositoryAttempts) {
      return fail(start, `The buildroot's repository failed: ${reason}`, event.at)
    }
    return Change.command(
      Change.progress(start, { repository: { components: pending.components, failures } }),
      { _tag: "RequestRepository", components: pending.components }
    )
  }
  const admitted = pending.components.flatMap((name) => {
    const component = start.build.components.get(name)
    return component?.state === "built" ? [Component.available(component)] : []
  })
  return advance(
    Change.components({ ...start, build: Change.withoutRepository(start.build), changed: true }, admitted),
    event.at
  )
}

/** What the buildroot's preparation awaited has come, or will not come. */
const preparation = (start: Change.Change, event: Of<"RepositoryObserved">): Change.Change =>
  event.state === "Failed"
    ? fail(start, `The buildroot cannot be prepared: ${event.reason ?? "no reason given"}`, event.at)
    : Change.command(
      { ...start, build: Change.withoutRepository(start.build), changed: true },
      { _tag: "PrepareBuildroot" }
    )
