/**
 * Callers by Kerberos: HTTP Negotiate (RFC 4559), as browsers, curl and rpkg do it.
 *
 * A ticket is taken once; whoever asks about the same request again is told what came of it.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { AuthSettings } from "./AuthSettings.ts"
import { type Asking, AuthenticationFailed } from "./Caller.ts"
import * as KerberosLibrary from "./KerberosLibrary.ts"
import * as KerberosPrincipal from "./KerberosPrincipal.ts"

/** What is known of those who negotiate. */
export interface Interface {
  /** The name of whoever sent this token with this request. */
  readonly nameOf: (request: Asking, token: string) => Effect.Effect<string, AuthenticationFailed>
  /** What a request that was let in is answered, by which the client knows that it is this server; undefined where nothing is. */
  readonly answerTo: (request: Pick<Asking, "headers">) => string | undefined
}

const unknown = (message: string) => new AuthenticationFailed({ reason: "unknown", message })

/** Base64 as it has to be, since what reads it is written in C; and no larger than headers are. */
const isToken = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]{4,65536}={0,2}$/.test(text)

const make = (library: KerberosLibrary.Library, realms: ReadonlyArray<string>): Interface => {
  const names = new WeakMap<object, Effect.Effect<string, AuthenticationFailed>>()
  const answers = new WeakMap<object, string>()

  const accept = Effect.fn("Negotiation.accept")(function*(headers: Asking["headers"], token: string) {
    const exchange = yield* Effect.tryPromise(async () => {
      const exchange = await library.initializeServer("")
      await exchange.step(token)
      return exchange
    }).pipe(
      Effect.tapError(({ cause }) => Effect.logWarning("A Kerberos ticket is not accepted", cause)),
      Effect.mapError(() => unknown("The Kerberos ticket is not accepted"))
    )
    if (exchange.contextComplete !== true) {
      return yield* unknown("Kerberos needs more than one step, which is not offered")
    }
    const name = KerberosPrincipal.nameOf(String(exchange.username), String(exchange.targetName), realms)
    if (Result.isFailure(name)) return yield* unknown(name.failure)
    if (typeof exchange.response === "string" && exchange.response !== "") answers.set(headers, exchange.response)
    return name.success
  })

  return {
    nameOf: ({ headers }, token) =>
      Effect.suspend(() => {
        if (!isToken(token)) return unknown("The 'authorization' header holds no Negotiate token")
        const known = names.get(headers)
        if (known !== undefined) return known
        return Effect.flatMap(Effect.cached(accept(headers, token)), (name) => {
          names.set(headers, name)
          return name
        })
      }),
    answerTo: ({ headers }) => answers.get(headers)
  }
}

/** Whoever may negotiate; undefined where nobody can. */
export const Negotiation: Context.Reference<Interface | undefined> = Context.Reference(
  "@orch/server/auth/Negotiation",
  {
    defaultValue: (): Interface | undefined => undefined
  }
)

/** As the settings say. */
export const layer: Layer.Layer<never, KerberosLibrary.KerberosUnusable, AuthSettings> = Layer.effect(
  Negotiation,
  Effect.gen(function*() {
    const { auth, kerberosKeytab, kerberosLibrary, kerberosRealms } = yield* AuthSettings
    if (auth !== "kerberos" || kerberosKeytab === undefined) return undefined
    return make(yield* KerberosLibrary.make(kerberosLibrary, kerberosKeytab), kerberosRealms)
  })
)
