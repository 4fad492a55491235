/** What the world is told when a process changes, before it has a sequence number. */
import type * as Schema from "effect/Schema"

/** One announcement to be made: topic and subject say what it is about, the body is what listeners receive. */
export interface Draft {
  /** What kind of news, such as `module-build.state`. */
  readonly topic: string
  /** About whom, such as `module-build/42/bash`; a reader of `module-build/42` gets it, too. */
  readonly subject: string
  readonly body: Schema.Json
}
