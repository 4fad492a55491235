/**
 * How a module build gets from one state to the next: one table, every state and event in it.
 *
 * Events of the outside world (observations, answers to commands) may come late, twice or never; where they do not fit
 * they change nothing. Requests of people that do not fit are refused with `IllegalTransition`.
 */
import * as Result from "effect/Result"
import * as Waiting from "../farm/Waiting.ts"
import { IllegalTransition } from "../life/IllegalTransition.ts"
import * as NameList from "../NameList.ts"
import { advance } from "./Advance.ts"
import * as Change from "./Change.ts"
import * as Component from "./ComponentBuild.ts"
import * as Delaying from "./Delaying.ts"
import { fail } from "./Failure.ts"
import * as Handover from "./Handover.ts"
import { isTerminal, type ModuleBuild, unborn } from "./ModuleBuild.ts"
import type { ModuleBuildEvent } from "./ModuleBuildEvent.ts"
import * as Observed from "./Observed.ts"
import * as ReusePlanning from "./ReusePlanning.ts"

/** The build as it is afterwards with the commands and announcements that follow, or why the event cannot happen now. */
export type Decision = Result.Result<Change.Change, IllegalTransition>

/**
 * What follows from an event.
 *
 * Total: every event has an answer in every state. `changed` is false where the event has nothing to say.
 */
export const decide = (build: ModuleBuild, event: ModuleBuildEvent): Decision => {
  const start = Change.none(build)
  switch (event._tag) {
    case "Submitted":
      return Result.succeed(submitted(start, event))
    case "Imported":
      return imported(build, event)
    case "SourcesResolved":
      return Result.succeed(build.state === "init" ? sourcesResolved(start, event) : start)
    case "BuildrootPrepared":
      return Result.succeed(buildrootPrepared(start, event))
    case "ComponentsSubmitted":
      return Result.succeed(Observed.submissions(start, event))
    case "ComponentsHeld":
      return Result.succeed(build.state === "build" ? Observed.held(start, event) : start)
    case "TasksObserved":
      return Result.succeed(build.state === "build" ? Observed.tasks(start, event) : start)
    case "RepositoryRequested":
      return Result.succeed(build.state === "build" ? Observed.repositoryRequested(start, event) : start)
    case "RepositoryObserved":
      return Result.succeed(Observed.repository(start, event))
    case "ResultsRead":
      return Result.succeed(Observed.results(start, event))
    case "HandoverPrepared":
      return Result.succeed(Handover.prepared(start, event))
    case "HandedOver":
      return Result.succeed(Handover.accepted(start, event))
    case "HandoverObserved":
      return Result.succeed(Handover.observed(start, event))
    case "HandoverRead":
      return Result.succeed(Handover.read(start, event))
    case "Published":
      return Result.succeed(build.state === "build" && build.publishing ? published(start, event) : start)
    case "GateDecided":
      return Result.succeed(build.state === "done" ? gateDecided(start, event) : start)
    case "CommandRejected":
      return Result.succeed(isEnded(build) ? start : fail(start, event.reason, event.at))
    case "CommandDelayed":
      return Result.succeed(build.createdAt === 0 ? start : Delaying.decide(start, event))
    case "DeadlinePassed":
      return Result.succeed(
        isEnded(build) ? start : fail(start, `Not finished within ${build.plan.deadline} seconds`, event.at)
      )
    case "CancelRequested":
      return isEnded(build)
        ? refuse(build, event, "only a build that is in init, wait or build can be canceled")
        : Result.succeed(fail(start, `Canceled by ${event.by}.`, event.at))
    case "ResumeRequested":
      return build.state === "failed"
        ? Result.succeed(resume(start, [...build.components.values()], `Resubmitted by ${event.by}`, event.at))
        : refuse(build, event, "only a failed build can be resumed")
    case "RetryRequested":
      return retry(start, event)
    case "PriorityRequested":
      return isEnded(build)
        ? refuse(build, event, "only a build that is in init, wait or build can be given a priority")
        : Result.succeed(
          build.priority === event.priority
            ? start
            : Change.progress(start, { priority: event.priority, modifiedAt: event.at })
        )
    case "RetireRequested":
      return build.state === "ready" || build.state === "failed"
        ? Result.succeed(Change.moveTo(start, "garbage", event.reason ?? "Module build retired", event.at))
        : refuse(build, event, "only a ready or failed build can be retired")
  }
}

