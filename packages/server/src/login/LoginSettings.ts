/** How people log in at a forge, and the tokens they get for it. */
import * as Context from "effect/Context"
import * as Setting from "../Setting.ts"

export const settings = {
  githubUrl: Setting.text("ORCH_GITHUB_URL", {
    about:
      "Root of the GitHub where people log in to the build system; any server that speaks its interface can stand in.",
    fallback: "https://github.com"
  }),
  githubApiUrl: Setting.optionalText("ORCH_GITHUB_API_URL", {
    about:
      "Root of that GitHub's interface. Without it: https://api.github.com for github.com, /api/v3 below its root elsewhere."
  }),
  githubClientId: Setting.optionalText("ORCH_GITHUB_CLIENT_ID", {
    about: "Id of this server's OAuth application at GitHub. Without it nobody logs in there."
  }),
  githubClientSecret: Setting.secret("ORCH_GITHUB_CLIENT_SECRET", {
    about: "Secret of that OAuth application."
  }),
  githubOrganization: Setting.optionalText("ORCH_GITHUB_ORGANIZATION", {
    about: "Organisation of GitHub that one has to be a member of to log in. Without it, everybody with an account may."
  }),
  loginHours: Setting.integer("ORCH_LOGIN_HOURS", {
    about: "Hours for which a token of somebody who logged in is good.",
    fallback: "24",
    minimum: 1,
    maximum: 8760
  }),
  loginReturnUrl: Setting.optionalText("ORCH_LOGIN_RETURN_URL", {
    about:
      "Page that a browser is sent to after it logged in, with the token in the cookie albs. Without it the token is the answer."
  })
}

export interface Values extends Setting.Values<typeof settings> {}

export class LoginSettings extends Context.Service<LoginSettings, Values>()("@orch/server/login/LoginSettings") {}
