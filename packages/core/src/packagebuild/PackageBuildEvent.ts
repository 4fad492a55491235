/**
 * Everything that can happen to a package build. An event says what was seen or asked, never what to do about it.
 *
 * Events are stored for ever and replayed: fields are only ever added, as optional keys.
 */
import * as Schema from "effect/Schema"
import { CommandDelayed } from "../farm/Delays.ts"
import { TaskArtifact } from "./BuildTask.ts"
import { BuildRepository } from "./PackageBuild.ts"

const At = { /** Milliseconds since the epoch. */ at: Schema.Number }
const By = { ...At, /** Who asked. */ by: Schema.String }
const Attempt = { /** Name of the task. */ task: Schema.String, attempt: Schema.Number }
const Group = { platform: Schema.String, index: Schema.Number }

/** One thing that happened, told apart by `_tag`. `at` is in milliseconds since the epoch. */
export const PackageBuildEvent = Schema.Union([
  /** Someone asked for the build; its plan is stored beside it. */
  Schema.TaggedStruct("Submitted", By),
  /** The build's repositories exist. */
  Schema.TaggedStruct("RepositoriesPrepared", { ...At, repositories: Schema.Array(BuildRepository) }),
  /** Nodes took tasks. */
  Schema.TaggedStruct("TasksStarted", {
    ...At,
    tasks: Schema.Array(Schema.Struct({ ...Attempt, node: Schema.String }))
  }),
  /** A node said how a task ended. That it had the task was checked by whoever hands tasks out. */
  Schema.TaggedStruct("TaskReported", {
    ...At,
    ...Attempt,
    node: Schema.String,
    status: Schema.Literals(["done", "failed", "excluded"]),
    artifacts: Schema.Array(TaskArtifact),
    commit: Schema.optionalKey(Schema.String),
    stats: Schema.optionalKey(Schema.Json),
    /** When the node says that it began. */
    startedAt: Schema.optionalKey(Schema.Number)
  }),
  /** No node brought a task to an end, as often as is tried. */
  Schema.TaggedStruct("TaskAbandoned", { ...At, ...Attempt, reason: Schema.String }),
  /** What a task left is in the build's repositories, under the names that they have there. */
  Schema.TaggedStruct("ArtifactsTaken", {
    ...At,
    ...Attempt,
    artifacts: Schema.Array(TaskArtifact),
    srpm: Schema.optionalKey(Schema.Struct({ url: Schema.String, sha256: Schema.optionalKey(Schema.String) })),
    /** Whether the source package is still to be put into its repository. */
    unstored: Schema.optionalKey(Schema.Boolean)
  }),
  /** A source package is in its repository, or can never be (`error`). */
  Schema.TaggedStruct("SourcesStored", { ...At, ...Attempt, error: Schema.optionalKey(Schema.String) }),
  /** What a task left cannot be taken: a checksum that differs, a file that is not there. */
  Schema.TaggedStruct("ArtifactsRefused", { ...At, ...Attempt, reason: Schema.String }),
  /** What the architectures of a package share is in all their repositories. */
  Schema.TaggedStruct("GroupSettled", {
    ...At,
    ...Group,
    /** Names of 32-bit packages that are offered to 64-bit systems as well. */
    multilib: Schema.Array(Schema.String)
  }),
  Schema.TaggedStruct("TestsMade", { ...At, tests: Schema.Number }),
  /** Packages carry a signature now, and are other files for that. */
  Schema.TaggedStruct("Signed", {
    ...At,
    key: Schema.Number,
    /** The storage's name of each file before and after; a file may be an artifact of several tasks. */
    artifacts: Schema.Array(Schema.Struct({
      from: Schema.String,
      to: Schema.String,
      sha256: Schema.optionalKey(Schema.String)
    }))
  }),
  /** Its packages went out with a release, or came back (`release` absent). */
  Schema.TaggedStruct("Released", { ...At, release: Schema.optionalKey(Schema.Number) }),
  /** A command waits for a system outside, or goes on. */
  CommandDelayed,
  /** A command can never succeed; `command` is its tag. */
  Schema.TaggedStruct("CommandRejected", { ...At, command: Schema.String, reason: Schema.String }),
  /** Another attempt: of one task and what it blocked, or of all that was lost. `parallel`: none waits for another package. */
  Schema.TaggedStruct("RestartRequested", {
    ...By,
    task: Schema.optionalKey(Schema.String),
    parallel: Schema.optionalKey(Schema.Boolean)
  }),
  Schema.TaggedStruct("CancelRequested", By),
  Schema.TaggedStruct("TestsCancelRequested", By),
  Schema.TaggedStruct("PriorityRequested", {
    ...By,
    priority: Schema.Int.check(Schema.isBetween({ minimum: -100, maximum: 100 }))
  }),
  Schema.TaggedStruct("RemoveRequested", By)
])
export type PackageBuildEvent = typeof PackageBuildEvent.Type
