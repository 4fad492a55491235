/**
 * Says what a package build waits for and why each of its tasks is where it is: as data, so that faces may say it their way.
 *
 * Why a task that is queued has not been taken yet is not known here but by the queue: see `builderpool/QueueExplanation`.
 */
import * as Delays from "../farm/Delays.ts"
import * as NameList from "../NameList.ts"
import * as Advance from "./Advance.ts"
import { packageName } from "./BuildRef.ts"
import * as BuildTask from "./BuildTask.ts"
import * as PackageBuild from "./PackageBuild.ts"
import * as TaskName from "./TaskName.ts"

/** What has to happen before a task can go on. */
export type Wait =
  /** The build's repositories have to be made. */
  | { readonly _tag: "Repositories" }
  /** Other tasks have to succeed. */
  | { readonly _tag: "Tasks"; readonly tasks: ReadonlyArray<string> }
  /** A node has to take it. */
  | { readonly _tag: "Node" }
  /** A node has to finish it. */
  | { readonly _tag: "Build"; readonly node: string | undefined }
  /** Its artifacts have to arrive in the build's repositories. */
  | { readonly _tag: "Artifacts" }

/** Why one task is where it is, and what has to happen before it goes on. */
export interface TaskExplanation {
  readonly task: string
  /** The task's number toward nodes. */
  readonly number: number
  readonly package: string
  readonly state: BuildTask.TaskState
  readonly attempt: number
  /** Why it is in this state, for people. */
  readonly reason: string
  /** Absent for what has ended. */
  readonly waitsFor: Wait | undefined
}

/** Why the whole build is where it is. */
export interface Explanation {
  readonly state: PackageBuild.PackageBuildState
  readonly reason: string
  /** What has to happen next, one sentence each; empty when nothing is outstanding. */
  readonly waitsFor: ReadonlyArray<string>
  /** In the order of the plan. */
  readonly tasks: ReadonlyArray<TaskExplanation>
}

/** Explains a build and each of its tasks, from its state alone. */
export const explain = (build: PackageBuild.PackageBuild): Explanation => ({
  state: build.state,
  reason: build.reason,
  waitsFor: [...Delays.sentences(build), ...outstanding(build)],
  tasks: build.plan.tasks.map((plan, position) => {
    const task = build.tasks.get(plan.name)!
    return {
      task: plan.name,
      number: TaskName.number(build.plan, position),
      package: packageName(build.plan.refs[plan.index]!),
      state: task.state,
      attempt: task.attempt,
      reason: task.reason,
      waitsFor: waitOf(build, plan, task)
    }
  })
})

const waitOf = (
  build: PackageBuild.PackageBuild,
  plan: PackageBuild.PackageBuild["plan"]["tasks"][number],
  task: BuildTask.BuildTask
): Wait | undefined => {
  switch (task.state) {
    case "waiting": {
      if (build.state === "preparing") return { _tag: "Repositories" }
      const missing = Advance.prerequisites(plan, task).filter((name) => !BuildTask.isPassed(build.tasks.get(name)!))
      return { _tag: "Tasks", tasks: missing }
    }
    case "queued":
      return { _tag: "Node" }
    case "started":
      return { _tag: "Build", node: task.node }
    case "processing":
      return { _tag: "Artifacts" }
    default:
      return undefined
  }
}

/** At most this many tasks are named in one sentence. */
const named = 5

const outstanding = (build: PackageBuild.PackageBuild): ReadonlyArray<string> => {
  switch (build.state) {
    case "preparing":
      return ["The build's repositories have to be made."]
    case "building":
      return building(build)
    case "finished":
      return build.testing === "wanted" ? ["Tests of its packages have to be made."] : []
    case "removed":
      return []
  }
}

const building = (build: PackageBuild.PackageBuild): ReadonlyArray<string> => {
  const sentences: Array<string> = []
  const say = (test: (task: BuildTask.BuildTask) => boolean, sentence: (names: string) => string): void => {
    const names = [...build.tasks.values()].filter(test).map(({ name }) => name)
    if (names.length === 0) return
    sentences.push(sentence(NameList.shorten(names, named)))
  }
  say(({ state }) => state === "queued", (names) => `A node has to take ${names}.`)
  say(({ state }) => state === "started", (names) => `Nodes have to finish ${names}.`)
  say(({ state }) => state === "processing", (names) => `Artifacts of ${names} have to be taken in.`)
  say(
    ({ stored }) => stored === false,
    (names) => `The source packages of ${names} have to be put into their repository.`
  )
  say(({ settled }) => settled === false, (names) => `What architectures share has to be shared for ${names}.`)
  return sentences
}
