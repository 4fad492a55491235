/** What can happen to a release, and what it can ask for. Both are stored for ever: fields are only added, as optional ones. */
import * as Schema from "effect/Schema"
import { Erratum } from "../farm/Advisory.ts"
import { CommandDelayed } from "../farm/Delays.ts"
import { ReleaseEdit } from "./ReleaseEdit.ts"
import { ReleasePlan } from "./ReleasePlan.ts"
import { Ready, Step } from "./RepositoryRelease.ts"

const at = { at: Schema.Number }
const of = { ...at, repository: Schema.String }

export const ReleaseEvent = Schema.Union([
  Schema.TaggedStruct("Submitted", at),
  /** `edits` is how many of them the plan was made with, `orders` how often it had been said anew what it brings. */
  Schema.TaggedStruct("Planned", {
    ...at,
    plan: ReleasePlan,
    edits: Schema.Number,
    orders: Schema.optionalKey(Schema.Number)
  }),
  /** Of people: other builds, or other tasks of them. */
  Schema.TaggedStruct("Reordered", {
    ...at,
    by: Schema.String,
    builds: Schema.Array(Schema.Number),
    tasks: Schema.optionalKey(Schema.Array(Schema.Number))
  }),
  /** Of people; the plan is made again with it. */
  Schema.TaggedStruct("Edited", { ...at, edit: ReleaseEdit }),
  /** Of people: what readers are to be told of it. */
  Schema.TaggedStruct("Described", { ...at, by: Schema.String, erratum: Erratum }),
  /** Of people: what the repositories hold may have changed since. */
  Schema.TaggedStruct("PlanRequested", { ...at, by: Schema.String }),
  Schema.TaggedStruct("CommitRequested", { ...at, by: Schema.String }),
  /** A client that is told of failures by the state alone asked for what the plan does not allow. */
  Schema.TaggedStruct("CommitRefused", { ...at, by: Schema.String, reason: Schema.String }),
  Schema.TaggedStruct("RevertRequested", { ...at, by: Schema.String, why: Schema.String }),
  Schema.TaggedStruct("RemoveRequested", { ...at, by: Schema.String }),
  /** No other release writes the repositories. */
  Schema.TaggedStruct("LocksTaken", at),
  /** Another release does, or a sync: 0. */
  Schema.TaggedStruct("LocksHeld", { ...at, by: Schema.Number }),
  Schema.TaggedStruct("Looked", { ...of, revision: Schema.Number, shown: Schema.NullOr(Ready) }),
  Schema.TaggedStruct("Changed", { ...of, revision: Schema.Number }),
  Schema.TaggedStruct("Prepared", { ...of, ready: Ready }),
  Schema.TaggedStruct("Shown", of),
  /** What was found when a release is to be taken back that readers have seen. */
  Schema.TaggedStruct("Checked", { ...of, revision: Schema.Number }),
  /** Readers see what they saw before. */
  Schema.TaggedStruct("Covered", of),
  Schema.TaggedStruct("Restored", { ...of, revision: Schema.Number }),
  /** A step cannot be done, however often it is tried. */
  Schema.TaggedStruct("StepFailed", { ...of, step: Step, reason: Schema.String }),
  /** A command waits for a system outside, or goes on. */
  CommandDelayed,
  /** For a step, which one of which repository. */
  Schema.TaggedStruct("CommandRejected", {
    ...at,
    command: Schema.String,
    reason: Schema.String,
    repository: Schema.optionalKey(Schema.String),
    step: Schema.optionalKey(Step)
  })
])
/** Something that happened to a release. */
export type ReleaseEvent = typeof ReleaseEvent.Type

export const ReleaseCommand = Schema.Union([
  Schema.TaggedStruct("MakePlan", {}),
  Schema.TaggedStruct("TakeLocks", { repositories: Schema.Array(Schema.String) }),
  Schema.TaggedStruct("RunStep", { repository: Schema.String, step: Step }),
  // Done late, it may find the release committed again: what `Release.wantsLock` names stays locked.
  Schema.TaggedStruct("FreeLocks", { repositories: Schema.Array(Schema.String) })
])
/** Something that is to be done for a release. */
export type ReleaseCommand = typeof ReleaseCommand.Type
