/**
 * What Pulp says about a task, and what follows from it.
 *
 * A task that is `completed` may have created nothing: it was already so. What it created stands in no certain order
 * (version, publication, artifact, signed package), so it is looked for by what its path is of.
 */
import * as Schema from "effect/Schema"
import { excerpt, PulpError } from "./PulpError.ts"

/** One line of a task's progress. `total` is `null` where Pulp does not know it. */
export const Progress = Schema.Struct({
  message: Schema.String,
  code: Schema.String,
  state: Schema.String,
  total: Schema.NullOr(Schema.Number),
  done: Schema.NullOr(Schema.Number)
})
export type Progress = typeof Progress.Type

/** A task as Pulp describes it. Times are ISO 8601, `null` as long as they have not come. */
export const PulpTask = Schema.Struct({
  pulp_href: Schema.String,
  name: Schema.String,
  /** waiting, running, completed, failed, canceled, canceling, skipped; what a later Pulp adds is no end. */
  state: Schema.String,
  logging_cid: Schema.optional(Schema.NullOr(Schema.String)),
  pulp_created: Schema.String,
  started_at: Schema.NullOr(Schema.String),
  finished_at: Schema.NullOr(Schema.String),
  error: Schema.NullOr(Schema.Record(Schema.String, Schema.Unknown)),
  created_resources: Schema.Array(Schema.NullOr(Schema.String)),
  progress_reports: Schema.Array(Progress)
})
export type PulpTask = typeof PulpTask.Type

/** The fields of `PulpTask`, for Pulp's parameter `fields`. */
export const fields = Object.keys(PulpTask.fields).join(",")

/** Pulp's answer to work that is a task: the task's path. */
export const Dispatched = Schema.Struct({ task: Schema.String })
/** Pulp's answer to work that is several tasks: their group's path. */
export const DispatchedGroup = Schema.Struct({ task_group: Schema.String })

/** Counts of a group's tasks by state. `all_tasks_dispatched` is deprecated and stays false, so it is not read. */
export const TaskGroup = Schema.Struct({
  pulp_href: Schema.String,
  waiting: Schema.Number,
  running: Schema.Number,
  canceling: Schema.optional(Schema.Number),
  completed: Schema.Number,
  failed: Schema.Number,
  canceled: Schema.Number,
  skipped: Schema.Number,
  tasks: Schema.Array(Schema.Struct({ pulp_href: Schema.String, name: Schema.String, state: Schema.String }))
})
export type TaskGroup = typeof TaskGroup.Type

const ends = new Set(["completed", "failed", "canceled", "skipped"])

/** Whether a task's state is one that it keeps. States that only a later Pulp has are none. */
export const isEnded = ({ state }: { readonly state: string }): boolean => ends.has(state)

/** Whether its end, once it comes, can be a success. */
export const isHopeful = ({ state }: { readonly state: string }): boolean => state === "waiting" || state === "running"

/** Whether no task of the group waits, runs or is being canceled. It does not say whether they succeeded. */
export const isGroupEnded = ({ canceling = 0, running, waiting }: TaskGroup): boolean =>
  waiting + running + canceling === 0

const kinds = {
  version: /\/repositories\/.+\/versions\/\d+\/$/,
  publication: /\/publications\//,
  distribution: /\/distributions\//,
  artifact: /\/artifacts\//,
  content: /\/content\//
}

/** Paths of what the task created of a kind. */
export const created = (task: PulpTask, kind: keyof typeof kinds): ReadonlyArray<string> =>
  task.created_resources.filter((path): path is string => path !== null && kinds[kind].test(path))

/** Pulp's own words of why a task failed, for people: a description, or a reason where a worker went missing. */
const words = (error: PulpTask["error"]): string => {
  const text = error?.["description"] ?? error?.["reason"]
  return typeof text === "string" && text !== "" ? `: ${excerpt(text)}` : ""
}

/** The failure that an ended task is; `undefined` for one that is completed. */
export const failure = (task: PulpTask): PulpError | undefined =>
  task.state === "completed" ? undefined : new PulpError({
    reason: task.state === "canceled" ? "canceled" : "failed",
    request: `GET ${task.pulp_href}`,
    task: task.pulp_href,
    message: `Pulp's task ${task.name} is ${task.state}${words(task.error)}`
  })
