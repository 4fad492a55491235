/**
 * shaman's face: `/api/{repos,search,nodes,builds}/`, `/_health/`, and the first README's form at the root.
 *
 * The tree of `/api/repos/` is deeper than routes with names can say and its refs hold slashes, so one wildcard route per prefix
 * hands the path to a dispatcher. A slashless GET of a list is redirected to its slash form as its framework did (302, absolute,
 * query kept); a slashless POST, which was a 500 there, is simply taken.
 */
import type { RightName } from "@orch/api/Right"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Response from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Access } from "../../auth/Access.ts"
import { PublicUrl } from "../../http/PublicAddress.ts"
import { Repositories } from "../Repositories.ts"
import { RepositoriesConfig } from "../RepositoriesConfig.ts"
import { StorageNodes } from "../StorageNodes.ts"
import * as Answer from "./Answer.ts"
import * as Call from "./Call.ts"
import * as NodeRoutes from "./NodeRoutes.ts"
import * as PackageBuildRoutes from "./PackageBuildRoutes.ts"
import * as RepositoryRoutes from "./RepositoryRoutes.ts"
import * as SearchRoutes from "./SearchRoutes.ts"
import * as SeedRoutes from "./SeedRoutes.ts"

type Services = Access | Repositories | RepositoriesConfig | StorageNodes
type Handler = (call: Call.Call) => Effect.Effect<HttpServerResponse, StoreUnavailable, Services | Scope.Scope>

/** A list that redirects its slashless form before anything is looked up. POST is taken either way. */
const listed = (call: Call.Call, handler: Handler): ReturnType<Handler> =>
  call.trailingSlash || call.method === "POST" ? handler(call) : redirected(call)

const redirected = (call: Call.Call): Effect.Effect<HttpServerResponse> =>
  Effect.map(PublicUrl, (publicUrl) => Answer.redirect(Call.slashed(call, publicUrl)))

/** A level below a project: what is refused is refused at once, what can be answered redirects its slashless form. */
const looked = (call: Call.Call, handler: Handler): ReturnType<Handler> =>
  Effect.flatMap(
    handler(call),
    (answer) =>
      call.trailingSlash || call.method === "POST" || ![200, 304, 405].includes(answer.status)
        ? Effect.succeed(answer)
        : redirected(call)
  )

const api = (search: Handler): Handler => (call) => {
  const [, area, first, second] = call.segments
  switch (area) {
    case undefined:
      return listed(call, RepositoryRoutes.projectNames)
    case "repos":
      return first === undefined ? listed(call, RepositoryRoutes.overview) : looked(call, RepositoryRoutes.tree)
    case "search":
      return first === undefined ? listed(call, search) : Effect.succeed(Answer.notFound(call))
    case "builds":
      return first === undefined ? listed(call, PackageBuildRoutes.overview) : looked(call, PackageBuildRoutes.tree)
    case "nodes":
      if (first === undefined) return listed(call, NodeRoutes.list)
      if (second !== undefined) return Effect.succeed(Answer.notFound(call))
      if (first === "next") return NodeRoutes.next(call)
      return listed(call, (each) => NodeRoutes.one(each, first))
    default:
      return Effect.succeed(Answer.notFound(call))
  }
}

const health: Handler = (call) =>
  call.segments.length > 1
    ? Effect.succeed(Answer.notFound(call))
    : listed(call, () =>
      Effect.flatMap(Repositories, (repositories) =>
        Effect.map(repositories.alive, (alive) =>
          alive ? Response.empty({ status: 204 }) : Answer.unavailable(call))))

/**
 * What a request needs: whoever changes something, or takes a turn of the pool, has to be known as a writer. Decided by the
 * segments that are dispatched on. POST is the one method that changes anything here; others read, or are answered 405.
 */
export const rightOf = ({ method, segments }: Call.Call): RightName => {
  const takesTurn = segments[0] === "api" && segments[1] === "nodes" && segments[2] === "next"
  return method === "POST" || takesTurn ? "record" : "read"
}

const handle = (context: Context.Context<Services>, handler: Handler) => (request: HttpServerRequest) => {
  const call = Call.parse(request)
  if (call._tag === "Failure") return Effect.succeed(Answer.refuse({ request }, 400, call.failure))
  const work = Effect.flatMap(Access, (access) => access.require(request, rightOf(call.success))).pipe(
    Effect.matchEffect({
      onFailure: ({ message, status }) =>
        Effect.succeed(
          status === 401 ? Answer.unauthorized(call.success) : Answer.refuse({ request }, status, message)
        ),
      onSuccess: () => handler(call.success)
    })
  )
  return Effect.provideContext(work, context).pipe(
    Effect.catch((error) =>
      Effect.as(Effect.logError(`${error.operation}: ${error.message}`, error.cause), Answer.unavailable({ request }))
    )
  )
}

const prefixes = (): ReadonlyArray<readonly [HttpRouter.PathInput, Handler]> => {
  const current = api(SearchRoutes.make())
  return [
    ["/api", current],
    ["/api/repos/*", current],
    ["/api/search/*", current],
    ["/api/nodes/*", current],
    ["/api/builds/*", current],
    ["/_health/*", health],
    ["/repos/*", SeedRoutes.repos],
    ["/search/*", SeedRoutes.search],
    ["/nodes/*", SeedRoutes.nodes]
  ]
}

/** Adds the routes to the router. Paths may be long: give the router a `maxParamLength` of some thousands. */
export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter | Services> = HttpRouter.use((router) =>
  Effect.flatMap(Effect.context<Services>(), (all) => {
    // Only the services: the scope a handler sees must stay that of its request.
    const context = Context.pick(Access, Repositories, RepositoriesConfig, StorageNodes)(all)
    return Effect.forEach(prefixes(), ([path, handler]) => router.add("*", path, handle(context, handler)), {
      discard: true
    })
  })
)
