/** How a task is called inside of its build and toward nodes: a name that says what it is, and a number for protocols that have numbers. */
import type { PackagePlan, TaskPlan } from "./PackagePlan.ts"

/** The pseudo-architecture of the task that makes the source package. */
export const source = "src"

/** `AlmaLinux-8/x86_64/0`: platform, architecture, position of the reference. */
export const make = (platform: string, arch: string, index: number): string => `${platform}/${arch}/${index}`

/** The number by which nodes know the task at a position of the plan, from 0. */
export const number = (plan: PackagePlan, position: number): number => plan.firstTask + position

/** The task that has this number; `undefined` when the build has none. */
export const ofNumber = (plan: PackagePlan, number: number): TaskPlan | undefined =>
  Number.isSafeInteger(number) ? plan.tasks[number - plan.firstTask] : undefined

/** The task that makes the source package for this one; itself when it is that. */
export const sourceOf = ({ index, platform }: Pick<TaskPlan, "index" | "platform">): string =>
  make(platform, source, index)
