/** What a caller may do on the Module Build Service's face, with that service's words for what they may not. */
import * as MbsError from "@orch/api/mbs/MbsError"
import type { RightName } from "@orch/api/Right"
import * as Effect from "effect/Effect"
import { Access, type AccessRefused } from "../../auth/Access.ts"
import { AuthSettings } from "../../auth/AuthSettings.ts"
import type { Caller } from "../../auth/Caller.ts"
import type { MbsCall } from "./MbsCall.ts"

/** Who asks. */
export const identify = Effect.fnUntraced(function*(call: MbsCall) {
  const access = yield* Access
  return yield* Effect.mapError(access.identify(call.request), refused)
})

const refused = ({ message, status }: AccessRefused): MbsError.MbsError => new MbsError.MbsError({ status, message })

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

/** Lets pass who has the right that the matched path and method declare. */
export const require = Effect.fnUntraced(function*(call: MbsCall, right: RightName) {
  const { allowedGroups, allowedUsers, importGroups } = yield* AuthSettings
  switch (right) {
    case "import":
      if (importGroups.length === 0) return yield* MbsError.forbidden("Import module API is disabled.")
      return yield* requireGroup(yield* identify(call), importGroups, allowedUsers)
    case "submit":
    case "own":
      return yield* requireGroup(yield* identify(call), allowedGroups, allowedUsers)
    default:
      yield* Effect.mapError((yield* Access).require(call.request, right), refused)
  }
})

/** Fails unless the build is the caller's, or the caller runs the place. */
export const requireOwner = Effect.fnUntraced(function*(actor: Caller, owner: string) {
  const { adminGroups } = yield* AuthSettings
  const isAdmin = adminGroups.some((group) => actor.groups.has(group))
  if (owner !== actor.name && !isAdmin) {
    return yield* MbsError.forbidden("You are not owner of this build and therefore cannot modify it.")
  }
})
