/**
 * How long one call is tried again before its failure is handed on.
 *
 * The first repetition is immediate, since a kept-alive connection that the hub closed meanwhile is the usual cause; then the
 * delay doubles up to a cap. Whoever gave the order repeats it later, so the patience here is short.
 */
import * as Duration from "effect/Duration"

export interface RetryPolicy {
  readonly base: Duration.Input
  /** Also the longest that is slept after a hub came back: it bounds the time one fault costs. */
  readonly cap: Duration.Input
  /** From the first attempt on; after it the failure stands. */
  readonly patience: Duration.Input
  /**
   * How long the first attempt waits for its answer; each further one three times as long, up to the transport's own deadline.
   * Short at first, since an answer that is lost without the connection breaking costs all of it. Giving up early is safe: the
   * repeated call has the number of the first, waits at the hub until that is done, and is not carried out again.
   */
  readonly deadline?: Duration.Input | undefined
}

export const standard: RetryPolicy = {
  base: "250 millis",
  cap: "2 seconds",
  patience: "60 seconds",
  deadline: "4 seconds"
}

/** Milliseconds the attempt with this number, from 1, waits for its answer; `undefined` for as long as the transport does. */
export const deadlineMillis = ({ deadline }: RetryPolicy, attempt: number): number | undefined =>
  deadline === undefined ? undefined : Duration.toMillis(deadline) * 3 ** Math.min(attempt - 1, 10)

/** Milliseconds to wait before the repetition with this number, from 1. */
export const delayMillis = (policy: RetryPolicy, repetition: number): number =>
  repetition <= 1
    ? 0
    : Math.min(Duration.toMillis(policy.cap), Duration.toMillis(policy.base) * 2 ** Math.min(repetition - 2, 20))
