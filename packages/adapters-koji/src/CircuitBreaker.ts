/**
 * Stops calling a hub that does not answer: after some failures in a row calls fail at once, until a pause is over and one
 * call is let through to find out. Every caller waiting out its own deadline would hold all workers for nothing.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { HubUnreachable, type KojiError } from "./KojiError.ts"

/** When calls are no longer tried, and for how long. */
export interface Options {
  /** Failures in a row that open it. */
  readonly threshold?: number | undefined
  /** How long it stays open; short, since the calls themselves wait for a hub that restarts. */
  readonly pause?: Duration.Input | undefined
}

/** A guard around all calls to one hub. */
export interface CircuitBreaker {
  readonly guard: <A, E extends KojiError, R>(
    method: string,
    call: Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | HubUnreachable, R>
}

/**
 * A breaker that lets calls through until too many failed in a row. While it is open, `guard` fails with
 * `HubUnreachable` of reason `open`.
 */
export const make = (options: Options = {}): CircuitBreaker => {
  const threshold = options.threshold ?? 5
  const pause = Duration.toMillis(options.pause ?? "5 seconds")
  let failures = 0
  let openUntil = 0
  let probing = false

  const refused = (method: string) =>
    new HubUnreachable({ reason: "open", method, text: `not tried: the last ${failures} calls got no answer` })

  return {
    guard: <A, E extends KojiError, R>(method: string, call: Effect.Effect<A, E, R>) =>
      Clock.clockWith((clock) =>
        Effect.suspend((): Effect.Effect<A, E | HubUnreachable, R> => {
          const now = clock.currentTimeMillisUnsafe()
          const suspicious = failures >= threshold
          if (suspicious && (now < openUntil || probing)) return Effect.fail(refused(method))
          if (suspicious) probing = true
          return call.pipe(
            Effect.tap(() => Effect.sync(() => void (failures = 0))),
            Effect.tapError((error) =>
              Effect.sync(() => {
                // A fault, a lost result or a wrong certificate is an answer, too: the hub is there.
                if (error._tag !== "HubUnreachable" || !error.isRetryable) failures = 0
                else if (++failures >= threshold) openUntil = clock.currentTimeMillisUnsafe() + pause
              })
            ),
            Effect.ensuring(Effect.sync(() => {
              if (suspicious) probing = false
            }))
          )
        })
      )
  }
}
