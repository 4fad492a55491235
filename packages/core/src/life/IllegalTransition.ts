/** The refusal of a request that makes no sense in the state a process is in. */
import * as Schema from "effect/Schema"

/** A request that makes no sense in the process's state; nothing was changed. */
export class IllegalTransition extends Schema.TaggedError<IllegalTransition>()("IllegalTransition", {
  /** The state the process is in, in its life's words. */
  state: Schema.String,
  /** The tag of the event that was refused. */
  event: Schema.String,
  message: Schema.String
}) {}
