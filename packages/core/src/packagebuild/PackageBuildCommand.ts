/**
 * What a package build wants done. Commands are data: stored with the state that asked for them and run afterwards, at least
 * once, so whoever runs one must find what an earlier attempt did.
 */
import * as Schema from "effect/Schema"

const Attempts = Schema.Array(Schema.Struct({ task: Schema.String, attempt: Schema.Number }))

/** One thing to be done, told apart by `_tag`. */
export const PackageBuildCommand = Schema.Union([
  /** Make the repositories that results go to. */
  Schema.TaggedStruct("PrepareRepositories", {}),
  /** Offer tasks to the nodes. */
  Schema.TaggedStruct("OfferTasks", { tasks: Attempts }),
  /** Take tasks back from the queue and from nodes. */
  Schema.TaggedStruct("WithdrawTasks", { tasks: Attempts }),
  /** Tell the queue how urgent the build's tasks are now. */
  Schema.TaggedStruct("PrioritizeTasks", {}),
  /** Put what a task left into the build's repositories. */
  Schema.TaggedStruct("TakeArtifacts", { task: Schema.String, attempt: Schema.Number }),
  /** Put source packages of tasks into their repositories; nothing but the end of the build waits for it. */
  Schema.TaggedStruct("StoreSources", { tasks: Attempts }),
  /** Give every architecture of a package what they share. */
  Schema.TaggedStruct("SettleGroup", { platform: Schema.String, index: Schema.Number }),
  /** Have the results tested. */
  Schema.TaggedStruct("MakeTests", {}),
  Schema.TaggedStruct("RemoveRepositories", {})
])
export type PackageBuildCommand = typeof PackageBuildCommand.Type
