/**
 * The life of one package build: some packages, for some platforms, for some architectures each.
 *
 * How it gets from one state to the next is `PackageBuildTransition.decide` and nowhere else.
 */
import * as Schema from "effect/Schema"
import { Delays } from "../farm/Delays.ts"
import * as LifeParts from "../life/LifeParts.ts"
import * as BuildTask from "./BuildTask.ts"
import type { PackagePlan, TaskPlan } from "./PackagePlan.ts"

/**
 * - `preparing`: its repositories are being made.
 * - `building`: tasks wait, are built, or are being taken in.
 * - `finished`: every task has ended, however it ended.
 * - `removed`: deleted; its repositories are going or gone.
 */
export const PackageBuildState = Schema.Literals(["preparing", "building", "finished", "removed"])
export type PackageBuildState = typeof PackageBuildState.Type

/** A repository that results of the build go to and later tasks build with. */
export const BuildRepository = Schema.Struct({
  name: Schema.String,
  platform: Schema.String,
  arch: Schema.String,
  url: Schema.String,
  type: Schema.Literals(["rpm", "build_log", "test_log"]),
  debug: Schema.Boolean,
  /** The host's own name of it, where it has one. */
  href: Schema.optionalKey(Schema.String)
})
export interface BuildRepository extends Schema.Schema.Type<typeof BuildRepository> {}

/** The part that changes and does not grow with the number of tasks. */
export const Progress = Schema.Struct({
  state: PackageBuildState,
  /** Why it is in this state, for people. */
  reason: Schema.String,
  /** What its commands wait for outside; absent while none does. */
  delays: Schema.optionalKey(Delays),
  repositories: Schema.Array(BuildRepository),
  /** From -100 to 100; larger goes first. Absent where nobody said. */
  priority: Schema.optionalKey(Schema.Int),
  /** Whether tests of the results were asked for; they are, once for each time that the build finishes. */
  testing: Schema.Literals(["none", "wanted", "made", "canceled"]),
  /** Id of the key that all its packages are signed with. */
  signedBy: Schema.optionalKey(Schema.Number),
  /** The release its packages went out with. */
  release: Schema.optionalKey(Schema.Number),
  createdAt: Schema.Number,
  modifiedAt: Schema.Number,
  finishedAt: Schema.optionalKey(Schema.Number)
})
export interface Progress extends Schema.Schema.Type<typeof Progress> {}

/** A package build with everything that is known of it. Times are milliseconds since the epoch. */
export interface PackageBuild extends Progress {
  readonly id: number
  readonly plan: PackagePlan
  /** By name, in the order of the plan. */
  readonly tasks: ReadonlyMap<string, BuildTask.BuildTask>
}

/** A build before its first event: in `preparing`, with times of 0 and all tasks waiting. */
export const unborn = (id: number, plan: PackagePlan): PackageBuild =>
  assemble(
    id,
    plan,
    { state: "preparing", reason: "", repositories: [], testing: "none", createdAt: 0, modifiedAt: 0 },
    []
  )

/** Puts a build together from its stored parts. Tasks that were never stored are as they were at the beginning. */
export const assemble = (
  id: number,
  plan: PackagePlan,
  progress: Progress,
  tasks: ReadonlyArray<BuildTask.BuildTask>
): PackageBuild => ({ ...progress, id, plan, tasks: LifeParts.byName(plan.tasks.map(BuildTask.initial), tasks) })

/** The key by which repository hosts and nodes know this build. */
export const key = (id: number): string => `package-build-${id}`

/** The tasks of one package for one platform, which share their source package: `src` first. */
export const group = (
  { plan, tasks }: PackageBuild,
  { index, platform }: Pick<TaskPlan, "index" | "platform">
): ReadonlyArray<{ readonly plan: TaskPlan; readonly task: BuildTask.BuildTask }> =>
  plan.tasks.flatMap((one) =>
    one.platform === platform && one.index === index ? [{ plan: one, task: tasks.get(one.name)! }] : []
  )

/** How many of its tasks are in each state; 0 where none is. */
export const counts = ({ tasks }: PackageBuild): Readonly<Record<BuildTask.TaskState, number>> => {
  const found = { waiting: 0, queued: 0, started: 0, processing: 0, completed: 0, failed: 0, excluded: 0, canceled: 0 }
  for (const { state } of tasks.values()) found[state]++
  return found
}
