/** What a hub's trouble means to the engine: try again, give up, or tell somebody what is missing. */
import { BuildSystemError } from "@orch/core/ports/BuildSystem"
import * as Effect from "effect/Effect"
import * as KojiError from "./KojiError.ts"
import type { KojiHub } from "./KojiHub.ts"

type Reason = BuildSystemError["reason"]

/** An uncaught exception and a lock that could not be had: the transaction was undone, and may well succeed later. */
const passing = new Set([1, 1001])
/** Not allowed, not logged in, locked out, Kerberos. */
const refusals = new Set([1002, 1004, 1006, 1007, 1023])

export const reasonOf = (error: KojiError.KojiError): Reason => {
  switch (error._tag) {
    case "ResultLost":
      return "unreachable"
    case "HubUnreachable":
      return error.isRetryable ? "unreachable" : "refused"
    case "KojiFault":
      return passing.has(error.code) ? "unreachable" : refusals.has(error.code) ? "refused" : "rejected"
  }
}

/**
 * Policies are the hub's own rules for what a permission alone does not allow; by default they let only administrators build
 * from source packages and from source control.
 */
export const policyAdvice = (hub: Pick<KojiHub, "name">, text: string): string => {
  const policy = /policy violation \(([a-z_]+)\)/.exec(text)?.[1]
  return policy === undefined
    ? ""
    : `; an administrator of ${hub.name} can allow it under ${policy} in the section [policy] of the hub's configuration`
}

/** What to do about it, where that can be said. */
const advice = (hub: KojiHub, error: KojiError.KojiError): string => {
  if (error._tag === "HubUnreachable" && error.reason === "tls") {
    return "; check serverca and the hub's certificate"
  }
  if (error._tag !== "KojiFault") return ""
  const permission = /([a-z-]+) permission required/.exec(error.text)?.[1]
  if (permission !== undefined) {
    const user = /logged in as (\S+?)\)/.exec(error.text)?.[1] ?? "USER"
    return `; an administrator of ${hub.name} can run: koji grant-permission ${permission} ${user}`
  }
  const policy = policyAdvice(hub, error.text)
  if (policy !== "") return policy
  if (error.code === 1006) return "; an exclusive session uses the same account: give this server an account of its own"
  return ""
}

export const toBuildSystemError = (hub: KojiHub, operation: string, error: KojiError.KojiError): BuildSystemError =>
  new BuildSystemError({
    reason: reasonOf(error),
    operation,
    message: `${hub.name}: ${error.message}${advice(hub, error)}`,
    cause: error
  })

/** Turns a hub's failures into the port's; what is one already stays. */
export const mapped =
  (hub: KojiHub, operation: string) =>
  <A, R>(effect: Effect.Effect<A, KojiError.KojiError | BuildSystemError, R>): Effect.Effect<A, BuildSystemError, R> =>
    Effect.mapError(
      effect,
      (error) => error instanceof BuildSystemError ? error : toBuildSystemError(hub, operation, error)
    )

export const failure = (hub: KojiHub, operation: string, reason: Reason, message: string): BuildSystemError =>
  new BuildSystemError({ reason, operation, message: `${hub.name}: ${message}` })
