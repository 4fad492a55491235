/** How people sign in with a browser, and for how long. */
import * as Context from "effect/Context"
import * as Setting from "../Setting.ts"

export const settings = {
  sessionHours: Setting.integer("ORCH_SESSION_HOURS", {
    about: "Hours after which somebody who signed in with a browser and asked for nothing since has to sign in again.",
    fallback: "12",
    minimum: 1,
    maximum: 720
  }),
  sessionDays: Setting.integer("ORCH_SESSION_DAYS", {
    about:
      "Days after which everybody who signed in with a browser has to sign in again. What groups an identity provider says "
      + "somebody is in is asked when they sign in.",
    fallback: "1",
    minimum: 1,
    maximum: 30
  }),
  oidcAuthorization: Setting.optionalText("ORCH_OIDC_AUTHORIZATION_URL", {
    about:
      "Where an OpenID provider lets people sign in with a browser (authorization code with PKCE), for oidc and jwks. It "
      + "must know ORCH_PUBLIC_URL/sign-in/oidc/return as an address to send them back to."
  }),
  oidcToken: Setting.optionalText("ORCH_OIDC_TOKEN_URL", {
    about: "Where that provider exchanges the code for a token. The token is checked like any other and is not stored."
  })
}

export interface Values extends Setting.Values<typeof settings> {}

/** The values. */
export class SessionSettings extends Context.Service<SessionSettings, Values>()(
  "@orch/server/sessions/SessionSettings"
) {}
