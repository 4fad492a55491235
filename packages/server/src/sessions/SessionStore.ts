/**
 * Who is signed in with a browser.
 *
 * A cookie holds a random value and nothing else; the table knows its hash. It is exchanged once an hour. Each time it is looked
 * whether whoever signed in may still: an own API token has to be among those of the settings, a person of a forge must not be locked
 * out. What an identity provider said holds until the session ends.
 */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as Jose from "jose"
import { randomBytes } from "node:crypto"
import * as ApiToken from "../auth/ApiToken.ts"
import { AuthSettings } from "../auth/AuthSettings.ts"
import type { Caller } from "../auth/Caller.ts"
import { isLoopback } from "../auth/Loopback.ts"
import * as SecretText from "../auth/SecretText.ts"
import * as Sessions from "../auth/Sessions.ts"
import { asUnavailable } from "../database/PgError.ts"
import * as PublicAddress from "../http/PublicAddress.ts"
import { LoginSettings } from "../login/LoginSettings.ts"
import { People } from "../people/People.ts"
import * as SessionCookie from "./SessionCookie.ts"
import { SessionSettings } from "./SessionSettings.ts"
import * as Statements from "./statements/SessionStatements.ts"

type Asked = Sessions.Asked

/** When a signed token ends, in seconds; it was verified before. Others do not say. */
const endOf = (token: string): number | undefined => {
  try {
    return Jose.decodeJwt(token).exp
  } catch {
    return undefined
  }
}

/** Sessions in the database. */
export const layer: Layer.Layer<
  Sessions.Sessions,
  never,
  AuthSettings | LoginSettings | People | SessionSettings | SqlClient.SqlClient
> = Layer.effect(
  Sessions.Sessions,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const people = yield* People
    const auth = yield* AuthSettings
    const { githubClientId, githubClientSecret } = yield* LoginSettings
    const settings = yield* SessionSettings
    const publicUrl = yield* PublicAddress.PublicUrl
    const prefix = PublicAddress.prefix(publicUrl)
    const idle = settings.sessionHours * 3600
    const longest = settings.sessionDays * 86_400
    const isOpen = auth.auth === "none" && isLoopback(auth.host)
    const asks = auth.auth === "oidc" || auth.auth === "jwks"
    const ways: Sessions.Ways = {
      token: asks || (auth.auth !== "none" && auth.authTokens.length > 0),
      oidc: asks && settings.oidcAuthorization !== undefined && settings.oidcToken !== undefined
        && auth.oidcClientId !== undefined,
      github: !isOpen && githubClientId !== undefined && githubClientSecret !== undefined,
      kerberos: auth.auth === "kerberos"
    }
    const isOffered = Object.values(ways).some((way) => way)
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`Sessions.${operation}`))

    const reached = ({ headers }: Asked): Sessions.Reached => ({
      isSecure: publicUrl === undefined ? headers["x-forwarded-proto"] === "https" : publicUrl.startsWith("https:"),
      prefix
    })
    const cookieOf = (request: Asked): string | undefined =>
      SessionCookie.read(request.headers["cookie"], reached(request), "session")

    /** Whoever signed in as they are known today; `undefined` for somebody who may not any more. */
    const callerOf = (row: Statements.SessionRow): Effect.Effect<Caller | undefined, StoreUnavailable> => {
      if (row.kind === "token") {
        const known = auth.authTokens.find((token) => Buffer.from(token.hash).toString("hex") === row.credential)
        return Effect.succeed(known === undefined ? undefined : { name: known.user, groups: new Set(known.groups) })
      }
      if (row.kind !== "forge") return Effect.succeed({ name: row.name, groups: new Set(row.groups) })
      return Effect.map(people.find({ id: Number(row.person) }), (person) => {
        if (person === undefined || !person.isActive || !person.isVerified) return undefined
        const mayBuild = person.roles.some(({ kind, team }) => kind === "packager" && team === undefined)
        return {
          name: person.name,
          groups: new Set([
            ...(mayBuild || person.isSuperuser ? auth.allowedGroups : []),
            ...(person.isSuperuser ? [...auth.adminGroups, ...auth.releaserGroups] : [])
          ])
        }
      })
    }

    const look = Effect.fnUntraced(function*(cookie: string) {
      const row = yield* run("find", Statements.find(SecretText.hash(cookie), idle))
      if (row === undefined) return undefined
      const caller = yield* callerOf(row)
      if (caller === undefined) {
        yield* run("remove", Statements.remove(row.id))
        return undefined
      }
      if (row.is_stale) yield* run("seen", Statements.seen(row.id))
      return { caller, proof: row.proof, isDue: row.is_due } satisfies Sessions.Session
    })

    const answers = new WeakMap<object, Effect.Effect<Sessions.Session | undefined, StoreUnavailable>>()

    return Sessions.Sessions.of({
      ways,
      isOffered,
      reached,
      of: (request) => {
        if (!isOffered) return Effect.undefined
        const cookie = cookieOf(request)
        if (cookie === undefined) return Effect.undefined
        const known = answers.get(request.headers)
        if (known !== undefined) return known
        return Effect.flatMap(Effect.cached(look(cookie)), (answer) => {
          answers.set(request.headers, answer)
          return answer
        })
      },
      begin: Effect.fnUntraced(function*(request, caller, credential, now) {
        const former = cookieOf(request)
        const value = randomBytes(32).toString("base64url")
        const token = credential.kind === "token" ? credential.token : undefined
        const own = token === undefined ? undefined : ApiToken.find(auth.authTokens, token)
        const ends = token === undefined ? undefined : endOf(token)
        const seconds = Math.min(longest, ends === undefined ? longest : Math.max(1, Math.floor(ends - now / 1000)))
        yield* run(
          "begin",
          sql.withTransaction(Effect.gen(function*() {
            if (former !== undefined) yield* Statements.remove(SecretText.hash(former))
            yield* Statements.insert({
              id: SecretText.hash(value),
              proof: randomBytes(24).toString("base64url"),
              kind: credential.kind !== "token" ? credential.kind : own === undefined ? "provider" : "token",
              name: caller.name,
              groups: [...caller.groups],
              credential: own === undefined ? undefined : Buffer.from(own.hash).toString("hex"),
              person: credential.kind === "forge" ? credential.person : undefined,
              seconds
            })
            yield* Statements.prune(caller.name, idle)
          }))
        )
        yield* Effect.logInfo("Somebody signed in with a browser").pipe(
          Effect.annotateLogs({ name: caller.name, way: credential.kind })
        )
        return SessionCookie.set(reached(request), "session", value, seconds)
      }),
      renew: Effect.fnUntraced(function*(request) {
        const cookie = cookieOf(request)
        if (cookie === undefined) return undefined
        const value = randomBytes(32).toString("base64url")
        const isOurs = yield* run("renew", Statements.renew(SecretText.hash(cookie), SecretText.hash(value)))
        return isOurs ? SessionCookie.set(reached(request), "session", value, longest) : undefined
      }),
      end: Effect.fnUntraced(function*(request) {
        const cookie = cookieOf(request)
        if (cookie !== undefined) yield* run("remove", Statements.remove(SecretText.hash(cookie)))
        return SessionCookie.set(reached(request), "session", "", 0)
      })
    })
  })
)
