/**
 * Authorises by the matched route: every route stands behind the right it declares, and one that declares none is refused.
 *
 * What is tested is the route that the router found, never the text of the URL, so no spelling of a path opens a door. Bodies are
 * bounded, and taken for JSON, in the same place and by the same route.
 */
import { AlbsApi, OrchApi } from "@orch/api"
import * as GatingRoutes from "@orch/api/gating/GatingRoutes"
import * as PdcRoutes from "@orch/api/pdc/PdcRoutes"
import { Right, type RightName } from "@orch/api/Right"
import * as SiteMap from "@orch/web/SiteMap"
import * as ByteSize from "effect/ByteSize"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Headers from "effect/http/Headers"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import { Access, type AccessRefused } from "../auth/Access.ts"
import { type AskedChange, AuditTrail } from "../auth/AuditTrail.ts"
import { CurrentCaller } from "../auth/CurrentCaller.ts"
import * as Sessions from "../auth/Sessions.ts"
import * as AcceptHtml from "./AcceptHtml.ts"
import { answer, answerTo } from "./Fallbacks.ts"
import * as JsonBounds from "./JsonBounds.ts"
import * as KnownPaths from "./KnownPaths.ts"
import * as MatchedRoute from "./MatchedRoute.ts"

/** A right, or `face`: the dispatcher behind this wildcard authorises by the route it matches itself. */
export type Declared = RightName | "face"

/** Rights of routes that are not described in `OrchApi`, by `METHOD PATH` as they are added to the router. */
const plainRoutes: Readonly<Record<string, Declared>> = {
  ...GatingRoutes.rights,
  ...PdcRoutes.rights,
  ...SiteMap.rights,
  "GET /": "public",
  "POST /act": "known",
  "POST /sign-in": "public",
  "POST /sign-out": "public",
  "GET /sign-in/oidc": "public",
  "GET /sign-in/oidc/return": "public",
  "GET /sign-in/github": "public",
  "GET /sign-in/github/return": "public",
  "GET /sign-in/kerberos": "public",
  "GET /assets/:name": "public",
  "GET /docs": "public",
  "GET /openapi.json": "public",
  "GET /metrics": "read",
  "GET /logs/:task": "read",
  "GET /repositories/*": "public",
  "* /module-build-service/*": "face",
  "* /api": "face",
  "* /api/repos/*": "face",
  "* /api/search/*": "face",
  "* /api/nodes/*": "face",
  "* /api/builds/*": "face",
  "* /_health/*": "face",
  "* /repos/*": "face",
  "POST /hooks/:forge": "face",
  "* /search/*": "face",
  "* /nodes/*": "face",
  "GET /pulp/content/artifacts/:sha256/:name": "public",
  "GET /pulp/api/v3/artifacts/": "face",
  "GET /pulp/api/v3/artifacts/:sha256/": "face",
  "POST /pulp/api/v3/uploads/": "face",
  "GET /pulp/api/v3/uploads/:id/": "face",
  "PUT /pulp/api/v3/uploads/:id/": "face",
  "POST /pulp/api/v3/uploads/:id/commit/": "face",
  "GET /pulp/api/v3/tasks/:sha256/": "face"
}

/** The rights that the endpoints of a description declare, by `METHOD PATH`; those without a declaration are not there. */
export const declaredIn = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): ReadonlyMap<string, RightName> => {
  const rights = new Map<string, RightName>()
  HttpApi.reflect(api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, mergedAnnotations }) => {
      const right = Context.getOption(mergedAnnotations, Right)
      if (right._tag === "Some") rights.set(`${endpoint.method} ${endpoint.path}`, right.value)
    }
  })
  return rights
}

const typed = declaredIn(OrchApi)

/** The build system's face asks nodes, signers and people for credentials of their own, endpoint by endpoint. */
const faces = new Set<string>()
HttpApi.reflect(AlbsApi, {
  onGroup: () => {},
  onEndpoint: ({ endpoint: { method, path } }) => faces.add(`${method} ${path}`)
})

