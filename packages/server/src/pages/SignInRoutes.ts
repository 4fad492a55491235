/**
 * Signing in and out with a browser: with a token, at an OpenID provider, at GitHub, by Kerberos. Whoever asks is looked at as by every
 * other request, with the same limits for those who guess; what comes of it is a session, and the credential is forgotten.
 */
import type { Page } from "@orch/web/Frame"
import * as SignInPage from "@orch/web/SignInPage"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import { randomBytes } from "node:crypto"
import { Access } from "../auth/Access.ts"
import * as SecretText from "../auth/SecretText.ts"
import * as Sessions from "../auth/Sessions.ts"
import * as PublicAddress from "../http/PublicAddress.ts"
import { GithubLogin } from "../login/GithubLogin.ts"
import { People } from "../people/People.ts"
import { OidcLogin } from "../sessions/OidcLogin.ts"
import * as SessionCookie from "../sessions/SessionCookie.ts"
import * as InnerRequest from "./InnerRequest.ts"
import * as OwnPath from "./OwnPath.ts"
import type { PageFrame } from "./PageFrame.ts"

type Request = HttpServerRequest.HttpServerRequest

/** Seconds that somebody may take at an identity provider. */
const patience = 600

/** Characters of a form that is looked at: a token and a path. */
const most = 20_000

const queryOf = (request: Request): URLSearchParams => new URL(request.url, "http://localhost").searchParams

/** Characters of a path that a cookie has room for, of the 4096 that a browser keeps. */
const mostCarried = 2000

/** For whom the browser has no ticket, or sends none. */
const noTicket =
  "This browser brings no Kerberos ticket. Get one (kinit), let the browser send it to this host, and try again."

/** What a browser carries to an identity provider and back. A path that is too long for a cookie is not carried. */
const carried = (state: string, verifier: string, back: string): string =>
  [state, verifier, back.length > mostCarried ? "" : Buffer.from(back).toString("base64url")].join(".")

