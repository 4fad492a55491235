/** What the world is told when a package build changes. */
import type { Draft } from "../life/Draft.ts"
import type { BuildTask } from "./BuildTask.ts"
import type { PackageBuild } from "./PackageBuild.ts"
import * as TaskName from "./TaskName.ts"

/** Tells of a build's new state, under the topic `package-build.state`. */
export const buildState = (build: PackageBuild): Draft => ({
  topic: "package-build.state",
  subject: `package-build/${build.id}`,
  body: { id: build.id, owner: build.plan.owner, state: build.state, state_reason: build.reason }
})

/** Tells of a task's new state, under the topic `build-task.state`; `position` is its place in the plan, from 0. */
export const taskState = (build: PackageBuild, task: BuildTask, position: number): Draft => ({
  topic: "build-task.state",
  subject: `package-build/${build.id}/${task.name}`,
  body: {
    package_build: build.id,
    id: TaskName.number(build.plan, position),
    task: task.name,
    state: task.state,
    state_reason: task.reason,
    attempt: task.attempt,
    node: task.node ?? null
  }
})