/** The right a route declares; `undefined` where it declares none. */
export const rightOf = (method: string, path: string): Declared | undefined =>
  typed.get(`${method} ${path}`) ?? (faces.has(`${method} ${path}`) ? "face" : undefined)
    ?? (Object.hasOwn(plainRoutes, `${method} ${path}`) ? plainRoutes[`${method} ${path}`] : undefined)

const titles = { 401: "Unauthorized", 403: "Forbidden", 429: "Too Many Requests", 503: "Service Unavailable" } as const

const turnedAway = ({ message, status }: AccessRefused): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe({ status, error: titles[status], message }, {
    status,
    headers: {
      ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
      ...(status === 429 ? { "retry-after": "60" } : {})
    }
  })

const undeclared = answer(403, "Nobody may use this: the server does not know which right it needs")

/** Scripts post with a bare `curl -d`, which calls everything a form; the typed faces take JSON whatever it is called. */
const asJson = (request: HttpServerRequest.HttpServerRequest): HttpServerRequest.HttpServerRequest =>
  request.modify({ headers: Headers.set(request.headers, "content-type", "application/json") })

/** Bytes of a body where nothing else is said; faces that take files have bounds of their own. */
const usual = 2 * 1024 * 1024

/** Where whole documents are sent. */
const takesDocuments = (method: string, path: string): boolean =>
  method === "POST" && /^\/orch\/v1\/module-builds(?:\/preview)?\/?$/.test(path)

/** The answer to a body that is not even parsed. */
const tooMuch = (request: HttpServerRequest.HttpServerRequest, most: number) =>
  Effect.match(request.text, {
    onFailure: () => answerTo(request, 413, `A body of this kind may have at most ${most} bytes`),
    onSuccess: (text) => {
      const problem = JsonBounds.problem(text)
      return problem === undefined ? undefined : answerTo(request, 400, problem)
    }
  })

const ofPages = new Set(Object.keys(SiteMap.rights))

/** What pages ask: our own interface, and those of gates. All other faces know nothing of who is signed in. */
const isAskedByPages = (path: string): boolean => /^\/(orch\/v1|api\/v[12]\.0)\//.test(path)

/** Where it counts who is signed in with a browser: pages, and what they ask. */
const takesSessions = (method: string, path: string): boolean =>
  isAskedByPages(path) || ofPages.has(`${method} ${path}`) || path === "/act"

const unproven = answer(403, "The request does not prove that it is of a page of this server; load the page again")
/** Who may negotiate is asked to do that first. */
const asksForPage = (
  { isOffered, ways }: Sessions.Sessions["Service"],
  { headers }: HttpServerRequest.HttpServerRequest
): boolean => isOffered && !ways.kerberos && AcceptHtml.isNamed(headers["accept"])

/** `may=not` has the sign-in say that it is a right that is missing. */
const signInFirst = (prefix: string, back: string, status: 401 | 403) =>
  HttpServerResponse.empty({
    status: 302,
    headers: {
      location: `${prefix}/sign-in?${new URLSearchParams({ back, ...(status === 403 ? { may: "not" } : {}) })}`,
      "cache-control": "no-store"
    }
  })

/** Rights to change what is there already: what is done with them is written down. */
const ofExisting = new Set<Declared>(["own", "release", "administer", "import", "record"])

type Route = HttpRouter.Route<unknown, unknown>
type Handler = Effect.Effect<HttpServerResponse.HttpServerResponse, unknown, unknown>

