/** Says in words what a module build waits for, and why each component is where it is. */
import * as Delays from "../farm/Delays.ts"
import * as Waiting from "../farm/Waiting.ts"
import * as NameList from "../NameList.ts"
import type { ComponentBuild } from "./ComponentBuild.ts"
import * as Readiness from "./ComponentReadiness.ts"
import * as Handover from "./Handover.ts"
import type { ModuleBuild, ModuleBuildState } from "./ModuleBuild.ts"
import * as ModulePlan from "./ModulePlan.ts"

/** Names shown of what one component waits for: all of a batch may be thousands, and each of the next batch waits for them. */
const shown = 20

/** Why one component is where it is. */
export interface ComponentExplanation {
  readonly component: string
  readonly state: ComponentBuild["state"]
  /** Why it stands where it does in the order. */
  readonly placement: string
  /** Why it is in this state. */
  readonly reason: string
  /** Why it was or was not taken from another build. */
  readonly reuse: string | undefined
  /** Names of components it waits for, the first twenty where there are more; empty where it waits for none. */
  readonly waitsFor: ReadonlyArray<string>
  /** What was doubtful about it when the build was submitted, a sentence each. */
  readonly remarks: ReadonlyArray<string>
}

/** Why the whole build is where it is. */
export interface Explanation {
  readonly state: ModuleBuildState
  readonly reason: string
  /** What has to happen next, one sentence each; empty when nothing is outstanding. */
  readonly waitsFor: ReadonlyArray<string>
  /** What was doubtful about the whole when it was submitted, a sentence each. */
  readonly remarks: ReadonlyArray<string>
  readonly components: ReadonlyArray<ComponentExplanation>
}

/**
 * Explains a build and each of its components, from its state and what is known to be away that it needs. Components come in the
 * order of the plan.
 */
export const explain = (build: ModuleBuild, away: ReadonlyArray<Waiting.Waiting> = []): Explanation => {
  const waits = new Map(
    (build.state === "build" ? Readiness.waits(build) : []).map((wait) => [
      wait.component,
      [...wait.unbuilt.slice(0, shown), ...wait.unavailable.slice(0, shown)].slice(0, shown)
    ])
  )
  const remarks = ModulePlan.remarks(build.plan)
  return {
    state: build.state,
    reason: build.reason,
    waitsFor: [...delayed(build, away), ...outstanding(build)],
    remarks: remarks.get(undefined) ?? [],
    components: build.plan.components.map((plan) => {
      const component = build.components.get(plan.name)!
      return {
        component: plan.name,
        state: component.state,
        placement: plan.placement,
        reason: component.reason,
        reuse: component.reuse,
        waitsFor: waits.get(plan.name) ?? [],
        remarks: remarks.get(plan.name) ?? []
      }
    })
  }
}

/** What it was told, and what it was not told yet. */
const delayed = ({ delays, state }: ModuleBuild, away: ReadonlyArray<Waiting.Waiting>): ReadonlyArray<string> => {
  const isUnderWay = state === "wait" || state === "build"
  const told = (delays?.waits ?? []).filter(({ command }) => isUnderWay || !Delays.isQuestion(command))
  const others = isUnderWay ? away.filter(({ on }) => told.every((one) => one.on !== on)) : []
  return [...new Set([...told, ...others].map((one) => `It is ${Waiting.describe(one)}.`))]
}

const outstanding = (build: ModuleBuild): ReadonlyArray<string> => {
  const owned = Handover.waitsFor(build)
  if (owned !== undefined) return [owned]
  switch (build.state) {
    case "init":
      return ["The references of its components have to be resolved to commits."]
    case "wait":
      return [preparing(build)]
    case "build":
      return building(build)
    case "done":
      return build.plan.scratch ? [] : [`The gate has to let it pass: ${build.reason}.`]
    case "failed":
      return [`Somebody has to resume it: ${build.reason}`]
    case "ready":
    case "garbage":
      return []
  }
}

const preparing = ({ buildroot, repository }: ModuleBuild): string => {
  if (repository === undefined) return "The build system has to prepare the buildroot."
  return buildroot?.waiting === undefined
    ? "The build system has to finish what it began when it prepared the buildroot."
    : `The build system is ${Waiting.describe(buildroot.waiting)}.`
}

const building = (build: ModuleBuild): ReadonlyArray<string> => {
  const named = (test: (component: ComponentBuild) => boolean): ReadonlyArray<string> =>
    [...build.components.values()].filter(test).map((component) => component.name)
  const sentences: Array<string> = []
  const say = (names: ReadonlyArray<string>, sentence: (names: string) => string): void => {
    if (names.length > 0) sentences.push(sentence(NameList.shorten(names)))
  }
  say(named((one) => one.state === "submitting"), (names) => `The build system has to accept ${names}.`)
  say(named((one) => one.state === "building" && !one.open), (names) => `A builder has to take ${names}.`)
  say(named((one) => one.state === "building" && one.open), (names) => `${names} must finish building.`)
  say(
    build.repository?.components ?? [],
    (names) => `The buildroot's repository has to be generated with ${names}.`
  )
  if (build.publishing) sentences.push("The module's repository has to be published.")
  return sentences
}
