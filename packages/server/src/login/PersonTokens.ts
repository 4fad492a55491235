/**
 * Tokens for people who logged in: signed, good for a while, kept nowhere.
 *
 * One token has the claims of both generations, so that whoever reads it finds its own: `expires` and `identity.user_id` of old, `exp`,
 * `sub` and `aud` of today.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Jose from "jose"
import { AlbsSettings } from "../albs/AlbsSettings.ts"
import { LoginSettings } from "./LoginSettings.ts"

/** Tokens; `undefined` where there is no secret to sign them with. */
export class PersonTokens extends Context.Service<PersonTokens, {
  readonly forPerson: (id: number) => Effect.Effect<string | undefined>
  /** What a browser carries to the forge and back; good for ten minutes. */
  readonly forState: Effect.Effect<string | undefined>
  readonly isState: (token: string) => Effect.Effect<boolean>
}>()("@orch/server/login/PersonTokens") {}

const stateAudience = "orch:login-state"
const stateSeconds = 600

/** From the settings. */
export const layer: Layer.Layer<PersonTokens, never, AlbsSettings | LoginSettings> = Layer.effect(
  PersonTokens,
  Effect.gen(function*() {
    const { nodeJwtSecret } = yield* AlbsSettings
    const { loginHours } = yield* LoginSettings
    const key = nodeJwtSecret === undefined ? undefined : new TextEncoder().encode(Redacted.value(nodeJwtSecret))
    const sign = (claims: Jose.JWTPayload) =>
      key === undefined
        ? Effect.undefined
        : Effect.promise(() => new Jose.SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(key))
    const now = Effect.map(Clock.currentTimeMillis, (millis) => Math.floor(millis / 1000))
    return PersonTokens.of({
      forPerson: (id) =>
        Effect.flatMap(now, (seconds) => {
          const end = seconds + loginHours * 3600
          return sign({ sub: `${id}`, aud: ["fastapi-users:auth"], exp: end, expires: end, identity: { user_id: id } })
        }),
      forState: Effect.flatMap(now, (seconds) => sign({ aud: stateAudience, exp: seconds + stateSeconds })),
      isState: (token) =>
        key === undefined
          ? Effect.succeed(false)
          : Effect.flatMap(Clock.currentTimeMillis, (millis) =>
            Effect.tryPromise(() =>
              Jose.jwtVerify(token, key, {
                algorithms: ["HS256"],
                audience: stateAudience,
                currentDate: new Date(millis)
              })
            ).pipe(Effect.as(true), Effect.orElseSucceed(() => false)))
    })
  })
)
