/**
 * Who may ask what of module builds on the typed faces: the groups of the configuration for everything that changes
 * something, everybody for reading unless reads are closed. The handlers see who it was.
 *
 * Other faces have words and credentials of their own and decide for themselves.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { Authentication } from "../auth/Authentication.ts"
import { AuthSettings } from "../auth/AuthSettings.ts"
import type { AuthenticationFailed, Caller } from "../auth/Caller.ts"
import { CurrentCaller } from "../auth/CurrentCaller.ts"

const guarded = /^\/(rida|orch\/v1\/(module-builds|dead-letters|events))(\/|\?|$)/
/** Releasing a command of somebody's build is for those who run the place. */
const forAdmins = /^\/orch\/v1\/dead-letters\//

const refuse = (status: 401 | 403 | 503, message: string) => {
  const error = { 401: "Unauthorized", 403: "Forbidden", 503: "Service Unavailable" }[status]
  return HttpServerResponse.jsonUnsafe({ status, error, message }, {
    status,
    ...(status === 401 ? { headers: { "www-authenticate": "Bearer" } } : {})
  })
}

const unidentified = ({ message, reason }: AuthenticationFailed) => refuse(reason === "unknown" ? 401 : 503, message)

const isIn = ({ groups }: Caller, allowed: ReadonlyArray<string>): boolean => allowed.some((group) => groups.has(group))

export const layer = HttpRouter.middleware(
  Effect.gen(function*() {
    const config = yield* AuthSettings
    const authentication = yield* Authentication
    const mayWrite = (caller: Caller, url: string): boolean => {
      if (config.auth === "none") return true
      if (forAdmins.test(url)) return isIn(caller, config.adminGroups)
      return config.allowedGroups.length === 0 || config.allowedUsers.includes(caller.name)
        || isIn(caller, config.allowedGroups)
    }
    return (effect) =>
      Effect.gen(function*() {
        const request = yield* HttpServerRequest.HttpServerRequest
        const isRead = request.method === "GET" || request.method === "HEAD"
        if (!guarded.test(request.url) || (isRead && config.openReads)) return yield* effect
        const caller = yield* Effect.result(authentication.identify(request.headers["authorization"]))
        if (caller._tag === "Failure") return unidentified(caller.failure)
        if (!isRead && !mayWrite(caller.success, request.url)) {
          return refuse(403, `${caller.success.name} is in none of the groups that may do this`)
        }
        return yield* Effect.provideService(effect, CurrentCaller, caller.success)
      })
  }),
  { global: true }
)
