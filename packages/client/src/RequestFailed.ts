/**
 * Why a request did not do what was asked of the server: an error with words for people and fields for programs, whatever
 * went wrong on the way.
 */

/** One thing that is wrong with what was sent. */
export interface Problem {
  /** A stable code, such as `unknown-key`. */
  readonly code: string
  readonly message: string
  /** Which part: a file, a component, a field. */
  readonly where?: string
  /** From 1. */
  readonly line?: number
  readonly column?: number
  readonly hint?: string
}

/**
 * - `refused`: the server says no (4xx); asking again changes nothing.
 * - `unavailable`: the server, or what stands before it, cannot answer now (5xx, 429); asking later may help.
 * - `unreachable`: nobody answered.
 * - `unreadable`: the answer is none of this API.
 * - `invalid`: what was to be sent is none of this API; nothing was sent.
 */
export type Reason = "refused" | "unavailable" | "unreachable" | "unreadable" | "invalid"

/** What is known of a refusal. */
export interface Fields {
  readonly reason: Reason
  readonly message: string
  readonly status?: number | undefined
  readonly problems?: ReadonlyArray<Problem> | undefined
  readonly body?: string | undefined
  readonly cause?: unknown
}

/** The one error that the Promise client rejects with. `message` is for people, the other fields are for programs. */
export class RequestFailed extends Error {
  override readonly name = "RequestFailed"
  readonly reason: Reason
  /** The status of the answer, where there was one. */
  readonly status: number | undefined
  /** What is wrong with what was sent, thing by thing; empty where the server did not say. */
  readonly problems: ReadonlyArray<Problem>
  /** The beginning of an answer that is not in the form of this API, such as a proxy's page. */
  readonly body: string | undefined

  constructor({ body, cause, message, problems = [], reason, status }: Fields) {
    super(message, cause === undefined ? undefined : { cause })
    this.reason = reason
    this.status = status
    this.problems = problems
    this.body = body
  }
}
