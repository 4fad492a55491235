/**
 * How a module build goes that a farm owns: it is handed over as a whole, followed, and read when the farm says that it is ready. Its
 * components are shown as the farm tells of them, and nothing is submitted, admitted or published of them here.
 *
 * What the farm had before is written down before anything is asked of it, so that an attempt that died in between is found.
 */
import type { FarmModulePart } from "../farm/FarmModule.ts"
import { TaskId } from "../farm/Task.ts"
import * as Change from "./Change.ts"
import type { ComponentBuild } from "./ComponentBuild.ts"
import * as Component from "./ComponentBuild.ts"
import type { ModuleBuild } from "./ModuleBuild.ts"
import type { ModuleBuildEvent } from "./ModuleBuildEvent.ts"

type Of<Tag extends ModuleBuildEvent["_tag"]> = Extract<ModuleBuildEvent, { readonly _tag: Tag }>

/** Has it handed over, once more where it was before. `at` is in milliseconds since the epoch. */
export const begin = (change: Change.Change, reason: string, at: number): Change.Change => {
  const attempt = (change.build.handover?.attempt ?? 0) + 1
  const waiting = Change.moveTo(Change.progress(change, { handover: { attempt } }), "wait", reason, at)
  return Change.command(waiting, { _tag: "HandOver", attempt })
}

/** What the farm had before is known: now it may be asked. */
export const prepared = (start: Change.Change, { attempt, before }: Of<"HandoverPrepared">): Change.Change => {
  const { handover, state } = start.build
  return state !== "wait" || handover?.attempt !== attempt || handover.before !== undefined
    ? start
    : Change.command(Change.progress(start, { handover: { attempt, before } }), { _tag: "HandOver", attempt })
}

/** The farm has it. */
export const accepted = (start: Change.Change, event: Of<"HandedOver">): Change.Change => {
  const { build } = start
  const { handover } = build
  const { attempt, id, url } = event
  if (handover?.attempt !== attempt || handover.id !== undefined) return start
  const known = Change.progress(start, { handover: { ...handover, id, url } })
  // Whoever failed the build could not know that the farm would have it.
  if (build.state === "failed" || build.state === "garbage") {
    return Change.command(known, { _tag: "CallOffHandover", attempt })
  }
  return build.state === "wait"
    ? Change.moveTo(known, "build", sentence(known.build, "waiting", ""), event.at)
    : start
}

const stateOf = { building: "waiting", built: "available", failed: "failed", canceled: "canceled" } as const

/** A component as the farm tells of it. None is ever `building`: nobody asks about its task but the farm itself. */
const told = (component: ComponentBuild, { nvr, reason, state, task }: FarmModulePart, at: number): ComponentBuild => {
  const next = stateOf[state]
  const named = task === undefined ? undefined : TaskId.make(task)
  const said = reason ?? (state === "building" ? "The farm builds it" : `${state} at the farm`)
  if (component.state === next && component.task === named && component.nvr === nvr && component.reason === said) {
    return component
  }
  const { finishedAt: _, nvr: _nvr, task: _task, ...rest } = component
  return {
    ...rest,
    state: next,
    reason: said,
    ...(named === undefined ? {} : { task: named }),
    ...(nvr === undefined ? {} : { nvr }),
    ...(next === "waiting" ? {} : { finishedAt: component.finishedAt ?? at })
  }
}

const withParts = (start: Change.Change, parts: ReadonlyArray<FarmModulePart>, at: number): Change.Change =>
  Change.components(
    start,
    parts.flatMap((part) => {
      const component = start.build.components.get(part.component)
      return component === undefined ? [] : [told(component, part, at)]
    })
  )

/** How the farm's build is. */
export const observed = (start: Change.Change, event: Of<"HandoverObserved">): Change.Change => {
  const { build } = start
  const { at, id, reason, state } = event
  const { handover, plan: { ownedBy } } = build
  if (build.state !== "build" || handover?.id !== id || build.publishing) return start
  const change = withParts(start, event.parts, at)
  switch (state) {
    case "waiting":
    case "building":
    case "checking": {
      const said = sentence(build, state, reason)
      return said === build.reason ? change : Change.progress(change, { reason: said, modifiedAt: at })
    }
    case "ready":
      return Change.command(Change.progress(change, { publishing: true, modifiedAt: at }), { _tag: "Publish" })
    case "failed":
      return Change.moveTo(change, "failed", `${ownedBy} says of its build ${id}: ${reason}`, at)
    case "gone":
      return Change.moveTo(change, "failed", `${ownedBy} has no build ${id} any more`, at)
  }
}

const stages = {
  waiting: "has it",
  building: "builds it",
  checking: "has built it, and its own checks have yet to pass"
} as const

/** What is waited for while the farm has it, for people; with where it is to be seen. */
const sentence = ({ handover, plan: { ownedBy } }: ModuleBuild, state: keyof typeof stages, reason: string): string =>
  `${ownedBy} ${stages[state]}: ${handover?.url ?? ""}${reason === "" ? "" : ` (${reason})`}`

/** What the farm calls it is what checks are about; where it can be seen is where it is. */
export const read = (start: Change.Change, { id, nsvc, url }: Of<"HandoverRead">): Change.Change => {
  const { handover, publishing, state } = start.build
  return state !== "build" || !publishing || handover?.id !== id
    ? start
    : Change.progress(start, { handover: { ...handover, nsvc, url } })
}

/** What the farm still does for a build that ends is called off. */
export const calledOff = (change: Change.Change): Change.Change => {
  const { handover, state } = change.build
  return handover === undefined || (state !== "wait" && state !== "build")
    ? change
    : Change.command(change, { _tag: "CallOffHandover", attempt: handover.attempt })
}

/** Hands it over once more after it failed; the farm continues where it stopped. */
export const again = (change: Change.Change, reason: string, at: number): Change.Change => {
  const lost = [...change.build.components.values()].filter(Component.isLost)
  return begin(Change.components(change, lost.map((one) => Component.reset(one, reason))), reason, at)
}

/** What has to happen next, in a sentence; undefined of a build that no farm owns, or that waits for something else. */
export const waitsFor = (
  { handover, plan: { ownedBy }, publishing, reason, state }: ModuleBuild
): string | undefined => {
  if (ownedBy === undefined || (state !== "wait" && state !== "build")) return undefined
  if (publishing) return `What came out has to be read from ${ownedBy}: ${handover?.url ?? ""}.`
  return handover?.id === undefined ? `${ownedBy} has to take the module.` : `${ownedBy} owns the build. ${reason}.`
}
