/**
 * What a runner is told: everything one build needs, so that it can go on when the server that started it is killed.
 */
import * as Schema from "effect/Schema"
import { Sandbox } from "./sandbox/Sandbox.ts"

export const RunnerJob = Schema.Struct({
  /** The task's directory; also the mark of all its processes. */
  task: Schema.String,
  /** This attempt's own tree, removed at its end; the sources were checked out to where `BuildTree.sourcesOf` says. */
  attempt: Schema.String,
  component: Schema.String,
  /** What is made: the source package alone, or packages from the source package that lies where sources do; absent for all from sources. */
  kind: Schema.optionalKey(Schema.Literals(["source", "rebuild"])),
  /** RPM database to copy. */
  platformDatabase: Schema.String,
  /** RPMs present in the buildroot. */
  packages: Schema.Array(Schema.String),
  macrosFile: Schema.String,
  /** With the leading dot. */
  dist: Schema.String,
  /** Unix seconds: the commit's time, for packages that come out the same each time. */
  sourceDate: Schema.Number,
  timeoutMillis: Schema.Number,
  maxLogBytes: Schema.Number,
  maxTreeBytes: Schema.Number,
  maxMemoryBytes: Schema.Number,
  maxProcesses: Schema.Number,
  sandbox: Sandbox,
  network: Schema.Boolean,
  /** The user of this machine that a confined build runs as, where the server is root. */
  uid: Schema.Number,
  /** Lock file of the slot that it was given. */
  slot: Schema.String,
  /** Marker to remove at the end. */
  open: Schema.String
})
export interface RunnerJob extends Schema.Schema.Type<typeof RunnerJob> {}
