/** What a build waits for outside of the orchestrator: a task, a repository, or a system that does not answer. */
import * as Schema from "effect/Schema"

/** Something outside of the orchestrator that a build cannot go on without. */
export const Waiting = Schema.Struct({
  /** What is waited for, in words that follow "waiting for", such as `hub fedora` or `task 29, which builds module-build-macros`. */
  on: Schema.String,
  /** Since when, in milliseconds since 1970. */
  since: Schema.Number,
  /** Why it is not over yet, for people. */
  reason: Schema.String
})
export interface Waiting extends Schema.Schema.Type<typeof Waiting> {}

/** `waiting for hub fedora since 2026-11-21T22:41:07Z: connection refused`; the time in whole seconds of UTC. */
export const describe = ({ on, reason, since }: Waiting): string =>
  `waiting for ${on} since ${new Date(since).toISOString().replace(/\.\d+Z$/, "Z")}: ${reason}`
