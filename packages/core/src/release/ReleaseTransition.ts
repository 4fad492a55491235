/**
 * How a release gets from one state to the next.
 *
 * A commit goes through its repositories in steps: what was there is noted, content changes, publications are made ready, and only
 * then readers are shown them. When a step cannot be done, everything goes back: readers first, then content.
 */
import * as Result from "effect/Result"
import * as Delays from "../farm/Delays.ts"
import { IllegalTransition } from "../life/IllegalTransition.ts"
import * as LifeChange from "../life/LifeChange.ts"
import { byName, type Release, repositoriesOf } from "./Release.ts"
import type { ReleaseCommand, ReleaseEvent } from "./ReleaseEvent.ts"
import * as ReleasePlan from "./ReleasePlan.ts"
import { blocks } from "./ReleaseProblem.ts"
import * as ReleaseSteps from "./ReleaseSteps.ts"
import type { RepositoryRelease } from "./RepositoryRelease.ts"

/** What an event comes to, or why it cannot happen now. */
export type Decision = Result.Result<ReleaseSteps.Change, IllegalTransition>
type Of<T extends ReleaseEvent["_tag"]> = Extract<ReleaseEvent, { readonly _tag: T }>

/** Seconds until a release asks again for repositories that another one writes. */
const lockDelay = 15

const nothing = (release: Release): Decision => Result.succeed(LifeChange.none(release))

const changed = (before: Release, at: number, move: ReleaseSteps.Move): Decision =>
  Result.succeed(ReleaseSteps.changed(before, at, move))

const refused = (release: Release, event: ReleaseEvent, message: string): Decision =>
  Result.fail(new IllegalTransition({ state: release.state, event: event._tag, message }))

const makePlan: ReadonlyArray<ReleaseCommand> = [{ _tag: "MakePlan" }]

const takeLocks = (release: Release): ReadonlyArray<ReleaseCommand> => [
  { _tag: "TakeLocks", repositories: ReleaseSteps.names(release) }
]

const planned = (release: Release, plan: ReleasePlan.ReleasePlan): ReleaseSteps.Move => {
  const additions = ReleasePlan.byRepository(plan)
  const repositories = new Map<string, RepositoryRelease>()
  // One that an earlier plan had something for stays, with nothing.
  for (const name of release.repositories.keys()) repositories.set(name, { name, additions: [] })
  for (const [name, own] of additions) repositories.set(name, { name, additions: own })
  const count = plan.problems.filter(({ severity }) => severity === "blocks").length
  const reason = additions.size === 0 ? "There is nothing to release" : `Ready to change ${additions.size} repositories`
  return {
    release: {
      ...release,
      state: "planned",
      reason: count > 0 ? `${count} problems stand in the way` : reason,
      problems: plan.problems,
      leftOut: ReleasePlan.leftOut(plan),
      repositories: byName([...repositories.values()])
    },
    touched: repositories.keys()
  }
}

const underWay: ReadonlySet<Release["state"]> = new Set(["planning", "waiting", "committing", "reverting"])

const plannable: ReadonlySet<Release["state"]> = new Set(["planning", "planned", "failed", "reverted"])

const replan = (release: Release, event: ReleaseEvent, more: Partial<Release>): Decision =>
  plannable.has(release.state)
    ? changed(release, event.at, { release: { ...release, ...more, state: "planning" }, commands: makePlan })
    : refused(release, event, `a release that is ${release.state} cannot be planned again`)

const reordered = (release: Release, event: Of<"Reordered">): Decision => {
  const { tasks: _, ...plan } = release.plan
  return replan(release, event, {
    plan: { ...plan, builds: event.builds, ...(event.tasks === undefined ? {} : { tasks: event.tasks }) },
    orders: (release.orders ?? 0) + 1,
    reason: `Being planned anew for ${event.by}, with other builds`
  })
}

const removed = (release: Release, event: Of<"RemoveRequested">): Decision =>
  plannable.has(release.state)
    ? changed(release, event.at, { release: { ...release, state: "removed", reason: `Removed by ${event.by}` } })
    : release.state === "removed"
    ? nothing(release)
    : refused(release, event, `a release that is ${release.state} cannot be removed`)

const commit = (release: Release, event: Of<"CommitRequested">): Decision => {
  if (release.state !== "planned") {
    return refused(release, event, `a release that is ${release.state} cannot be committed`)
  }
  if (blocks(release.problems)) return refused(release, event, "the plan has problems that stand in the way")
  if (repositoriesOf(release).length === 0) return refused(release, event, "there is nothing to release")
  const next: Release = {
    ...release,
    state: "waiting",
    heading: "forward",
    backTo: "failed",
    checks: false,
    attempt: release.attempt + 1,
    reason: `Committed by ${event.by}`
  }
  return changed(release, event.at, { release: next, commands: takeLocks(next) })
}