const refuse = (build: ModuleBuild, event: ModuleBuildEvent, message: string): Decision =>
  Result.fail(
    new IllegalTransition({ state: build.state, event: event._tag, message: `${message}; this one is ${build.state}` })
  )

const isEnded = (build: ModuleBuild): boolean => build.state === "done" || isTerminal(build.state)

type Of<Tag extends ModuleBuildEvent["_tag"]> = Extract<ModuleBuildEvent, { readonly _tag: Tag }>

const submitted = (start: Change.Change, event: Of<"Submitted">): Change.Change => {
  if (start.build.createdAt !== 0) return start
  const born = Change.moveTo(
    Change.progress(start, { createdAt: event.at }),
    "init",
    `Submitted by ${event.by}`,
    event.at
  )
  const told = withDeadline(Change.remarks(born, start.build.plan.remarks ?? []), event.at)
  const { ownedBy } = start.build.plan
  return ownedBy === undefined ? begin(told, event.at) : Handover.begin(told, `To be built by ${ownedBy}`, event.at)
}

/** From nothing to ready; of a module that is there, everything that was known before is forgotten. */
const imported = (build: ModuleBuild, event: Of<"Imported">): Decision => {
  const isUnborn = build.createdAt === 0
  if (!isUnborn && !isEnded(build)) {
    return refuse(build, event, "a build that is under way cannot be replaced by an import")
  }
  const start = Change.none(isUnborn && event.plan === undefined ? build : unborn(build.id, event.plan ?? build.plan))
  const born = Change.progress(start, { createdAt: event.at })
  return Result.succeed(Change.moveTo(born, "ready", `Imported by ${event.by}`, event.at))
}

const withDeadline = (change: Change.Change, at: number): Change.Change =>
  Change.command(
    Change.progress(change, { deadlineAt: at + change.build.plan.deadline * 1000 }),
    { _tag: "StartDeadline" },
    change.build.plan.deadline
  )

/** From init: resolve what is unresolved, and look for what can be taken over, or go straight on. */
const begin = (change: Change.Change, at: number): Change.Change =>
  ReusePlanning.strategyOf(change.build.plan) === undefined
    && change.build.plan.components.every((plan) => isSourced(change.build, plan.name, plan.srpm))
    ? toWait(change, "All sources are resolved", at)
    : Change.command(change, { _tag: "ResolveSources" })

const isSourced = (build: ModuleBuild, name: string, srpm: string | undefined): boolean =>
  srpm !== undefined || build.components.get(name)?.commit !== undefined

const toWait = (change: Change.Change, reason: string, at: number): Change.Change =>
  Change.command(Change.moveTo(change, "wait", reason, at), { _tag: "PrepareBuildroot" })

const sourcesResolved = (start: Change.Change, event: Of<"SourcesResolved">): Change.Change => {
  const resolved = [...start.build.components.values()].flatMap((component) => {
    const commit = event.commits[component.name] ?? component.commit
    const reused = event.reused?.[component.name]
    const reuse = event.reuse?.[component.name]
    if (commit === undefined && reuse === undefined) return []
    const known = {
      ...component,
      ...(commit === undefined ? {} : { commit }),
      ...(reuse === undefined ? {} : { reuse, reason: `Not started. ${reuse}` })
    }
    return [reused === undefined ? known : Component.reuse(known, reused)]
  })
  const anew = resolved.filter(({ name, reusedFrom }) => reusedFrom === undefined && event.reuse?.[name] !== undefined)
  const change = Change.refusedReuse(Change.components(start, resolved), anew.map(({ name }) => name))
  const missing = change.build.plan.components.filter((plan) => !isSourced(change.build, plan.name, plan.srpm))
  return missing.length === 0
    ? toWait(change, "All sources are resolved", event.at)
    : fail(change, `No source for ${NameList.shorten(missing.map((plan) => plan.name))}`, event.at)
}

