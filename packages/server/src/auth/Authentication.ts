/**
 * Who is asking: nobody in particular, the owner of an API token, or whom an identity provider, a proxy or Kerberos vouches for.
 *
 * Answers of the provider are kept for a minute by the token's hash, are bounded in time, and never shown to the caller.
 */
import * as Cache from "effect/Cache"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { createHash } from "node:crypto"
import * as ApiToken from "./ApiToken.ts"
import { AuthSettings } from "./AuthSettings.ts"
import { anonymous, type Asking, AuthenticationFailed, type Caller } from "./Caller.ts"
import * as LdapGroups from "./LdapGroups.ts"
import { isLoopback } from "./Loopback.ts"
import { Negotiation } from "./Negotiation.ts"
import * as SignedTokens from "./SignedTokens.ts"
import * as TokenIntrospection from "./TokenIntrospection.ts"
import * as TrustedProxy from "./TrustedProxy.ts"

export interface Interface {
  readonly method: "none" | "token" | "oidc" | "jwks" | "kerberos"
  /** Whether nobody has to say who they are: without authentication, on a loopback address. */
  readonly isOpen: boolean
  /**
   * The caller, by what a trusted proxy says or by the `Authorization` header. Unless `asksProvider`, a token that is not known
   * here is refused without asking anybody.
   */
  readonly identify: (
    request: Asking,
    asksProvider: boolean
  ) => Effect.Effect<Caller, AuthenticationFailed>
}

const keptFor = "1 minute"
/** A token that is not good now is not asked about again for this long. */
const refusedFor = "30 seconds"
const keptAtMost = 10_000

/** The token of a request while the provider is asked about it: the memory of answers holds its hash only. */
class PresentedToken extends Context.Service<PresentedToken, string>()("@orch/server/auth/PresentedToken") {}

const unknown = (message: string) => new AuthenticationFailed({ reason: "unknown", message })

const limited = new AuthenticationFailed({
  reason: "limited",
  message: "Too many failed logins from this address; try again in a minute"
})

const isRefusal = (exit: Exit.Exit<Caller, AuthenticationFailed>): boolean =>
  Exit.isFailure(exit) && exit.cause.reasons.some((one) => one._tag === "Fail" && one.error.reason === "unknown")

const ofToken = (token: ApiToken.ApiToken): Caller => ({ name: token.user, groups: new Set(token.groups) })

export class Authentication extends Context.Service<Authentication, Interface>()("@orch/server/auth/Authentication") {
  static readonly layer: Layer.Layer<Authentication, never, AuthSettings> = Layer.effect(
    Authentication,
    Effect.gen(function*() {
      const config = yield* AuthSettings
      const negotiation = yield* Negotiation
      const groupsOf = yield* LdapGroups.make(config)
      const isOpen = config.auth === "none" && isLoopback(config.host)
      if (config.auth === "none") {
        yield* isOpen
          ? Effect.logWarning(
            "Nobody has to say who they are: whoever reaches this address may submit and cancel builds"
          )
          : Effect.logWarning(
            "Without ORCH_AUTH this server only reads, since its address can be reached by others"
          )
      }
      const ask = config.auth === "oidc"
        ? yield* TokenIntrospection.make(config)
        : config.auth === "jwks"
        ? yield* SignedTokens.make(config)
        : undefined

      const answers = ask === undefined ? undefined : yield* Cache.makeWith<
        string,
        Caller,
        AuthenticationFailed,
        PresentedToken,
        "lookup"
      >(() => Effect.flatMap(PresentedToken, ask), {
        capacity: keptAtMost,
        timeToLive: (exit) => Exit.isSuccess(exit) ? keptFor : isRefusal(exit) ? refusedFor : 0
      })

      /** With the directory's groups; of those whom the settings name nobody needs to know any. */
      const withGroups = (caller: Caller): Effect.Effect<Caller, AuthenticationFailed> =>
        config.allowedUsers.includes(caller.name)
          ? Effect.succeed(caller)
          : Effect.map(
            groupsOf(caller.name),
            (groups) => ({ ...caller, groups: new Set([...caller.groups, ...groups]) })
          )

      const bearer = Effect.fnUntraced(function*(token: string, asksProvider: boolean) {
        const own = ApiToken.find(config.authTokens, token)
        if (own !== undefined) return ofToken(own)
        if (answers === undefined) return yield* unknown("The token is not known")
        if (!asksProvider) return yield* limited
        const key = createHash("sha256").update(token, "utf8").digest("base64")
        return yield* Effect.provideService(Cache.get(answers, key), PresentedToken, token)
      })

      return Authentication.of({
        method: config.auth,
        isOpen,
        identify: Effect.fnUntraced(function*(request, asksProvider) {
          const vouched = TrustedProxy.caller(config, request)
          if (vouched !== undefined) return yield* withGroups(vouched)
          if (config.auth === "none") {
            return isOpen
              ? anonymous
              : yield* unknown("This server has no authentication configured and therefore only reads")
          }
          const header = request.headers["authorization"]?.trim() ?? ""
          if (negotiation !== undefined && /^negotiate /i.test(header)) {
            if (!asksProvider) return yield* limited
            const name = yield* negotiation.nameOf(request, header.slice("negotiate ".length).trim())
            return yield* withGroups({ name, groups: new Set() })
          }
          if (header === "") return yield* unknown("No 'authorization' header found.")
          if (!header.startsWith("Bearer ")) return yield* unknown("Authorization headers must start with 'Bearer '")
          return yield* bearer(header.slice("Bearer ".length).trim(), asksProvider)
        })
      })
    })
  )
}
