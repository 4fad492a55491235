/**
 * Who is asking: nobody in particular, the owner of an API token, or whom an identity provider vouches for.
 *
 * Answers of the provider are kept for a minute by the token's hash, are bounded in time, and never shown to the caller.
 */
import * as Cache from "effect/Cache"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { createHash } from "node:crypto"
import { HttpSettings } from "../http/HttpSettings.ts"
import * as ApiToken from "./ApiToken.ts"
import { AuthSettings } from "./AuthSettings.ts"
import { anonymous, AuthenticationFailed, type Caller } from "./Caller.ts"
import * as SignedTokens from "./SignedTokens.ts"
import * as TokenIntrospection from "./TokenIntrospection.ts"

export interface Interface {
  readonly method: "none" | "token" | "oidc" | "jwks"
  /** The caller, by the request's `Authorization` header. */
  readonly identify: (authorization: string | undefined) => Effect.Effect<Caller, AuthenticationFailed>
}

export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || host === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)

const keptFor = "1 minute"
const keptAtMost = 10_000

/** The token of a request while the provider is asked about it: the memory of answers holds its hash only. */
class PresentedToken extends Context.Service<PresentedToken, string>()("@orch/server/auth/PresentedToken") {}

const unknown = (message: string) => new AuthenticationFailed({ reason: "unknown", message })

const ofToken = (token: ApiToken.ApiToken): Caller => ({ name: token.user, groups: new Set(token.groups) })

export class Authentication extends Context.Service<Authentication, Interface>()("@orch/server/auth/Authentication") {
  static readonly layer: Layer.Layer<Authentication, never, AuthSettings | HttpSettings> = Layer.effect(
    Authentication,
    Effect.gen(function*() {
      const config = yield* AuthSettings
      const { host } = yield* HttpSettings
      if (config.auth === "none") {
        yield* isLoopback(host)
          ? Effect.logWarning(
            "Nobody has to say who they are: whoever reaches this address may submit and cancel builds"
          )
          : Effect.logWarning(
            "Without ORCH_AUTH the Module Build Service's face only reads on an address others can reach"
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
        timeToLive: (exit) => Exit.isSuccess(exit) ? keptFor : 0
      })

      const bearer = Effect.fnUntraced(function*(token: string) {
        const own = ApiToken.find(config.authTokens, token)
        if (own !== undefined) return ofToken(own)
        if (answers === undefined) return yield* unknown("The token is not known")
        const key = createHash("sha256").update(token, "utf8").digest("base64")
        return yield* Effect.provideService(Cache.get(answers, key), PresentedToken, token)
      })

      return Authentication.of({
        method: config.auth,
        identify: Effect.fnUntraced(function*(authorization) {
          if (config.auth === "none") {
            return isLoopback(host)
              ? anonymous
              : yield* unknown("This server has no authentication configured and therefore only reads")
          }
          const header = authorization?.trim() ?? ""
          if (header === "") return yield* unknown("No 'authorization' header found.")
          if (!header.startsWith("Bearer ")) return yield* unknown("Authorization headers must start with 'Bearer '")
          return yield* bearer(header.slice("Bearer ".length).trim())
        })
      })
    })
  )
}
