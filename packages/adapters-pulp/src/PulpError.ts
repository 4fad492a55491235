/**
 * What can go wrong at a Pulp, in closed reasons.
 *
 * Pulp's own texts are kept for people and never read for meaning: descriptions of failed tasks may be Python's `repr`, and
 * the words change between releases. Whoever needs to know what is there asks for it.
 */
import * as Schema from "effect/Schema"

/**
 * - `unreachable`: no answer, or one of 500 and above; asking again may help.
 * - `refused`: who we are does not suffice (401, 403), or who they are does not (a certificate of nobody we know).
 * - `rejected`: what was sent is wrong (other answers of 400 and above).
 * - `gone`: what was named is not there (404, 410).
 * - `conflict`: it is in another state than was thought (409).
 * - `malformed`: the answer is none of Pulp, or longer than is read.
 * - `failed`, `canceled`: the end of a task.
 * - `lost`: the worker that ran a task is gone; the task has been canceled.
 * - `overdue`: a task took longer than it may; it has been canceled.
 */
export class PulpError extends Schema.TaggedError<PulpError>()("PulpError", {
  reason: Schema.Literals([
    "unreachable",
    "refused",
    "rejected",
    "gone",
    "conflict",
    "malformed",
    "failed",
    "canceled",
    "lost",
    "overdue"
  ]),
  /** Method and path, without parameters. */
  request: Schema.String,
  message: Schema.String,
  status: Schema.optional(Schema.Number),
  /** Path of the task. */
  task: Schema.optional(Schema.String),
  /** Whether Pulp surely never saw the request. */
  unsent: Schema.optional(Schema.Boolean)
}) {
  get isRetryable(): boolean {
    return this.reason === "unreachable" || this.reason === "lost" || this.reason === "overdue" ||
      this.reason === "canceled"
  }
}

/** At most so many characters of what Pulp said go into a message. */
const shown = 500

/** Pulp's words on one line, cut. */
export const excerpt = (text: string): string => {
  const line = text.replace(/\s+/g, " ").trim()
  return line.length > shown ? `${line.slice(0, shown)}…` : line
}

const reasonOf = (status: number): PulpError["reason"] => {
  if (status === 401 || status === 403) return "refused"
  if (status === 404 || status === 410) return "gone"
  if (status === 409) return "conflict"
  // Too many requests, and a gateway's answers: Pulp itself may not have been asked.
  return status >= 500 || status === 408 || status === 429 ? "unreachable" : "rejected"
}

/** The failure that an answer of 400 and above is. */
export const fromStatus = (request: string, status: number, text: string): PulpError =>
  new PulpError({
    reason: reasonOf(status),
    request,
    status,
    message: `Pulp answered ${status} to ${request}${text === "" ? "" : `: ${excerpt(text)}`}`
  })
