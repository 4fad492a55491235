/**
 * Which components of a module build may start, and when the buildroot's repository must be generated anew.
 *
 * A component waits for whole batches (`afterBatch`, from `buildorder`, a barrier by the modulemd specification) and for
 * components by name (`after`, from `buildafter`). A repository is generated only when that lets somebody start: once for
 * each batch, never after the last.
 */
import type { ComponentBuild } from "./ComponentBuild.ts"
import * as Component from "./ComponentBuild.ts"
import type { ModuleBuild } from "./ModuleBuild.ts"
import type { ComponentPlan } from "./ModulePlan.ts"

/** What a component that has not started still waits for. */
export interface Wait {
  readonly component: string
  /** Prerequisites that have no packages yet. */
  readonly unbuilt: ReadonlyArray<string>
  /** Prerequisites that are built and not in the repository yet. */
  readonly unavailable: ReadonlyArray<string>
}

type Test = (component: ComponentBuild) => boolean

const none: ReadonlyArray<string> = []

const isUnbuilt: Test = (component) => !Component.isBuilt(component)
const isUnavailable: Test = (component) => component.state === "built"

/** Finds, for any component of a build, those of its prerequisites that `test` holds for. */
const missing = (build: ModuleBuild, test: Test): (plan: ComponentPlan) => ReadonlyArray<string> => {
  const members = new Map<number, Array<string>>()
  for (const { batch, name } of build.plan.components) {
    if (!test(build.components.get(name)!)) continue
    const names = members.get(batch)
    if (names === undefined) members.set(batch, [name])
    else names.push(name)
  }
  // The lowest batch with something missing stands for all above it: they cannot have begun.
  const lowest = Math.min(...members.keys())
  return (plan) => {
    // Shared by all that wait for the batch: a list of its own for each would grow with their product.
    const batch = lowest <= plan.afterBatch ? members.get(lowest)! : none
    const named = plan.after.filter((name) => {
      const component = build.components.get(name)
      return component !== undefined && test(component)
    })
    return named.length === 0 ? batch : batch.length === 0 ? named : [...batch, ...named]
  }
}

/** What every component that has not started waits for; an empty wait means that it may start. */
export const waits = (build: ModuleBuild): ReadonlyArray<Wait> => {
  const unbuilt = missing(build, isUnbuilt)
  const unavailable = missing(build, isUnavailable)
  return build.plan.components.flatMap((plan) =>
    build.components.get(plan.name)?.state === "waiting"
      ? [{ component: plan.name, unbuilt: unbuilt(plan), unavailable: unavailable(plan) }]
      : []
  )
}

/** Components that may start now, most urgent first. */
export const startable = (build: ModuleBuild, all: ReadonlyArray<Wait> = waits(build)): ReadonlyArray<string> => {
  const priority = new Map(build.plan.components.map((plan) => [plan.name, plan.priority]))
  return all
    .filter((wait) => wait.unbuilt.length === 0 && wait.unavailable.length === 0)
    .map((wait) => wait.component)
    .sort((a, b) => priority.get(b)! - priority.get(a)!)
}

/** Components that must be put into the repository so that somebody can start; empty when that would help nobody. */
export const admissible = (build: ModuleBuild, all: ReadonlyArray<Wait> = waits(build)): ReadonlyArray<string> =>
  all.some((wait) => wait.unbuilt.length === 0 && wait.unavailable.length > 0)
    ? [...build.components.values()].filter(isUnavailable).map((component) => component.name)
    : []
