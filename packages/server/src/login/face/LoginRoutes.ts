/** Logging in on AlmaLinux's build system's interface: at a forge, or by a form. */
import * as UserWire from "@orch/api/albs/UserWire"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import * as AlbsCall from "../../albs/AlbsCall.ts"
import * as AlbsFailure from "../../albs/AlbsFailure.ts"
import { Access } from "../../auth/Access.ts"
import { People, type Person } from "../../people/People.ts"
import { GithubLogin, type LoginRefused } from "../GithubLogin.ts"
import { LoginSettings } from "../LoginSettings.ts"
import { PersonTokens } from "../PersonTokens.ts"

/** What the routes need. */
export type Services = Access | GithubLogin | LoginSettings | People | PersonTokens

type Handler = (call: AlbsCall.AlbsCall) => AlbsCall.Answer<Services>

const refusals = {
  away: AlbsFailure.unavailable,
  code: AlbsFailure.forbidden,
  stranger: AlbsFailure.forbidden,
  closed: AlbsFailure.notOffered
} as const

const refused = ({ message, reason }: LoginRefused) => refusals[reason](message)

/** The person whom the forge knows by the code, and a token for them. */
const logIn = Effect.fnUntraced(function*(code: string) {
  const forge = yield* (yield* GithubLogin).personOf(code).pipe(Effect.mapError(refused))
  const person = yield* (yield* People).ofForge(forge.forgeId, forge.name, forge.email)
  if (person === undefined) {
    return yield* AlbsFailure.conflict(
      `Somebody is known as ${forge.name} here already who does not log in at GitHub; an administrator can help`
    )
  }
  return { person, token: yield* tokenOf(person) }
})

const tokenOf = Effect.fnUntraced(function*(person: Person) {
  if (!person.isActive || !person.isVerified) return yield* AlbsFailure.forbidden("Forbidden")
  const token = yield* (yield* PersonTokens).forPerson(person.id)
  return token ?? (yield* AlbsFailure.notOffered("Tokens cannot be signed: ORCH_JWT_SECRET is not set"))
})

const badState = AlbsFailure.badRequest("The login was not begun here, or too long ago; begin it again")

/** A cookie that scripts of pages do not see, and that other sites' forms do not bring along. */
const cookie = (token: string, isSecure: boolean, seconds: number): string =>
  `albs=${token}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`

/** What is answered, by group and endpoint of `AlbsApi`. */
export const routes: Readonly<Record<string, Handler>> = {
  "albsLogin.github": Effect.fnUntraced(function*(call) {
    const { code } = yield* AlbsCall.body(call, UserWire.LoginCode, "user")
    const { person, token } = yield* logIn(code)
    return AlbsCall.answer(UserWire.LoggedIn, {
      id: person.id,
      username: person.name,
      email: person.email,
      jwt_token: token
    })
  }),
  "albsLogin.authorize": Effect.fnUntraced(function*(call) {
    const state = yield* (yield* PersonTokens).forState
    if (state === undefined) return yield* AlbsFailure.notOffered("Tokens cannot be signed: ORCH_JWT_SECRET is not set")
    const url = yield* (yield* GithubLogin).authorizeUrl(state, `${call.origin}/api/v1/auth/github/callback`).pipe(
      Effect.mapError(refused)
    )
    return AlbsCall.answer(Schema.Struct({ authorization_url: Schema.String }), { authorization_url: url })
  }),
  "albsLogin.callback": Effect.fnUntraced(function*(call) {
    if (!(yield* (yield* PersonTokens).isState(AlbsCall.queryText(call, "state") ?? ""))) return yield* badState
    const code = AlbsCall.queryText(call, "code")
    if (code === undefined) return yield* AlbsFailure.badRequest("The forge sent no code")
    const { token } = yield* logIn(code)
    const { loginHours, loginReturnUrl } = yield* LoginSettings
    if (loginReturnUrl === undefined) {
      return AlbsCall.answer(UserWire.AccessToken, { access_token: token, token_type: "bearer" })
    }
    return HttpServerResponse.empty({
      status: 302,
      headers: {
        location: loginReturnUrl,
        "set-cookie": cookie(token, call.origin.startsWith("https:"), loginHours * 3600)
      }
    })
  }),
  "albsLogin.login": Effect.fnUntraced(function*(call) {
    const { password, username } = yield* AlbsCall.form(call, UserWire.LoginForm)
    const bad = AlbsFailure.badRequest("LOGIN_BAD_CREDENTIALS")
    // There are no passwords here: a token of the server's own stands in, and is known as that everywhere else.
    const caller = yield* (yield* Access).identify({
      headers: { authorization: `Bearer ${password}` },
      remoteAddress: call.request.remoteAddress
    }).pipe(
      Effect.mapError(({ message, status }) =>
        status === 401 ? bad : new AlbsFailure.AlbsFailure({ status, detail: message })
      )
    )
    const person = yield* (yield* People).ensure(caller.name)
    if (person.name !== username && person.email !== username) return yield* bad
    const token = (yield* (yield* PersonTokens).forPerson(person.id)) ?? password
    return AlbsCall.answer(UserWire.AccessToken, { access_token: token, token_type: "bearer" })
  }),
  "albsLogin.logout": () =>
    Effect.succeed(HttpServerResponse.empty({ status: 204, headers: { "set-cookie": cookie("", false, 0) } }))
}
