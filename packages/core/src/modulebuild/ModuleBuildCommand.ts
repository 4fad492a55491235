/**
 * What a module build wants done. Commands are data: the engine stores them with the state that asked for them and runs
 * them afterwards, at least once, so whoever runs one must find what an earlier attempt did.
 */
import * as Schema from "effect/Schema"
import { TaskId } from "../farm/Task.ts"

/** One thing to be done, told apart by `_tag`. */
export const ModuleBuildCommand = Schema.Union([
  /** Resolve the references of all components without a commit. */
  Schema.TaggedStruct("ResolveSources", {}),
  Schema.TaggedStruct("PrepareBuildroot", {}),
  /** Hand the module over to the farm that owns its build. */
  Schema.TaggedStruct("HandOver", { attempt: Schema.Number }),
  /** End the farm's build. */
  Schema.TaggedStruct("CallOffHandover", { attempt: Schema.Number }),
  Schema.TaggedStruct("SubmitComponents", {
    components: Schema.Array(Schema.Struct({ name: Schema.String, attempt: Schema.Number }))
  }),
  /** Put components into the buildroot and have its repository generated. */
  Schema.TaggedStruct("RequestRepository", { components: Schema.Array(Schema.String) }),
  Schema.TaggedStruct("CancelTasks", { tasks: Schema.Array(TaskId) }),
  /** Assemble the module's repository. */
  Schema.TaggedStruct("Publish", {}),
  Schema.TaggedStruct("AskGate", {}),
  /** Release the buildroot. */
  Schema.TaggedStruct("Finish", { succeeded: Schema.Boolean }),
  /** Wake the build when it has run for too long. */
  Schema.TaggedStruct("StartDeadline", {})
])
export type ModuleBuildCommand = typeof ModuleBuildCommand.Type