/** Adds the routes. */
export const add = Effect.fnUntraced(function*(
  router: HttpRouter.HttpRouter,
  { send, site: { prefix }, viewerOf }: PageFrame,
  publicUrl: string | undefined
) {
  const sessions = yield* Sessions.Sessions
  const access = yield* Access
  const oidc = yield* OidcLogin
  const github = yield* GithubLogin
  const people = yield* People

  const show = Effect.fnUntraced(function*(request: Request, back: string, status: number, problem?: string) {
    const viewer = yield* viewerOf(request)
    const session = yield* Effect.orElseSucceed(sessions.of(request), () => undefined)
    const page: Page = SignInPage.page({
      viewer,
      groups: [...session?.caller.groups ?? []].toSorted(),
      ways: sessions.ways,
      back,
      problem,
      prefix
    })
    return HttpServerResponse.setHeader(send(request, viewer, page, status), "cache-control", "no-store")
  })

  const elsewhere = (location: string, cookies: ReadonlyArray<string>, status: 302 | 303 = 303) =>
    HttpServerResponse.fromWeb(
      new Response(null, {
        status,
        headers: [
          ["location", location],
          ["cache-control", "no-store"],
          ...cookies.map((cookie): [string, string] => ["set-cookie", cookie])
        ]
      })
    )

  const signedIn = Effect.fnUntraced(function*(
    request: Request,
    caller: { readonly name: string; readonly groups: ReadonlySet<string> },
    credential: Sessions.Credential,
    back: string,
    others: ReadonlyArray<string> = []
  ) {
    const cookie = yield* Effect.orDie(sessions.begin(request, caller, credential, yield* Clock.currentTimeMillis))
    return elsewhere(`${prefix}${back}`, [cookie, ...others])
  })

  /** Whose a token is, by the same look as at every request that brings one. */
  const ofToken = (request: Request, token: string) =>
    access.identify({
      // Nothing else that the request says of who it is from counts here.
      headers: { authorization: `Bearer ${token}` },
      remoteAddress: request.remoteAddress
    })

  const withToken = Effect.gen(function*() {
    const request = yield* HttpServerRequest.HttpServerRequest
    const form = yield* InnerRequest.formIn(request, most)
    const back = OwnPath.back(form.get("back"))
    const token = (form.get("token") ?? "").trim()
    if (!InnerRequest.isOfOurPage(request)) {
      return yield* show(request, back, 400, "The form is not of a page of this server.")
    }
    if (!sessions.ways.token) return yield* show(request, back, 400, "Nobody signs in with a token here.")
    if (token === "") return yield* show(request, back, 400, "There is no token in the field.")
    return yield* Effect.matchEffect(ofToken(request, token), {
      onFailure: ({ message, status }) => show(request, back, status, message),
      onSuccess: (caller) => signedIn(request, caller, { kind: "token", token }, back)
    })
  })

  const out = Effect.gen(function*() {
    const request = yield* HttpServerRequest.HttpServerRequest
    const session = yield* Effect.orDie(sessions.of(request))
    const form = yield* InnerRequest.formIn(request, most)
    if (session !== undefined && !Sessions.isProof(session, form.get("proof") ?? undefined)) {
      return yield* show(request, "/builds", 400, "The form is not of a page of this server.")
    }
    return elsewhere(`${prefix}/builds`, [yield* Effect.orDie(sessions.end(request))])
  })

  /** Sends a browser to an identity provider. */
  const begin = (
    path: string,
    urlOf: (state: string, verifier: string, returnTo: string) => Effect.Effect<string, { readonly message: string }>
  ) =>
    Effect.gen(function*() {
      const request = yield* HttpServerRequest.HttpServerRequest
      const back = OwnPath.back(queryOf(request).get("back"))
      const [state, verifier] = [randomBytes(24).toString("base64url"), randomBytes(48).toString("base64url")]
      return yield* Effect.matchEffect(urlOf(state, verifier, PublicAddress.link(publicUrl, request, path)), {
        onFailure: ({ message }) => show(request, back, 400, message),
        onSuccess: (url) =>
          Effect.succeed(elsewhere(url, [
            SessionCookie.set(sessions.reached(request), "sign-in", carried(state, verifier, back), patience)
          ], 302))
      })
    })

  /** A browser that comes back: who it is from, once it is known that it went from here. */
  const back = (
    path: string,
    identify: (
      request: Request,
      code: string,
      verifier: string,
      returnTo: string
    ) => Effect.Effect<
      readonly [{ readonly name: string; readonly groups: ReadonlySet<string> }, Sessions.Credential],
      { readonly message: string }
    >
  ) =>
    Effect.gen(function*() {
      const request = yield* HttpServerRequest.HttpServerRequest
      const query = queryOf(request)
      const reached = sessions.reached(request)
      const [state = "", verifier = "", to = ""] =
        SessionCookie.read(request.headers["cookie"], reached, "sign-in")?.split(".") ?? []
      const where = OwnPath.back(Buffer.from(to, "base64url").toString())
      const code = query.get("code")
      if (state === "" || !SecretText.isSame(query.get("state") ?? "", state)) {
        return yield* show(
          request,
          where,
          400,
          "The sign-in was not begun in this browser, or too long ago; begin it again."
        )
      }
      if (code === null) return yield* show(request, where, 403, "The identity provider did not let you in.")
      return yield* Effect.matchEffect(
        identify(request, code, verifier, PublicAddress.link(publicUrl, request, path)),
        {
          onFailure: ({ message }) => show(request, where, 403, message),
          onSuccess: ([caller, credential]) =>
            signedIn(request, caller, credential, where, [SessionCookie.set(reached, "sign-in", "", 0)])
        }
      )
    })

  const oidcReturn = "/sign-in/oidc/return"
  const githubReturn = "/sign-in/github/return"
  yield* router.add(
    "GET",
    "/sign-in",
    Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
      const query = queryOf(request)
      const back = OwnPath.back(query.get("back"))
      return query.get("may") === "not"
        ? show(request, back, 403, `You may not see ${back}: you are in none of the groups that may.`)
        : show(request, back, 200)
    })
  )
  yield* router.add("POST", "/sign-in", withToken)
  yield* router.add("POST", "/sign-out", out)
  yield* router.add(
    "GET",
    "/sign-in/oidc",
    begin(oidcReturn, (state, verifier, returnTo) => {
      const url = sessions.ways.oidc ? oidc.authorizeUrl(state, verifier, returnTo) : undefined
      return url === undefined
        ? Effect.fail({ message: "Signing in at an OpenID provider is not set up." })
        : Effect.succeed(url)
    })
  )
  yield* router.add(
    "GET",
    oidcReturn,
    back(
      oidcReturn,
      (request, code, verifier, returnTo) =>
        Effect.flatMap(
          oidc.tokenOf(code, verifier, returnTo),
          (token) => Effect.map(ofToken(request, token), (caller) => [caller, { kind: "token", token }] as const)
        )
    )
  )
  yield* router.add(
    "GET",
    "/sign-in/github",
    begin(githubReturn, (state, _, returnTo) =>
      sessions.ways.github
        ? github.authorizeUrl(state, returnTo)
        : Effect.fail({ message: "Signing in at GitHub is not set up." }))
  )
  yield* router.add(
    "GET",
    githubReturn,
    back(githubReturn, (_, code) =>
      Effect.gen(function*() {
        if (!sessions.ways.github) return yield* Effect.fail({ message: "Signing in at GitHub is not set up." })
        const forge = yield* github.personOf(code)
        const person = yield* Effect.orDie(people.ofForge(forge.forgeId, forge.name, forge.email))
        if (person === undefined) {
          return yield* Effect.fail({
            message:
              `Somebody is known as ${forge.name} here already who does not sign in at GitHub; an administrator can help.`
          })
        }
        if (!person.isActive || !person.isVerified) {
          return yield* Effect.fail({ message: "You may not sign in here; an administrator can help." })
        }
        return [{ name: person.name, groups: new Set<string>() }, { kind: "forge", person: person.id }] as const
      }))
  )
  yield* router.add(
    "GET",
    "/sign-in/kerberos",
    Effect.gen(function*() {
      const request = yield* HttpServerRequest.HttpServerRequest
      const where = OwnPath.back(queryOf(request).get("back"))
      if (!sessions.ways.kerberos) return yield* show(request, where, 400, "Nobody signs in by Kerberos here.")
      // Nothing else is made a session that would outlive it. Who brings no ticket is asked for one, and sees this if there is none.
      const withTicket = /^negotiate /i.test(request.headers["authorization"] ?? "")
      const caller = withTicket
        ? yield* access.identify(request).pipe(Effect.mapError(({ message }) => message), Effect.result)
        : Result.fail(noTicket)
      return Result.isSuccess(caller)
        ? yield* signedIn(request, caller.success, { kind: "kerberos" }, where)
        : yield* show(request, where, 401, caller.failure)
    })
  )
})
