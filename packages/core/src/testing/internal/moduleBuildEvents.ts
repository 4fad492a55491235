/** Events and plans of module builds for the contract suites. */
import { TaskId } from "../../farm/Task.ts"
import type { ModuleBuildEvent } from "../../modulebuild/ModuleBuildEvent.ts"
import type { ModulePlan } from "../../modulebuild/ModulePlan.ts"
import * as Contract from "../Contract.ts"
import { component, modulePlan } from "./plans.ts"

/** A plan of its own version, so that it meets no other. */
export const plan = (names: ReadonlyArray<string>, fields: Partial<ModulePlan> = {}): ModulePlan =>
  modulePlan(names.map((name) => component(name)), {
    name: "contract",
    version: BigInt(Contract.uniqueNumber()),
    context: "c0ffee42",
    ...fields
  })

/** A time that is the same before and after it was stored. */
export const at = 1_700_000_000_000

export const submitted: ModuleBuildEvent = { _tag: "Submitted", at, by: "alice" }
export const canceled: ModuleBuildEvent = { _tag: "CancelRequested", at: at + 9, by: "bob" }
export const resumed: ModuleBuildEvent = { _tag: "ResumeRequested", at: at + 11, by: "bob" }

export const prepared = (key: string): ModuleBuildEvent => ({
  _tag: "BuildrootPrepared",
  at: at + 1,
  buildroot: { key, id: key }
})

/** The farm's answer to a submission: every component gets a task of the build's own. */
export const accepted = (id: number, names: ReadonlyArray<string>): ModuleBuildEvent => ({
  _tag: "ComponentsSubmitted",
  at: at + 2,
  submissions: names.map((component) => ({ component, attempt: 1, task: taskOf(id, component) }))
})

export const taskOf = (id: number, component: string): TaskId => TaskId.make(`task-${id}-${component}`)

export const closed = (id: number, name: string): ModuleBuildEvent => ({
  _tag: "TasksObserved",
  at: at + 3,
  observations: [{
    component: name,
    task: taskOf(id, name),
    state: "closed",
    nvr: `${name}-1-1`,
    artifacts: [{ nevra: `${name}-0:1-1.x86_64`, location: `memory:${name}.rpm`, size: 1, sha256: "b".repeat(64) }]
  }]
})
