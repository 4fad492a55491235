/**
 * shaman's face: `/api/{repos,search,nodes,builds}/`, `/_health/`, and the first README's form at the root.
 *
 * The tree of `/api/repos/` is deeper than routes with names can say and its refs hold slashes, so one wildcard route per prefix
 * hands the path to a dispatcher. A slashless GET of a list is redirected to its slash form as its framework did (302, absolute,
 * query kept); a slashless POST, which was a 500 there, is simply taken.
 */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Response from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
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

type Services = Repositories | RepositoriesConfig | StorageNodes
type Handler = (call: Call.Call) => Effect.Effect<HttpServerResponse, StoreUnavailable, Services | Scope.Scope>

/** A list that redirects its slashless form before anything is looked up. POST is taken either way. */
const listed = (call: Call.Call, handler: Handler): ReturnType<Handler> =>
  call.trailingSlash || call.method === "POST" ? handler(call) : Effect.succeed(Answer.redirect(Call.slashed(call)))

/** A level below a project: what is refused is refused at once, what can be answered redirects its slashless form. */
const looked = (call: Call.Call, handler: Handler): ReturnType<Handler> =>
  Effect.map(
    handler(call),
    (answer) =>
      call.trailingSlash || call.method === "POST" || ![200, 304, 405].includes(answer.status)
        ? answer
        : Answer.redirect(Call.slashed(call))
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

const handle = (context: Context.Context<Services>, handler: Handler) => (request: HttpServerRequest) => {
  const call = Call.parse(request)
  if (call._tag === "Failure") return Effect.succeed(Answer.refuse({ request }, 400, call.failure))
  return Effect.provideContext(handler(call.success), context).pipe(
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
    const context = Context.pick(Repositories, RepositoriesConfig, StorageNodes)(all)
    return Effect.forEach(prefixes(), ([path, handler]) => router.add("*", path, handle(context, handler)), {
      discard: true
    })
  })
)
