/**
 * Asks an OpenID provider whether a token is active (RFC 7662), whose it is, and which groups that user is in.
 *
 * Scopes and messages follow the Module Build Service, so that tokens made for it do here.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as JsonRequest from "../outgoing/JsonRequest.ts"
import { AuthenticationFailed, type Caller } from "./Caller.ts"

export interface Settings {
  readonly oidcIntrospection: string | undefined
  readonly oidcUserinfo: string | undefined
  readonly oidcClientId: string | undefined
  readonly oidcClientSecret: Redacted.Redacted | undefined
  readonly oidcScopes: ReadonlyArray<string>
  readonly allowedUsers: ReadonlyArray<string>
}

/** The provider has this long for each of its answers. */
const timeout = 10_000
const mostBytes = 1024 * 1024

const Introspection = Schema.Struct({
  active: Schema.Boolean,
  scope: Schema.optionalKey(Schema.String),
  username: Schema.optionalKey(Schema.String),
  groups: Schema.optionalKey(Schema.Array(Schema.String))
})

const Userinfo = Schema.Struct({ groups: Schema.optionalKey(Schema.Array(Schema.String)) })

const unknown = (message: string) => new AuthenticationFailed({ reason: "unknown", message })

/** What the provider said is not logged: it may repeat the token. */
const unavailable = (what: string) => ({ message }: JsonRequest.JsonRequestFailed) =>
  Effect.andThen(
    Effect.logWarning(`${what}: ${message}`),
    Effect.fail(new AuthenticationFailed({ reason: "unavailable", message: what }))
  )

const bounds = { timeoutMillis: timeout, maxBytes: mostBytes }

export const make = (settings: Settings) =>
  Effect.sync(() => {
    const groupsOf = (token: string) =>
      JsonRequest.ask(settings.oidcUserinfo!, Userinfo, {
        ...bounds,
        init: { method: "GET", headers: { authorization: `Bearer ${token}` } }
      }).pipe(
        Effect.catch(() => Effect.fail(unknown("OpenIDC auth error: Cannot determine the user's groups")))
      )

    return Effect.fn("TokenIntrospection.ask")(function*(
      token: string
    ): Effect.fn.Return<Caller, AuthenticationFailed> {
      const { oidcClientId, oidcClientSecret, oidcIntrospection, oidcScopes, oidcUserinfo } = settings
      if (oidcIntrospection === undefined || oidcClientId === undefined) {
        return yield* unknown("ORCH_OIDC_INTROSPECTION_URL and ORCH_OIDC_CLIENT_ID must be set in server config.")
      }
      const answer = yield* JsonRequest.ask(oidcIntrospection, Introspection, {
        ...bounds,
        init: JsonRequest.postForm({
          token,
          token_type_hint: "Bearer",
          client_id: oidcClientId,
          client_secret: oidcClientSecret === undefined ? "" : Redacted.value(oidcClientSecret)
        })
      }).pipe(
        Effect.catch(unavailable("Cannot verify OIDC token: the identity provider does not answer as it should"))
      )
      if (!answer.active) return yield* unknown("OIDC token invalid or expired.")
      const scopes = (answer.scope ?? "").split(" ")
      const missing = oidcScopes.find((scope) => !scopes.includes(scope))
      if (missing !== undefined) {
        return yield* unknown(
          `Required OIDC scope '${missing}' not present: [${scopes.map((scope) => `'${scope}'`).join(", ")}]`
        )
      }
      const name = answer.username
      if (name === undefined || name === "") return yield* unknown("The token names no user")
      if (settings.allowedUsers.includes(name)) return { name, groups: new Set() }
      const groups = oidcUserinfo === undefined ? answer.groups : (yield* groupsOf(token)).groups
      if (groups === undefined) return yield* unknown("Could not find groups in UserInfo from OIDC")
      return { name, groups: new Set(groups) }
    })
  })
