/** Asks a GitHub who somebody is: a code that it gave them becomes a token of theirs, and that is asked about them and then forgotten. */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as JsonRequest from "../outgoing/JsonRequest.ts"
import { LoginSettings } from "./LoginSettings.ts"

/** `away`: GitHub does not answer. `code`: it does not take the code. `stranger`: not a member of the organisation. `closed`: not set up. */
export class LoginRefused extends Data.TaggedError("LoginRefused")<{
  readonly reason: "away" | "code" | "stranger" | "closed"
  readonly message: string
}> {}

/** Who somebody is there. */
export interface ForgePerson {
  readonly forgeId: string
  readonly name: string
  readonly email: string | undefined
}

/** Logins at GitHub. */
export class GithubLogin extends Context.Service<GithubLogin, {
  /** Where to send a browser. */
  readonly authorizeUrl: (state: string, returnTo: string) => Effect.Effect<string, LoginRefused>
  readonly personOf: (code: string) => Effect.Effect<ForgePerson, LoginRefused>
}>()("@orch/server/login/GithubLogin") {}

const Token = Schema.Struct({ access_token: Schema.optionalKey(Schema.String) })
const User = Schema.Struct({
  id: Schema.Number,
  login: Schema.String,
  email: Schema.optionalKey(Schema.NullOr(Schema.String))
})
const Organisations = Schema.Array(Schema.Struct({ login: Schema.String }))
const Emails = Schema.Array(
  Schema.Struct({ email: Schema.String, primary: Schema.Boolean, verified: Schema.Boolean })
)

const limits = { timeoutMillis: 15_000, maxBytes: 1024 * 1024 }
/** Pages of a hundred organisations that are looked through. */
const mostPages = 10

const closed = new LoginRefused({
  reason: "closed",
  message: "Logging in at GitHub is not set up: ORCH_GITHUB_CLIENT_ID, ORCH_GITHUB_CLIENT_SECRET and ORCH_JWT_SECRET"
})

const away = ({ message }: JsonRequest.JsonRequestFailed): LoginRefused =>
  new LoginRefused({ reason: "away", message: `GitHub does not answer as it should: ${message}` })

/** From the settings. */
export const layer: Layer.Layer<GithubLogin, never, LoginSettings> = Layer.effect(
  GithubLogin,
  Effect.gen(function*() {
    const settings = yield* LoginSettings
    const root = settings.githubUrl.replace(/\/+$/, "")
    const apis = settings.githubApiUrl !== undefined
      ? [settings.githubApiUrl.replace(/\/+$/, "")]
      : root === "https://github.com"
      ? ["https://api.github.com"]
      // An installation of one's own has it below /api/v3; a stand-in may have it at its root.
      : [`${root}/api/v3`, root]
    const { githubClientId: id, githubClientSecret: secret, githubOrganization: organisation } = settings

    const ask = <A>(token: string, path: string, schema: Schema.Codec<A, unknown>) => {
      const init = {
        method: "GET" as const,
        headers: { accept: "application/vnd.github+json", authorization: `Bearer ${token}`, "user-agent": "orch" }
      }
      const [first, ...others] = apis.map((api) => JsonRequest.ask(`${api}${path}`, schema, { ...limits, init }))
      return others.reduce((before, next) => Effect.catch(before, () => next), first!)
    }

    const isMember = Effect.fnUntraced(function*(token: string, name: string) {
      for (let page = 1; page <= mostPages; page++) {
        const found = yield* ask(token, `/user/orgs?per_page=100&page=${page}`, Organisations).pipe(
          Effect.mapError(away)
        )
        if (found.some(({ login }) => login.toLowerCase() === name.toLowerCase())) return true
        if (found.length < 100) return false
      }
      return false
    })

    return GithubLogin.of({
      authorizeUrl: (state, returnTo) =>
        id === undefined
          ? Effect.fail(closed)
          : Effect.succeed(
            `${root}/login/oauth/authorize?${new URLSearchParams({
              response_type: "code",
              client_id: id,
              redirect_uri: returnTo,
              state,
              scope: "read:org user:email"
            })}`
          ),
      personOf: Effect.fnUntraced(function*(code) {
        if (id === undefined || secret === undefined) return yield* closed
        const { access_token: token } = yield* JsonRequest.ask(`${root}/login/oauth/access_token`, Token, {
          ...limits,
          init: JsonRequest.postForm({ client_id: id, client_secret: Redacted.value(secret), code })
        }).pipe(Effect.mapError(away))
        // GitHub answers 200 with an error in place of a token.
        if (token === undefined) {
          return yield* new LoginRefused({ reason: "code", message: "GitHub does not accept the code; log in again" })
        }
        if (organisation !== undefined && !(yield* isMember(token, organisation))) {
          return yield* new LoginRefused({
            reason: "stranger",
            message: `You should be a part of ${organisation} github organization to login.`
          })
        }
        const user = yield* ask(token, "/user", User).pipe(Effect.mapError(away))
        const emails = typeof user.email === "string"
          ? []
          : yield* ask(token, "/user/emails", Emails).pipe(Effect.orElseSucceed(() => []))
        const email = user.email ?? emails.find(({ primary, verified }) => primary && verified)?.email
        return { forgeId: `github:${user.id}`, name: user.login, email }
      })
    })
  })
)
