/**
 * Remembers since when a hub has not been usable, and tells it once: in the log, in a metric, and to whoever asks.
 *
 * Every attempt of every call is heard, also those that are repeated, so an outage is known at once and not only when the
 * patience for one call is over. A fault is an answer: only what keeps all calls from being made counts.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as HubAdvice from "./HubAdvice.ts"
import type { KojiError } from "./KojiError.ts"

/** Since when a hub has not been usable, and why. */
export interface Trouble {
  /** Milliseconds since 1970. */
  readonly since: number
  /** What was seen last. */
  readonly error: KojiError
}

/** What is known of a hub's health, and how it is told of answers and failures. */
export interface HubHealth {
  /** `undefined` while the hub can be used, as far as anybody has tried. */
  readonly trouble: () => Trouble | undefined
  /** When the hub last gave a usable answer (milliseconds since 1970); 0 when it never did. */
  readonly answeredAt: () => number
  /** `asUser` as for `answered`. */
  readonly failed: (error: KojiError, asUser: boolean) => Effect.Effect<void>
  /** A call was answered. What strangers may ask says nothing about whether the hub lets us in: `asUser`. */
  readonly answered: (method: string, asUser: boolean) => Effect.Effect<void>
}

const available = Metric.gauge("orch_koji_hub_available", {
  description: "1 while a Koji hub can be used, 0 while it is away or does not let us in, by hub"
})

const logins = new Set(["login", "sslLogin"])
const authLock = 1006
const offline = 1014

/** Whether the hub cannot be used at all, rather than for this call. A call that was not tried tells nothing. */
export const isTrouble = (error: KojiError): boolean => {
  switch (error._tag) {
    case "ResultLost":
      return false
    case "HubUnreachable":
      return error.reason !== "open" && error.status !== 413
    case "KojiFault":
      return error.code === authLock || error.code === offline || logins.has(error.method)
  }
}

/** Whether an answer to this call shows that the trouble is over. */
const isOver = (error: KojiError, method: string, asUser: boolean): boolean => {
  if (error._tag === "KojiFault" && error.code === authLock) return asUser && !logins.has(method)
  return asUser || !logins.has(error.method)
}

/** The health of a hub that nobody has called yet. */
export const make = (name: string, server: URL): HubHealth => {
  let trouble: Trouble | undefined
  let answeredAt = 0
  const record = (value: number) => Metric.update(Metric.withAttributes(available, { hub: name }), value)
  const about = { hub: name, server: server.href }

  const answered = (method: string, asUser: boolean) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const first = answeredAt === 0
      answeredAt = now
      const before = trouble
      if (before === undefined) return first ? record(1) : Effect.void
      if (!isOver(before.error, method, asUser)) return Effect.void
      trouble = undefined
      return Effect.andThen(
        record(1),
        Effect.logInfo("The Koji hub can be used again").pipe(
          Effect.annotateLogs({ ...about, awaySeconds: Math.round((now - before.since) / 1000) })
        )
      )
    })
  const failed = (error: KojiError, asUser: boolean) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      // Refused or not, somebody answered; a call that was not tried, or whose result was lost, says nothing.
      if (!isTrouble(error)) return error._tag === "KojiFault" ? answered(error.method, asUser) : Effect.void
      const before = trouble
      trouble = { since: before?.since ?? now, error }
      if (before !== undefined) return Effect.void
      const advice = HubAdvice.of(error, { name, server })
      return Effect.andThen(
        record(0),
        Effect.logWarning(`The Koji hub cannot be used; builds wait for it: ${error.message}`).pipe(
          Effect.annotateLogs({ ...about, ...(advice === undefined ? {} : { advice }) })
        )
      )
    })
  return { trouble: () => trouble, answeredAt: () => answeredAt, failed, answered }
}
