/** What a hub's trouble means to the engine: wait and try again, give up, or tell somebody what is missing. */
import { BuildSystemError, type Waiting } from "@orch/core/ports/BuildSystem"
import * as Effect from "effect/Effect"
import * as HubAdvice from "./HubAdvice.ts"
import * as HubHealth from "./HubHealth.ts"
import type * as KojiError from "./KojiError.ts"
import type { KojiHub } from "./KojiHub.ts"

type Reason = BuildSystemError["reason"]

/** An uncaught exception and a lock that could not be had: the transaction was undone, and may well succeed later. */
const passing = new Set([1, 1001])
/** Not allowed, not logged in, session expired, Kerberos. */
const refusals = new Set([1002, 1004, 1007, 1023])

/**
 * A hub that is away, offline, locked by another session, or that does not let us in at all, is waited for: nothing is wrong with
 * the module, and somebody is going to mend it. What it refuses to an account that it lets in is refused.
 */
export const reasonOf = (error: KojiError.KojiError): Reason => {
  if (HubHealth.isTrouble(error)) return "unreachable"
  switch (error._tag) {
    case "ResultLost":
      return "unreachable"
    case "HubUnreachable":
      return error.isRetryable ? "unreachable" : "rejected"
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

/** What a hub is called where it is waited for. */
export const systemName = ({ name }: Pick<KojiHub, "name">): string => `hub ${name}`

/** The error with what to do about it, where that can be said. */
export const explain = (hub: KojiHub, error: KojiError.KojiError): string => {
  const advice = HubAdvice.of(error, hub)
  return advice === undefined ? error.message : `${error.message}; ${advice}`
}

/** What is waited for where a failure of this reason comes from a hub that is in trouble. */
export const waitingOf = (hub: KojiHub, reason: Reason): { readonly waiting?: Waiting } => {
  const trouble = hub.health.trouble()
  return reason !== "unreachable" || trouble === undefined
    ? {}
    : { waiting: { on: systemName(hub), since: trouble.since, reason: explain(hub, trouble.error) } }
}

/**
 * A hub's failure as the port's, with the hub's name, advice where there is some, and since when the hub has been away.
 */
export const toBuildSystemError = (hub: KojiHub, operation: string, error: KojiError.KojiError): BuildSystemError => {
  const reason = reasonOf(error)
  return new BuildSystemError({
    reason,
    operation,
    message: `${hub.name}: ${explain(hub, error)}`,
    cause: error,
    ...waitingOf(hub, reason)
  })
}

/** Turns a hub's failures into the port's; what is one already stays. */
export const mapped =
  (hub: KojiHub, operation: string) =>
  <A, R>(effect: Effect.Effect<A, KojiError.KojiError | BuildSystemError, R>): Effect.Effect<A, BuildSystemError, R> =>
    Effect.mapError(
      effect,
      (error) => error instanceof BuildSystemError ? error : toBuildSystemError(hub, operation, error)
    )

/** An error of the port that is ours to tell, with the hub's name. */
export const failure = (hub: KojiHub, operation: string, reason: Reason, message: string): BuildSystemError =>
  new BuildSystemError({ reason, operation, message: `${hub.name}: ${message}` })
