/** Package builds as people read them in a terminal. */
import type {
  PackageBuildDetail,
  PackageBuildExplanation,
  PackageBuildSummary,
  PackageBuildTask
} from "@orch/api/orch/PackageBuildsApi"
import * as Table from "../Table.ts"

/** `4 completed, 1 failed`: how many tasks are in each state that any is in. */
export const counts = ({ tasks }: Pick<PackageBuildSummary, "tasks">): string =>
  Object.entries(tasks).flatMap(([state, count]) => count === 0 ? [] : [`${count} ${state}`]).join(", ")

/** One line: number, state, and why. */
export const line = (build: PackageBuildSummary): string =>
  `package build ${build.id} is ${build.state}: ${build.state_reason} (${counts(build)})`

/** One line for a task. */
export const taskLine = (task: PackageBuildTask): string =>
  `${task.name} (${task.package}): ${task.state}, ${task.state_reason}`

/** The build with all its tasks. */
export const detail = (build: PackageBuildDetail): string =>
  [
    line(build),
    `  owner ${build.owner}, created ${build.created_at}`,
    ...build.repositories.map(({ url }) => `  repository ${url}`),
    "",
    Table.format(
      ["TASK", "PACKAGE", "STATE", "NODE", "PACKAGES", "REASON"],
      build.task_list.map((task) => [
        task.name,
        task.package,
        task.state,
        task.node ?? "-",
        `${task.artifacts.filter(({ type }) => type === "rpm").length}`,
        task.state_reason
      ])
    )
  ].join("\n")

/** Why it is where it is. */
export const explanation = (why: PackageBuildExplanation): string =>
  [
    `It is ${why.state}: ${why.reason}`,
    ...(why.waits_for.length === 0 ? ["Nothing is outstanding."] : why.waits_for),
    "",
    ...why.tasks.flatMap((task) => [
      `${task.name} (${task.package}): ${task.state}. ${task.reason}`,
      ...(task.waits_for.length === 0 ? [] : [`  waits for ${task.waits_for.join(", ")}`]),
      ...(task.queue === null ? [] : [`  ${task.queue.sentence}`])
    ])
  ].join("\n")
