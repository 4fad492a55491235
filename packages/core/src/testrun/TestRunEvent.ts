/** Everything that can happen to a run of tests. Stored for ever: fields are only ever added, as optional keys. */
import * as Schema from "effect/Schema"
import { CommandDelayed } from "../farm/Delays.ts"

const At = { /** Milliseconds since the epoch. */ at: Schema.Number }

/** One thing that happened to a run of tests. */
export const TestRunEvent = Schema.Union([
  Schema.TaggedStruct("Made", At),
  /** A test system took tests. */
  Schema.TaggedStruct("TestsTaken", { ...At, tests: Schema.Array(Schema.String), by: Schema.String }),
  /** Nobody has reported them for too long. */
  Schema.TaggedStruct("TestsLapsed", { ...At, tests: Schema.Array(Schema.String) }),
  Schema.TaggedStruct("TestReported", {
    ...At,
    test: Schema.String,
    success: Schema.Boolean,
    /** Stages that did not succeed. */
    failed: Schema.Array(Schema.String),
    /** The report as it came. */
    response: Schema.Json,
    stats: Schema.optionalKey(Schema.Json)
  }),
  /** A command waits for a system outside, or goes on. */
  CommandDelayed,
  /** A command can never succeed; `command` is its tag. */
  Schema.TaggedStruct("CommandRejected", { ...At, command: Schema.String, reason: Schema.String }),
  Schema.TaggedStruct("CancelRequested", { ...At, by: Schema.String })
])
export type TestRunEvent = typeof TestRunEvent.Type

/** What a run wants done. Run at least once, so whoever runs one must find what an earlier attempt did. */
export const TestRunCommand = Schema.Union([
  /** Hand tests to a test system that does not ask for them. */
  Schema.TaggedStruct("PushTests", { tests: Schema.Array(Schema.String) }),
  /** Read the logs of a test from where the test system put them. */
  Schema.TaggedStruct("ReadLogs", { test: Schema.String })
])
export type TestRunCommand = typeof TestRunCommand.Type