const guarded = (
  access: Access["Service"],
  sessions: Sessions.Sessions["Service"],
  audit: (change: AskedChange) => Effect.Effect<void>,
  route: Route,
  documentBytes: number
): Route => {
  const most = takesDocuments(route.method, route.path) ? documentBytes : usual
  const bound = ByteSize.fromInputUnsafe(most)
  // Adding to the services of a request is cheap; merging copies all that the server has.
  const bounded = Effect.provideService(HttpIncomingMessage.MaxBodySize, bound)
  const hasBody = !["GET", "HEAD"].includes(route.method)
  const right = rightOf(route.method, route.path)
  const withSessions = takesSessions(route.method, route.path)
  // What a form of a page brings is looked at where it is sent on.
  const provesItself = !["GET", "HEAD"].includes(route.method) && isAskedByPages(route.path)
  const isTyped = typed.has(`${route.method} ${route.path}`)
  const inner = route.handler as Handler
  const changes = isTyped && route.method !== "GET" && right !== undefined && ofExisting.has(right)
  const handler = right === undefined
    ? Effect.succeed(undeclared)
    : Effect.gen(function*() {
      const request = yield* HttpServerRequest.HttpServerRequest
      MatchedRoute.note(request, route.path)
      if (right === "face") return yield* bounded(inner)
      // What a request says itself of who it is from counts before a cookie that a browser brings along.
      const session = right !== "public" && withSessions && request.headers["authorization"] === undefined
        ? yield* Effect.orDie(sessions.of(request))
        : undefined
      if (session !== undefined && provesItself && !Sessions.isProof(session, request.headers["x-orch-proof"])) {
        return unproven
      }
      const caller = yield* Effect.result(
        session === undefined ? access.require(request, right) : access.permit(session.caller, right)
      )
      if (caller._tag === "Failure") {
        const { status } = caller.failure
        return (status === 401 || status === 403) && ofPages.has(`GET ${route.path}`) && asksForPage(sessions, request)
          ? signInFirst(sessions.reached(request).prefix, request.url, status)
          : turnedAway(caller.failure)
      }
      if (Number(request.headers["content-length"] ?? 0) > most) {
        return answerTo(request, 413, `A body of this kind may have at most ${most} bytes`)
      }
      const answered = Effect.provideService(inner, CurrentCaller, caller.success)
      if (!hasBody) return yield* answered
      const given = isTyped ? asJson(request) : request
      const refused = isTyped ? yield* bounded(tooMuch(given, most)) : undefined
      if (refused !== undefined) return refused
      const response = yield* bounded(Effect.provideService(answered, HttpServerRequest.HttpServerRequest, given))
      if (changes) {
        const { requestId } = yield* References.CurrentLogAnnotations
        yield* audit({
          name: caller.success.name,
          method: route.method,
          path: request.url.split("?")[0]!.slice(0, 1000),
          status: response.status,
          request: typeof requestId === "string" ? requestId : undefined
        })
      }
      return response
    })
  return Object.assign(Object.create(Object.getPrototypeOf(route)), route, { handler }) as Route
}

/** A route for every method, once for each of those that are in use: the router compares every route that is added with all before. */
const each = (route: Route): ReadonlyArray<Route> =>
  route.method === "*"
    ? KnownPaths.usual.map((method) => Object.assign(Object.create(Object.getPrototypeOf(route)), route, { method }))
    : [route]

/** A router whose routes are all guarded; whoever adds routes is given this one. `documentBytes` is what may be submitted at once. */
export const layer = (
  documentBytes: number
): Layer.Layer<HttpRouter.HttpRouter, never, HttpRouter.HttpRouter | Access | Sessions.Sessions> =>
  Layer.effect(
    HttpRouter.HttpRouter,
    Effect.gen(function*() {
      const router = yield* HttpRouter.HttpRouter
      const access = yield* Access
      const sessions = yield* Sessions.Sessions
      const audit = yield* AuditTrail
      const decorate = (inner: HttpRouter.HttpRouter): HttpRouter.HttpRouter => {
        const addAll = (routes: ReadonlyArray<Route>, prefix?: string) =>
          inner.addAll(
            (prefix === undefined ? routes : routes.map((route) => HttpRouter.prefixRoute(route, prefix)))
              .flatMap((route) => each(guarded(access, sessions, audit, route as Route, documentBytes)))
          )
        const within = (prefix: string | undefined): HttpRouter.HttpRouter => ({
          ...inner,
          prefixed: (more: string) => within(prefix === undefined ? more : `${prefix}${more}`),
          addAll: ((routes: ReadonlyArray<Route>) => addAll(routes, prefix)) as HttpRouter.HttpRouter["addAll"],
          add: ((method: never, path: never, handler: never, options: never) =>
            addAll([HttpRouter.route(method, path, handler, options) as Route], prefix)) as HttpRouter.HttpRouter["add"]
        })
        return within(undefined)
      }
      return decorate(router)
    })
  )
