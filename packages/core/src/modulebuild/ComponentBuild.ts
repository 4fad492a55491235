/** One component of a module build: what the farm is doing with it and why it is where it is. */
import * as Schema from "effect/Schema"
import { Artifact } from "../farm/Artifact.ts"
import { BuiltComponent, TaskId } from "../farm/Task.ts"
import type { ComponentPlan, Reused } from "./ModulePlan.ts"

/**
 * - `waiting`: not started; its prerequisites are missing or the module does not build yet.
 * - `submitting`: a command to submit it is out; the farm may or may not know it.
 * - `building`: the farm has a task.
 * - `built`: the task closed; its packages are not in the buildroot's repository yet.
 * - `available`: its packages have been seen in the buildroot's repository.
 * - `failed`, `canceled`: the task ended without packages, or never began.
 */
export const ComponentState = Schema.Literals([
  "waiting",
  "submitting",
  "building",
  "built",
  "available",
  "failed",
  "canceled"
])
export type ComponentState = typeof ComponentState.Type

/** The part of a component that changes; what it is meant to be is in its `ComponentPlan`. */
export const ComponentBuild = Schema.Struct({
  name: Schema.String,
  state: ComponentState,
  /** From 1; a new attempt is a new task. */
  attempt: Schema.Number,
  commit: Schema.optionalKey(Schema.String),
  task: Schema.optionalKey(TaskId),
  /** Whether the farm has begun with the task. */
  open: Schema.Boolean,
  /** `name-version-release` of its source package, once known. */
  nvr: Schema.optionalKey(Schema.String),
  artifacts: Schema.Array(Artifact),
  /** Why it is in this state, for people. */
  reason: Schema.String,
  /** Why it was or was not taken from another build; absent where that was not asked. */
  reuse: Schema.optionalKey(Schema.String),
  /** Id of the module build it was taken from. */
  reusedFrom: Schema.optionalKey(Schema.Number),
  /** Where its log can be read: an absolute URL, or a path below this server's root. */
  log: Schema.optionalKey(Schema.String),
  /** Canceled because the module build ended, and not by somebody at the build system. */
  calledOff: Schema.optionalKey(Schema.Boolean),
  /** Milliseconds since the epoch. */
  submittedAt: Schema.optionalKey(Schema.Number),
  /** When the farm was first seen working on it. */
  openedAt: Schema.optionalKey(Schema.Number),
  finishedAt: Schema.optionalKey(Schema.Number)
})
export interface ComponentBuild extends Schema.Schema.Type<typeof ComponentBuild> {}

/** A component before anything happened: `waiting`. */
export const initial = (plan: ComponentPlan): ComponentBuild => ({
  name: plan.name,
  state: "waiting",
  attempt: 1,
  ...(plan.commit === undefined ? {} : { commit: plan.commit }),
  open: false,
  artifacts: [],
  reason: "Not started"
})

const takenFrom = (build: number): string => `Reused from module build ${build}`

/** The component taken from another build instead of being built: `built`, with that build's task and artifacts. */
export const reuse = (self: ComponentBuild, { artifacts, from, nvr, task }: Reused): ComponentBuild => ({
  ...self,
  state: "built",
  task: TaskId.make(task),
  nvr,
  artifacts,
  reason: takenFrom(from),
  reusedFrom: from
})

/**
 * The component once its packages are in the buildroot's repository; of what was not built here that stays the more
 * interesting part.
 */
export const available = (self: ComponentBuild): ComponentBuild => ({
  ...self,
  state: "available",
  reason: self.reusedFrom === undefined ? "In the buildroot's repository" : takenFrom(self.reusedFrom)
})

/** Whether its packages exist: it is `built` or `available`. */
export const isBuilt = (self: ComponentBuild): boolean => self.state === "built" || self.state === "available"

/** Whether the farm may be working on it: it is `submitting` or `building`. */
export const isActive = (self: ComponentBuild): boolean => self.state === "submitting" || self.state === "building"

/** Whether it ended without packages: it is `failed` or `canceled`. */
export const isLost = (self: ComponentBuild): boolean => self.state === "failed" || self.state === "canceled"

/** A fresh attempt after a failure, `waiting`; what the farm built before stays known to it under the old key. */
export const reset = (self: ComponentBuild, reason: string): ComponentBuild => ({
  name: self.name,
  state: "waiting",
  attempt: self.attempt + 1,
  ...(self.commit === undefined ? {} : { commit: self.commit }),
  open: false,
  artifacts: [],
  reason,
  ...(self.reuse === undefined ? {} : { reuse: self.reuse })
})

/** The result, for those that need it; `undefined` while there is none. */
export const result = (self: ComponentBuild): BuiltComponent | undefined =>
  isBuilt(self) && self.task !== undefined && self.nvr !== undefined
    ? { component: self.name, task: self.task, nvr: self.nvr, artifacts: self.artifacts }
    : undefined

/** The state in the words of Koji's tasks, as the first orchestrator API shows it. */
export const taskState = (self: ComponentBuild): "free" | "open" | "closed" | "failed" | "canceled" => {
  switch (self.state) {
    case "waiting":
    case "submitting":
      return "free"
    case "building":
      return self.open ? "open" : "free"
    case "built":
    case "available":
      return "closed"
    case "failed":
      return "failed"
    case "canceled":
      return "canceled"
  }
}
