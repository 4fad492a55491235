/**
 * Remembers for a minute which addresses keep failing to say who they are, so that passwords cannot be tried and an identity
 * provider is not asked for every guess. What is remembered is bounded.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Asking } from "./Caller.ts"

/** Failures from one address in one window; a person who mistypes stays below. */
const most = 30
const windowMillis = 60_000
const addressesAtMost = 10_000

interface Count {
  readonly since: number
  failures: number
}

/** What the counts answer. */
export interface FailedLogins {
  /** Whether the address has failed too often to be trusted with another guess. */
  readonly isLimited: (request: Asking) => Effect.Effect<boolean>
  /** Counts one failure. */
  readonly count: (request: Asking) => Effect.Effect<void>
}

const addressOf = ({ remoteAddress }: Asking): string => remoteAddress._tag === "Some" ? remoteAddress.value : "unknown"

/** The counts of this server. */
export const make: Effect.Effect<FailedLogins> = Effect.sync(() => {
  const counts = new Map<string, Count>()
  const of = (address: string, now: number): Count | undefined => {
    const known = counts.get(address)
    return known !== undefined && now - known.since < windowMillis ? known : undefined
  }
  return {
    isLimited: (request) =>
      Effect.map(Clock.currentTimeMillis, (now) => (of(addressOf(request), now)?.failures ?? 0) >= most),
    count: (request) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const address = addressOf(request)
        const known = of(address, now)
        if (known !== undefined) {
          known.failures++
          return
        }
        counts.delete(address)
        counts.set(address, { since: now, failures: 1 })
        if (counts.size > addressesAtMost) counts.delete(counts.keys().next().value!)
      })
  }
})
