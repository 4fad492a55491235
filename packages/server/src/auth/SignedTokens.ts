/** Checks signed tokens (JWT) against the keys an identity provider publishes. */
import * as Effect from "effect/Effect"
import * as Jose from "jose"
import * as OutgoingFetch from "../outgoing/OutgoingFetch.ts"
import { AuthenticationFailed, type Caller } from "./Caller.ts"

export interface Settings {
  readonly jwksUrl: string | undefined
  readonly jwtIssuer: string | undefined
  readonly jwtAudience: string | undefined
}

const unknown = (message: string) => new AuthenticationFailed({ reason: "unknown", message })

const isText = (value: unknown): value is string => typeof value === "string" && value !== ""

/** Asymmetric algorithms only: a published key must not be usable to sign. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]

/** The provider has this long for its keys, and so much room; a key is some hundreds of bytes. */
const timeoutMillis = 10_000
const maxBytes = 1024 * 1024

export const make = (settings: Settings) =>
  Effect.sync(() => {
    const { jwksUrl, jwtAudience, jwtIssuer } = settings
    const keys = jwksUrl === undefined
      ? undefined
      : Jose.createRemoteJWKSet(new URL(jwksUrl), {
        timeoutDuration: timeoutMillis,
        cooldownDuration: 30_000,
        [Jose.customFetch]: OutgoingFetch.make({ timeoutMillis, maxBytes, namedBy: "operator" })
      })
    return Effect.fn("SignedTokens.ask")(function*(token: string): Effect.fn.Return<Caller, AuthenticationFailed> {
      if (keys === undefined) return yield* unknown("ORCH_JWKS_URL must be set in server config.")
      const { payload } = yield* Effect.tryPromise({
        try: () =>
          Jose.jwtVerify(token, keys, {
            algorithms,
            // A token that never expires, or that names no audience, could be anybody's for ever.
            requiredClaims: jwtAudience === undefined ? ["exp"] : ["exp", "aud"],
            ...(jwtIssuer === undefined ? {} : { issuer: jwtIssuer }),
            ...(jwtAudience === undefined ? {} : { audience: jwtAudience })
          }),
        catch: (cause) =>
          cause instanceof Jose.errors.JWKSTimeout
            ? new AuthenticationFailed({ reason: "unavailable", message: "The identity provider does not answer" })
            : unknown("The token is not valid or has expired")
      })
      const name = [payload["preferred_username"], payload["username"], payload.sub].find(isText)
      if (name === undefined) return yield* unknown("The token names no user")
      const groups = payload["groups"]
      return { name, groups: new Set(Array.isArray(groups) ? groups.filter(isText) : []) }
    })
  })
