/** How calls of a farm fail. */
import * as Schema from "effect/Schema"
import { Waiting } from "../farm/Waiting.ts"

/**
 * Why an operation as a whole did not happen.
 *
 * - `unreachable`: nobody answered in time; the engine retries.
 * - `refused`: the farm does not let us; `message` names the missing permission. Not retried.
 * - `conflict`: something of that name exists and is not ours. Not retried.
 * - `rejected`: the input can never work. Not retried.
 * - `gone`: what was asked about no longer exists.
 */
export class BuildSystemError extends Schema.TaggedError<BuildSystemError>()("BuildSystemError", {
  reason: Schema.Literals(["unreachable", "refused", "conflict", "rejected", "gone"]),
  operation: Schema.String,
  message: Schema.String,
  cause: Schema.optional(Schema.Defect()),
  /** For `unreachable`: which system is waited for, since when and why; absent where the farm does not tell. */
  waiting: Schema.optional(Waiting)
}) {
  /** Whether the same call may succeed later without anybody changing anything. */
  get isRetryable(): boolean {
    return this.reason === "unreachable"
  }
}
