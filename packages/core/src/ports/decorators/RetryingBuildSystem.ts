/**
 * A build system that is asked again at once when it did not answer.
 *
 * The engine retries whole commands with pauses of seconds. This is for farms whose connections break often and come back at once:
 * a second try within the call costs less than a command that starts over.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Interface } from "../BuildSystem.ts"
import * as BuildSystemCalls from "./BuildSystemCalls.ts"

/** How often and when. */
export interface Options {
  /** Tries after the first one. */
  readonly times: number
  /** Before the second try; doubles with each one more. */
  readonly pause: Duration.Input
}

/** The same build system. Only what may succeed unchanged is tried again: `isRetryable` of its error says so. */
export const retrying = (system: Interface, { pause, times }: Options): Interface =>
  BuildSystemCalls.around(system, (_, call) =>
    Effect.retry(call, {
      while: (error) => error.isRetryable,
      schedule: Schedule.exponential(pause),
      times
    }))
