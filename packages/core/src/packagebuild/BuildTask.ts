/** One task of a package build: one package for one platform and architecture, and what became of it. */
import * as Schema from "effect/Schema"
import type { TaskPlan } from "./PackagePlan.ts"

/**
 * - `waiting`: something it needs is missing.
 * - `queued`: a node may take it.
 * - `started`: a node has it.
 * - `processing`: the node has reported; its artifacts are being taken in.
 * - `completed`: its packages are in the build's repositories.
 * - `failed`: it ended without packages, or never could begin.
 * - `excluded`: the package is not meant for this architecture.
 * - `canceled`: somebody ended it.
 */
export const TaskState = Schema.Literals([
  "waiting",
  "queued",
  "started",
  "processing",
  "completed",
  "failed",
  "excluded",
  "canceled"
])
/** How a task of a package build stands; numbers stand for these on the wire only. */
export type TaskState = typeof TaskState.Type

/** A file that a task left behind. */
export const TaskArtifact = Schema.Struct({
  /** File name. */
  name: Schema.String,
  type: Schema.Literals(["rpm", "build_log"]),
  /** The storage's own name of it; what reads it knows how. */
  href: Schema.String,
  /** Lower-case hexadecimal digits, where the node told. */
  sha256: Schema.optionalKey(Schema.String),
  casHash: Schema.optionalKey(Schema.String),
  /** Of packages: `name-epoch:version-release.arch` and the license, as the file itself says, once it was looked at. */
  nevra: Schema.optionalKey(Schema.String),
  license: Schema.optionalKey(Schema.String)
})
/** A file that a task left behind, decoded. */
export interface TaskArtifact extends Schema.Schema.Type<typeof TaskArtifact> {}

/** The part of a task that changes; what it is meant to do is in its `TaskPlan`. */
export const BuildTask = Schema.Struct({
  name: Schema.String,
  state: TaskState,
  /** From 1; a new attempt is a new piece of work. */
  attempt: Schema.Number,
  /** Why it is in this state, for people. */
  reason: Schema.String,
  /** What went wrong, where it was not the package's own build that failed. */
  error: Schema.optionalKey(Schema.String),
  /** Who has or had it. */
  node: Schema.optionalKey(Schema.String),
  artifacts: Schema.Array(TaskArtifact),
  /** The commit that the node built. */
  commit: Schema.optionalKey(Schema.String),
  /** Where other tasks fetch the source package, and its checksum; of `src` tasks. */
  srpm: Schema.optionalKey(Schema.Struct({ url: Schema.String, sha256: Schema.optionalKey(Schema.String) })),
  /** The task whose failure ended this one before it began. */
  blockedBy: Schema.optionalKey(Schema.String),
  /** It waits for its source package alone, since somebody restarted it so. */
  alone: Schema.optionalKey(Schema.Boolean),
  /** Whether what the architectures of its package share has been shared: `false` while it is being done; of `src` tasks. */
  settled: Schema.optionalKey(Schema.Boolean),
  /** Whether its source package is in its repository: `false` until it is there; of `src` tasks. */
  stored: Schema.optionalKey(Schema.Boolean),
  /** It was asked to put the source package there. */
  storing: Schema.optionalKey(Schema.Boolean),
  /** What the node measured, as it reported. */
  stats: Schema.optionalKey(Schema.Json),
  /** Milliseconds since the epoch. */
  queuedAt: Schema.optionalKey(Schema.Number),
  startedAt: Schema.optionalKey(Schema.Number),
  finishedAt: Schema.optionalKey(Schema.Number)
})
/** The part of a task that changes, decoded. Times are milliseconds since the epoch. */
export interface BuildTask extends Schema.Schema.Type<typeof BuildTask> {}

/** A task before anything happened: `waiting`, in its first attempt. */
export const initial = ({ name }: Pick<TaskPlan, "name">): BuildTask => ({
  name,
  state: "waiting",
  attempt: 1,
  reason: "Not started",
  artifacts: []
})

/** Whether nothing more happens to it by itself: it is `completed`, `failed`, `excluded` or `canceled`. */
export const isEnded = ({ state }: BuildTask): boolean =>
  state === "completed" || state === "failed" || state === "excluded" || state === "canceled"

/** Whether a node may be working on it or take it: it is `queued` or `started`. */
export const isOut = ({ state }: BuildTask): boolean => state === "queued" || state === "started"

/** Whether tasks that wait for it may go on: it is `completed` or `excluded`. */
export const isPassed = ({ state }: BuildTask): boolean => state === "completed" || state === "excluded"

/** Whether it ended without what was asked for: it is `failed` or `canceled`. */
export const isLost = ({ state }: BuildTask): boolean => state === "failed" || state === "canceled"

/** Whether what it made is still on its way to repositories, after its end: the build waits for that. */
export const isUnshared = ({ settled, stored }: BuildTask): boolean => settled === false || stored === false

/** Ended, with a reason; what it leaves behind stays. */
export const end = (
  self: BuildTask,
  state: "completed" | "failed" | "excluded" | "canceled",
  reason: string,
  at: number
): BuildTask => ({ ...self, state, reason, finishedAt: at })

/** Another attempt, as if nothing had been before but the number. */
export const again = (self: BuildTask, reason: string, alone: boolean): BuildTask => ({
  ...initial(self),
  attempt: self.attempt + 1,
  reason,
  ...(alone ? { alone } : {})
})

/** The packages among its artifacts, in their order; logs are left out. */
export const packages = ({ artifacts }: BuildTask): ReadonlyArray<TaskArtifact> =>
  artifacts.filter(({ type }) => type === "rpm")

/** Adds artifacts; those of a name that is there replace it where it stands. */
export const withArtifacts = (self: BuildTask, added: ReadonlyArray<TaskArtifact>): BuildTask => {
  const byName = new Map(self.artifacts.map((one) => [one.name, one]))
  for (const one of added) byName.set(one.name, one)
  return { ...self, artifacts: [...byName.values()] }
}