const revert = (release: Release, event: Of<"RevertRequested">): Decision => {
  const reason = `Taken back by ${event.by}: ${event.why}`
  if (release.state === "released") {
    const next: Release = { ...release, state: "waiting", heading: "back", backTo: "reverted", checks: true, reason }
    return changed(release, event.at, { release: next, commands: takeLocks(next) })
  }
  if (release.state === "committing") {
    return changed(release, event.at, ReleaseSteps.turnBack(release, "reverted", reason))
  }
  if (release.state === "planning" || release.state === "planned") {
    return changed(release, event.at, { release: { ...release, state: "reverted", reason } })
  }
  if (release.state === "waiting" && release.heading === "forward") {
    return changed(release, event.at, {
      release: { ...release, state: "planned", reason },
      commands: ReleaseSteps.freeLocks(release)
    })
  }
  return refused(release, event, `a release that is ${release.state} cannot be taken back`)
}

const locksTaken = (release: Release, at: number): Decision => {
  switch (release.state) {
    case "waiting": {
      const state = release.heading === "forward" ? "committing" : "reverting"
      return changed(release, at, ReleaseSteps.advance({ ...release, state }))
    }
    case "committing":
    case "reverting":
      return nothing(release)
    default:
      // Taken after all when nobody waited any more.
      return changed(release, at, { release, commands: ReleaseSteps.freeLocks(release) })
  }
}

/** A command that can never succeed: what it was for is given up, as if it had failed by itself. One of before changes nothing. */
const rejected = (release: Release, { at, command, reason, repository, step }: Of<"CommandRejected">): Decision => {
  if (command === "MakePlan" && release.state === "planning") {
    return changed(release, at, { release: { ...release, state: "failed", reason } })
  }
  if (command === "TakeLocks" && release.state === "waiting") {
    const state = release.heading === "back" ? "released" : "planned"
    // An earlier run of it may have taken them.
    return changed(release, at, { release: { ...release, state, reason }, commands: ReleaseSteps.freeLocks(release) })
  }
  return repository === undefined || step === undefined
    ? nothing(release)
    : stepped(release, { _tag: "StepFailed", at, repository, step, reason })
}

const stepped = (release: Release, event: ReleaseEvent): Decision => {
  const moving = release.state === "committing" || release.state === "reverting"
  const move = moving ? ReleaseSteps.step(release, event) : undefined
  return move === undefined ? nothing(release) : changed(release, event.at, move)
}

/** What follows from an event. Reports that do not fit change nothing; requests that do not fit are refused, as failures. */
export const decide = (release: Release, event: ReleaseEvent): Decision => {
  switch (event._tag) {
    case "Submitted":
      return release.createdAt === 0
        ? changed(release, event.at, { release: { ...release, reason: "Being planned" }, commands: makePlan })
        : nothing(release)
    case "Planned":
      // One that was made before the last edit is not what people want; another is being made.
      return release.state === "planning" && event.edits === release.edits.length && event.orders === release.orders
        ? changed(release, event.at, planned(release, event.plan))
        : nothing(release)
    case "Edited":
      return replan(release, event, { edits: [...release.edits, event.edit], reason: "Being planned anew, as edited" })
    case "PlanRequested":
      return replan(release, event, { reason: `Being planned anew for ${event.by}` })
    case "Reordered":
      return reordered(release, event)
    case "Described":
      return plannable.has(release.state)
        ? changed(release, event.at, { release: { ...release, erratum: event.erratum } })
        : refused(release, event, `what is told of a release that is ${release.state} cannot be changed`)
    case "RemoveRequested":
      return removed(release, event)
    case "CommitRequested":
      return commit(release, event)
    case "CommitRefused":
      return release.state === "planned"
        ? changed(release, event.at, { release: { ...release, state: "failed", reason: event.reason } })
        : nothing(release)
    case "RevertRequested":
      return revert(release, event)
    case "LocksTaken":
      return locksTaken(release, event.at)
    case "LocksHeld":
      return release.state === "waiting"
        ? changed(release, event.at, {
          release: {
            ...release,
            reason: `${event.by === 0 ? "A sync" : `Release ${event.by}`} writes some of the repositories`
          },
          commands: takeLocks(release),
          delay: lockDelay
        })
        : nothing(release)
    case "CommandDelayed": {
      const next = Delays.tell(release, event, !underWay.has(release.state))
      return next === undefined ? nothing(release) : changed(release, event.at, { release: next.state })
    }
    case "CommandRejected":
      return rejected(release, event)
    default:
      return stepped(release, event)
  }
}