const buildrootPrepared = (start: Change.Change, event: Of<"BuildrootPrepared">): Change.Change => {
  const { build } = start
  const { buildroot } = event
  // Whoever failed the build could not know what the farm had begun by then.
  if (build.state === "failed" || build.state === "garbage") {
    return Change.command(Change.buildroot(start, buildroot), { _tag: "Finish", succeeded: false })
  }
  if (build.state !== "wait") return start
  if (buildroot.awaits === undefined) {
    const prepared = Change.buildroot({ ...start, build: Change.withoutRepository(build) }, buildroot)
    return advance(Change.moveTo(prepared, "build", "The buildroot is prepared", event.at), event.at)
  }
  const request = { buildroot: buildroot.id, id: buildroot.awaits }
  return build.repository?.request?.id === request.id
    ? start
    : Change.progress(Change.buildroot(start, buildroot), {
      repository: { request, components: [], failures: 0 },
      ...(buildroot.waiting === undefined
        ? {}
        : { reason: Waiting.describe(buildroot.waiting), modifiedAt: event.at })
    })
}

const published = (start: Change.Change, event: Of<"Published">): Change.Change => {
  const place = { url: event.url, ...(event.path === undefined ? {} : { path: event.path }) }
  const done = Change.moveTo(
    Change.progress(start, { publishing: false, published: place }),
    "done",
    "All components are built and published",
    event.at
  )
  const finished = start.build.plan.ownedBy === undefined
    ? Change.command(done, { _tag: "Finish", succeeded: true })
    : done
  return start.build.plan.scratch ? finished : Change.command(finished, { _tag: "AskGate" })
}

const gateDecided = (start: Change.Change, event: Of<"GateDecided">): Change.Change => {
  if (start.build.plan.scratch) return start
  if (event.satisfied) return Change.moveTo(withoutGate(start), "ready", event.reason, event.at)
  const held = start.build.reason === event.reason
    ? start
    : Change.progress(start, { reason: event.reason, remark: event.reason, modifiedAt: event.at })
  return Change.command(held, { _tag: "AskGate" }, event.retryAfter)
}

/** What the gate said while it held the build back no longer counts. */
const withoutGate = (change: Change.Change): Change.Change => {
  const { remark, ...build } = change.build
  return remark === build.reason ? { ...change, build } : change
}

/** Continues where the build stopped: what is built stays built, the given lost components get another attempt. */
const resume = (
  start: Change.Change,
  again: ReadonlyArray<Component.ComponentBuild>,
  reason: string,
  at: number
): Change.Change => {
  if (start.build.plan.ownedBy !== undefined) {
    return Handover.again(withDeadline(Change.progress(start, { remark: reason }), at), reason, at)
  }
  const reset = Change.components(
    start,
    again.filter(Component.isLost).map((component) => Component.reset(component, reason))
  )
  // The buildroot is prepared anew, so what was in its repository has to be put there again.
  const kept = Change.components(
    reset,
    [...reset.build.components.values()]
      .filter((component) => component.state === "available")
      .map((component) => ({ ...component, state: "built" as const, reason: "Built before the build was resumed" }))
  )
  const timed = withDeadline(Change.progress(kept, { remark: reason }), at)
  const sourced = timed.build.plan.components.every((plan) => isSourced(timed.build, plan.name, plan.srpm))
  return sourced ? toWait(timed, reason, at) : begin(Change.moveTo(timed, "init", reason, at), at)
}

const retry = (start: Change.Change, event: Of<"RetryRequested">): Decision => {
  const { build } = start
  const component = build.components.get(event.component)
  if (component === undefined) return refuse(build, event, `the build has no component ${event.component}`)
  if (!Component.isLost(component)) {
    return refuse(
      build,
      event,
      `only a failed or canceled component can be retried, ${component.name} is ${component.state}`
    )
  }
  const { ownedBy } = build.plan
  if (ownedBy !== undefined) {
    return refuse(build, event, `${ownedBy} builds the module as a whole, which can be resumed`)
  }
  const reason = `Retried by ${event.by}`
  if (build.state === "build") {
    return Result.succeed(advance(Change.components(start, [Component.reset(component, reason)]), event.at))
  }
  if (build.state !== "failed") return refuse(build, event, "components can be retried in build and failed only")
  return Result.succeed(resume(start, [component], reason, event.at))
}
