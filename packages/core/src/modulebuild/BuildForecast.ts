/** Module builds as work that is played forward, and how far they are. */
import type { Usual } from "../farm/ExpectedTime.ts"
import * as Forecast from "../farm/Forecast.ts"
import type { ComponentBuild } from "./ComponentBuild.ts"
import type { ModuleBuild, ModuleBuildState } from "./ModuleBuild.ts"
import type { ComponentPlan } from "./ModulePlan.ts"

/** What is looked at of one component. */
export interface Component {
  readonly plan: Pick<ComponentPlan, "name" | "batch" | "afterBatch" | "after" | "priority">
  readonly build: Pick<
    ComponentBuild,
    "state" | "attempt" | "open" | "openedAt" | "submittedAt" | "finishedAt" | "reason" | "reusedFrom"
  >
}

/** The components of a build, in the order of its plan. */
export const components = (build: ModuleBuild): ReadonlyArray<Component> =>
  build.plan.components.map((plan) => ({ plan, build: build.components.get(plan.name)! }))

/** Seconds that a component took on the farm; `undefined` where it was not built here, or is not done. */
export const took = ({ finishedAt, openedAt, reusedFrom, submittedAt }: Component["build"]): number | undefined => {
  const since = openedAt ?? submittedAt
  return finishedAt === undefined || since === undefined || reusedFrom !== undefined
    ? undefined
    : Math.max(0, (finishedAt - since) / 1000)
}

/**
 * When a build that goes on will have ended, `undefined` of one that has. Where a component has failed, nothing is foretold: the build
 * ends with what is under way.
 */
export const forecast = (
  state: ModuleBuildState,
  all: ReadonlyArray<Component>,
  usual: (component: string) => Usual | undefined,
  slots: number,
  now: number
): Forecast.Forecast | undefined => {
  if (state !== "init" && state !== "wait" && state !== "build") return undefined
  const lost = all.filter(({ build }) => build.state === "failed" || build.state === "canceled")
  if (lost.length > 0) return { _tag: "Unknown", parts: lost.map(({ plan }) => plan.name) }
  return Forecast.play(all.map((one) => part(one, usual)), () => slots, now)
}

const part = ({ build, plan }: Component, usual: (component: string) => Usual | undefined): Forecast.Part => {
  const isRunning = build.state === "building" && build.open
  const since = build.openedAt ?? build.submittedAt
  return {
    name: plan.name,
    state: isDone(build.state) ? "done" : isRunning ? "running" : "left",
    ...(isRunning && since !== undefined ? { startedAt: since } : {}),
    usual: usual(plan.name),
    after: plan.after,
    group: plan.batch,
    afterGroup: plan.afterBatch,
    priority: plan.priority,
    kind: "",
    ...(build.attempt > 1 ? { again: build.reason } : {})
  }
}

const isDone = (state: ComponentBuild["state"]): boolean => state === "built" || state === "available"

/** How far a build is: what is done never becomes less, unless `back` says why. */
export interface Progress {
  readonly done: number
  readonly total: number
  /** What is built once more and why, one sentence; `undefined` where nothing is. */
  readonly back: string | undefined
}

/** How far a build is. */
export const progress = (all: ReadonlyArray<Component>): Progress => {
  const again = all.filter(({ build }) => build.attempt > 1 && !isDone(build.state))
  const [first] = again
  return {
    done: all.filter(({ build }) => isDone(build.state)).length,
    total: all.length,
    back: first === undefined
      ? undefined
      : `${first.plan.name} is built for the ${ordinal(first.build.attempt)} time: ${first.build.reason}.${
        again.length === 1 ? "" : ` So are ${again.length - 1} more.`
      }`
  }
}

const ordinal = (number: number): string =>
  `${number}${["th", "st", "nd", "rd"][number % 100 > 10 && number % 100 < 14 ? 0 : number % 10] ?? "th"}`
