/** What a caller may do on the Module Build Service's face, with that service's words for what they may not. */
import * as MbsError from "@orch/api/mbs/MbsError"
import * as Effect from "effect/Effect"
import { Authentication } from "../../auth/Authentication.ts"
import { AuthSettings } from "../../auth/AuthSettings.ts"
import type { Caller } from "../../auth/Caller.ts"
import type { MbsCall } from "./MbsCall.ts"

/** Who asks. */
export const identify = Effect.fnUntraced(function*(call: MbsCall) {
  const authentication = yield* Authentication
  return yield* authentication.identify(call.request.headers["authorization"]).pipe(
    Effect.mapError(({ message, reason }) =>
      reason === "unknown" ? MbsError.unauthorized(message) : MbsError.unavailable(message)
    )
  )
})

/** As Python prints a set. */
const set = (texts: Iterable<string>): string => {
  const list = Array.from(texts, (text) => `'${text}'`)
  return list.length === 0 ? "set()" : `{${list.join(", ")}}`
}

/** Fails unless the caller is in one of the groups, or is named. */
export const requireGroup = (
  caller: Caller,
  groups: ReadonlyArray<string>,
  users: ReadonlyArray<string>
): Effect.Effect<void, MbsError.MbsError> =>
  users.includes(caller.name) || groups.length === 0 || groups.some((group) => caller.groups.has(group))
    ? Effect.void
    : Effect.fail(MbsError.forbidden(`${caller.name} is not in any of ${set(groups)}, only ${set(caller.groups)}`))

/** Who submits or cancels: the caller, or without authentication whoever the request names. */
export const actor = Effect.fnUntraced(function*(caller: Caller, owner: unknown) {
  const config = yield* AuthSettings
  const isAnonymous = config.auth === "none" && caller.name === "anonymous"
  return isAnonymous && typeof owner === "string" && owner !== "" ? { ...caller, name: owner } : caller
})

/** Reads may be closed. */
export const requireReader = Effect.fnUntraced(function*(call: MbsCall) {
  const config = yield* AuthSettings
  if (!config.openReads) yield* identify(call)
})
