/**
 * Signing in at an OpenID provider: the authorization code flow with PKCE (RFC 7636). What the provider gives for the code is a token
 * as clients of the interface have one; it is looked at in the same way, and then forgotten.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import { AuthSettings } from "../auth/AuthSettings.ts"
import * as JsonRequest from "../outgoing/JsonRequest.ts"
import { SessionSettings } from "./SessionSettings.ts"

/** The provider does not make a token of the code, or does not answer. */
export class OidcRefused extends Data.TaggedError("OidcRefused")<{ readonly message: string }> {}

/** Logins at the provider that the settings name. */
export class OidcLogin extends Context.Service<OidcLogin, {
  /** Where to send a browser; `undefined` where nobody can sign in there. */
  readonly authorizeUrl: (state: string, verifier: string, returnTo: string) => string | undefined
  readonly tokenOf: (code: string, verifier: string, returnTo: string) => Effect.Effect<string, OidcRefused>
}>()("@orch/server/sessions/OidcLogin") {}

const Answer = Schema.Struct({ access_token: Schema.String })
const limits = { timeoutMillis: 10_000, maxBytes: 1024 * 1024 }

/** From the settings. */
export const layer: Layer.Layer<OidcLogin, never, AuthSettings | SessionSettings> = Layer.effect(
  OidcLogin,
  Effect.gen(function*() {
    const { oidcClientId: id, oidcClientSecret: secret, oidcScopes } = yield* AuthSettings
    const { oidcAuthorization, oidcToken } = yield* SessionSettings
    return OidcLogin.of({
      authorizeUrl: (state, verifier, returnTo) => {
        if (oidcAuthorization === undefined || id === undefined) return undefined
        const url = URL.parse(oidcAuthorization)
        if (url === null) return undefined
        const query: Readonly<Record<string, string>> = {
          response_type: "code",
          client_id: id,
          redirect_uri: returnTo,
          scope: oidcScopes.join(" "),
          state,
          code_challenge: createHash("sha256").update(verifier, "utf8").digest("base64url"),
          code_challenge_method: "S256"
        }
        for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
        return url.href
      },
      tokenOf: (code, verifier, returnTo) =>
        oidcToken === undefined || id === undefined
          ? Effect.fail(new OidcRefused({ message: "Signing in at an OpenID provider is not set up" }))
          : JsonRequest.ask(oidcToken, Answer, {
            ...limits,
            init: JsonRequest.postForm({
              grant_type: "authorization_code",
              code,
              redirect_uri: returnTo,
              client_id: id,
              ...(secret === undefined ? {} : { client_secret: Redacted.value(secret) }),
              code_verifier: verifier
            })
          }).pipe(
            Effect.tapError(({ message }) => Effect.logWarning(`A code was not made a token: ${message}`)),
            Effect.mapError(() =>
              new OidcRefused({ message: "The identity provider does not take the code; sign in again" })
            ),
            Effect.map(({ access_token: token }) => token)
          )
    })
  })
)
