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
}

export const standard: RetryPolicy = { base: "250 millis", cap: "2 seconds", patience: "45 seconds" }

/** Milliseconds to wait before the repetition with this number, from 1. */
export const delayMillis = (policy: RetryPolicy, repetition: number): number =>
  repetition <= 1
    ? 0
    : Math.min(Duration.toMillis(policy.cap), Duration.toMillis(policy.base) * 2 ** Math.min(repetition - 2, 20))
