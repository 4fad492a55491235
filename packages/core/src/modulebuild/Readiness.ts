/**
 * Which components of a module build may start, and when the buildroot's repository must be generated anew.
 *
 * With `batches` a component waits for every component of the batches before its own to be in the repository, as the
 * modulemd specification says of `buildorder`. With `graph` it waits for exactly those it names. A repository is
 * generated only when that lets somebody start: once per batch, never after the last.
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

interface Missing {
  readonly unbuilt: (plan: ComponentPlan) => ReadonlyArray<string>
  readonly unavailable: (plan: ComponentPlan) => ReadonlyArray<string>
}

const missingByBatch = (build: ModuleBuild): Missing => {
  // The lowest batch with something missing decides for all above it, so one pass over the components is enough.
  const unbuilt = new Map<number, Array<string>>()
  const unavailable = new Map<number, Array<string>>()
  for (const plan of build.plan.components) {
    const component = build.components.get(plan.name)!
    if (component.state === "available") continue
    const of = Component.isBuilt(component) ? unavailable : unbuilt
    const names = of.get(plan.batch)
    if (names === undefined) of.set(plan.batch, [plan.name])
    else names.push(plan.name)
  }
  const before = (of: Map<number, Array<string>>) => {
    const lowest = Math.min(...of.keys())
    return (plan: ComponentPlan): ReadonlyArray<string> => lowest < plan.batch ? of.get(lowest)! : []
  }
  return { unbuilt: before(unbuilt), unavailable: before(unavailable) }
}

const missingByName = (build: ModuleBuild): Missing => {
  const of = (test: (component: ComponentBuild) => boolean) => (plan: ComponentPlan) =>
    plan.after.filter((name) => {
      const component = build.components.get(name)
      return component !== undefined && test(component)
    })
  return {
    unbuilt: of((component) => !Component.isBuilt(component)),
    unavailable: of((component) => component.state === "built")
  }
}

/** What every component that has not started waits for; an empty wait means that it may start. */
export const waits = (build: ModuleBuild): ReadonlyArray<Wait> => {
  const missing = build.plan.ordering === "batches" ? missingByBatch(build) : missingByName(build)
  return build.plan.components.flatMap((plan) =>
    build.components.get(plan.name)?.state === "waiting"
      ? [{ component: plan.name, unbuilt: missing.unbuilt(plan), unavailable: missing.unavailable(plan) }]
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
    ? [...build.components.values()].filter((component) => component.state === "built").map((component) =>
      component.name
    )
    : []
