/**
 * Everything that can happen to a module build. An event says what was seen or asked, never what to do about it.
 *
 * Events are stored for ever and replayed: fields are only ever added, as optional keys.
 */
import * as Schema from "effect/Schema"
import { Artifact } from "../farm/Artifact.ts"
import { Buildroot, RepositoryRequest } from "../farm/Buildroot.ts"
import { FarmModulePart, FarmModuleState } from "../farm/FarmModule.ts"
import { TaskId, TaskState } from "../farm/Task.ts"
import { Waiting } from "../farm/Waiting.ts"
import { ModulePlan, Reused } from "./ModulePlan.ts"

const At = { /** Milliseconds since the epoch. */ at: Schema.Number }

/** One thing that happened, told apart by `_tag`. `at` is in milliseconds since the epoch. */
export const ModuleBuildEvent = Schema.Union([
  /** Someone asked for the build; its plan is stored beside it. */
  Schema.TaggedStruct("Submitted", { ...At, by: Schema.String }),
  /**
   * The module was brought in ready-made. `plan` is what is known of it now, where it was there before; the first import's plan
   * is stored beside the event.
   */
  Schema.TaggedStruct("Imported", { ...At, by: Schema.String, plan: Schema.optionalKey(ModulePlan) }),
  /** References have become commits. */
  Schema.TaggedStruct("SourcesResolved", {
    ...At,
    commits: Schema.Record(Schema.String, Schema.String),
    /** Components that need not be built, by name. */
    reused: Schema.optionalKey(Schema.Record(Schema.String, Reused)),
    /** Why components were or were not taken from an earlier build. */
    reuse: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
  }),
  Schema.TaggedStruct("BuildrootPrepared", { ...At, buildroot: Buildroot }),
  /** The farm answered a submission, component by component. */
  Schema.TaggedStruct("ComponentsSubmitted", {
    ...At,
    submissions: Schema.Array(Schema.Struct({
      component: Schema.String,
      attempt: Schema.Number,
      task: Schema.optionalKey(TaskId),
      /** Why the farm will not build it; no task then. */
      rejected: Schema.optionalKey(Schema.String)
    }))
  }),
  /** Components that could be submitted are not, because a limit is reached. */
  Schema.TaggedStruct("ComponentsHeld", {
    ...At,
    held: Schema.Array(Schema.Struct({ component: Schema.String, reason: Schema.String }))
  }),
  /** The farm was asked about tasks. Observations may be lost, repeated and late. */
  Schema.TaggedStruct("TasksObserved", {
    ...At,
    observations: Schema.Array(Schema.Struct({
      component: Schema.String,
      task: TaskId,
      state: TaskState,
      nvr: Schema.optionalKey(Schema.String),
      artifacts: Schema.Array(Artifact),
      reason: Schema.optionalKey(Schema.String),
      log: Schema.optionalKey(Schema.String)
    }))
  }),
  Schema.TaggedStruct("RepositoryRequested", {
    ...At,
    request: RepositoryRequest,
    components: Schema.Array(Schema.String)
  }),
  Schema.TaggedStruct("RepositoryObserved", {
    ...At,
    request: RepositoryRequest,
    state: Schema.Literals(["Ready", "Failed"]),
    reason: Schema.optionalKey(Schema.String)
  }),
  /** What components left behind, where the observations of their tasks did not say it. */
  Schema.TaggedStruct("ResultsRead", {
    ...At,
    results: Schema.Array(Schema.Struct({
      component: Schema.String,
      artifacts: Schema.Array(Artifact),
      log: Schema.optionalKey(Schema.String)
    }))
  }),
  /** A farm that owns the build was asked what it had of it before this attempt; null for nothing. */
  Schema.TaggedStruct("HandoverPrepared", { ...At, attempt: Schema.Number, before: Schema.NullOr(Schema.String) }),
  /** It has accepted the module; `adopted` where an earlier call had brought that about. */
  Schema.TaggedStruct("HandedOver", {
    ...At,
    attempt: Schema.Number,
    id: Schema.String,
    url: Schema.String,
    adopted: Schema.Boolean
  }),
  /** It was asked how its build is. Answers may be lost, repeated and late. */
  Schema.TaggedStruct("HandoverObserved", {
    ...At,
    id: Schema.String,
    state: FarmModuleState,
    reason: Schema.String,
    parts: Schema.Array(FarmModulePart)
  }),
  /** What its build came to. */
  Schema.TaggedStruct("HandoverRead", { ...At, id: Schema.String, nsvc: Schema.String, url: Schema.String }),
  Schema.TaggedStruct("Published", { ...At, url: Schema.String, path: Schema.optionalKey(Schema.String) }),
  Schema.TaggedStruct("GateDecided", {
    ...At,
    satisfied: Schema.Boolean,
    reason: Schema.String,
    retryAfter: Schema.Number
  }),
  /** A command can never succeed; `command` is its tag. */
  Schema.TaggedStruct("CommandRejected", { ...At, command: Schema.String, reason: Schema.String }),
  /**
   * A command waits for a system outside, or, without `waiting`, goes on after it waited; `command` is its tag. Questions about
   * tasks and repositories count as commands `ObserveTasks` and `ObserveRepositories`.
   */
  Schema.TaggedStruct("CommandDelayed", { ...At, command: Schema.String, waiting: Schema.optionalKey(Waiting) }),
  Schema.TaggedStruct("CancelRequested", { ...At, by: Schema.String }),
  Schema.TaggedStruct("ResumeRequested", { ...At, by: Schema.String }),
  Schema.TaggedStruct("RetryRequested", { ...At, by: Schema.String, component: Schema.String }),
  /** Without a reason, whoever asked had none to give. */
  Schema.TaggedStruct("RetireRequested", { ...At, by: Schema.String, reason: Schema.optionalKey(Schema.String) }),
  /** From -100 to 100, where 0 is what builds begin with and scratch builds begin below. */
  Schema.TaggedStruct("PriorityRequested", {
    ...At,
    by: Schema.String,
    priority: Schema.Int.check(Schema.isBetween({ minimum: -100, maximum: 100 }))
  }),
  Schema.TaggedStruct("DeadlinePassed", { ...At })
])
export type ModuleBuildEvent = typeof ModuleBuildEvent.Type
