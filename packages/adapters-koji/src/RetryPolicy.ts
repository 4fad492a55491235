/**
 * How long one call is tried again before its failure is handed on.
 *
 * The first repetition is immediate, since a kept-alive connection that the hub closed meanwhile is the usual cause; then the
 * delay doubles up to a cap. Whoever gave the order repeats it later, so the patience here is short.
 */
import * as Duration from "effect/Duration"

/** How long to go on with a call that gets no answer. */
export interface RetryPolicy {
  readonly base: Duration.Input
  /** Also the longest that is slept after a hub came back: it bounds the time one fault costs. */
  readonly cap: Duration.Input
  /** From the first attempt on, besides twice what the work takes; after it the failure stands. */
  readonly patience: Duration.Input
  /**
   * How long the first attempt waits for its answer, besides what the work takes; each further one three times as long, up to
   * the transport's own deadline. Short at first, since an answer that is lost without the connection breaking costs all of
   * it. Giving up early is safe: the repeated call has the number of the first, waits at the hub until that is done, and is
   * not carried out again.
   */
  readonly deadline?: Duration.Input | undefined
}

/** What a hub has to do for one request. */
export interface Work {
  /** Calls in a multicall; 1 otherwise. */
  readonly calls: number
  /** Sent to the hub. */
  readonly bytes: number
}

/** The policy where nothing is said. */
export const standard: RetryPolicy = {
  base: "250 millis",
  cap: "2 seconds",
  patience: "60 seconds",
  deadline: "4 seconds"
}

/** A busy hub takes 10 to 50 milliseconds for a call that changes a tag, and reads a package's headers from a network disk. */
const millisPerCall = 50
/** Of an upload over a slow line; a mebibyte may take 20 seconds. */
const bytesPerMilli = 50

/** Milliseconds that the work alone may take. One call, and a request of a few kilobytes, count nothing. */
export const workMillis = ({ bytes, calls }: Work): number =>
  Math.round((calls - 1) * millisPerCall + Math.max(0, bytes - 16_384) / bytesPerMilli)

/**
 * Milliseconds the attempt with this number, from 1, waits for its answer.
 *
 * @param longest the transport's own deadline, which only the work can exceed.
 */
export const deadlineMillis = ({ deadline }: RetryPolicy, attempt: number, work: Work, longest: number): number => {
  const extra = workMillis(work)
  const first = deadline === undefined ? longest : Duration.toMillis(deadline)
  return Math.min(longest, (first + extra) * 3 ** Math.min(attempt - 1, 10)) + Math.max(0, first + extra - longest)
}

/** Milliseconds from the first attempt on after which a failure stands. */
export const patienceMillis = ({ patience }: RetryPolicy, work: Work): number =>
  Duration.toMillis(patience) + 2 * workMillis(work)

/** Milliseconds to wait before the repetition with this number, from 1. */
export const delayMillis = (policy: RetryPolicy, repetition: number): number =>
  repetition <= 1
    ? 0
    : Math.min(Duration.toMillis(policy.cap), Duration.toMillis(policy.base) * 2 ** Math.min(repetition - 2, 20))
