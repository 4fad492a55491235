/**
 * The interface of AlmaLinux's build system: every endpoint that its description has is routed to the slice that answers it.
 *
 * What no slice answers is 501 in words, so that a client learns that it is not there and not that it made a mistake.
 */
import { AlbsApi } from "@orch/api"
import { AlbsRight, type AlbsRightName } from "@orch/api/albs/AlbsRight"
import type { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import type { Signings } from "@orch/core/ports/signing/Signings"
import type { TestRuns } from "@orch/core/ports/testrun/TestRuns"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Access } from "../../auth/Access.ts"
import type { BuilderPool } from "../../builders/BuilderPool.ts"
import type { GithubLogin } from "../../login/GithubLogin.ts"
import type { LoginSettings } from "../../login/LoginSettings.ts"
import type { PersonTokens } from "../../login/PersonTokens.ts"
import type { BuildNeighbours } from "../../packagebuilds/BuildNeighbours.ts"
import type { BuildSubmission } from "../../packagebuilds/BuildSubmission.ts"
import type { ModulePreviews } from "../../packagebuilds/ModulePreviews.ts"
import type { PackageBuildReads } from "../../packagebuilds/PackageBuildReads.ts"
import type { People } from "../../people/People.ts"
import type { Teams } from "../../people/Teams.ts"
import type { Flavors } from "../../platforms/Flavors.ts"
import type { Platforms } from "../../platforms/Platforms.ts"
import type { GeneratedKeys } from "../../products/GeneratedKeys.ts"
import type { ProductBuilds } from "../../products/ProductBuilds.ts"
import type { Products } from "../../products/Products.ts"
import type { ReleaseOrders } from "../../releases/ReleaseOrders.ts"
import type { ReleaseReads } from "../../releases/ReleaseReads.ts"
import type { ReleaseTargets } from "../../releases/ReleaseTargets.ts"
import type { SigningQueue } from "../../signing/SigningQueue.ts"
import type { SignKeys } from "../../signing/SignKeys.ts"
import type { Projects } from "../../sources/Projects.ts"
import type { SourceSettings } from "../../sources/SourceSettings.ts"
import type { Tests } from "../../testruns/Tests.ts"
import * as AlbsCall from "../AlbsCall.ts"
import { AlbsCallers } from "../AlbsCallers.ts"
import * as AlbsFailure from "../AlbsFailure.ts"

/** What handlers need. */
export type Services =
  | Access
  | AlbsCallers
  | BuilderPool
  | BuildNeighbours
  | BuildSubmission
  | Flavors
  | GeneratedKeys
  | GithubLogin
  | LoginSettings
  | ModulePreviews
  | PackageBuildReads
  | PackageBuilds
  | People
  | PersonTokens
  | Platforms
  | ProductBuilds
  | Products
  | ReleaseOrders
  | ReleaseReads
  | ReleaseTargets
  | Projects
  | SigningQueue
  | Signings
  | SignKeys
  | SourceSettings
  | Teams
  | TestRuns
  | Tests

/** What slices answer, by `GROUP.ENDPOINT` of the description. */
export type Handlers = Readonly<Record<string, (call: AlbsCall.AlbsCall) => AlbsCall.Answer<Services>>>

interface Route {
  readonly name: string
  /** Absent where none is declared: such an endpoint is refused to everybody. */
  readonly right: AlbsRightName | undefined
  readonly method: string
  readonly path: string
}

/** Every endpoint of the description. */
export const endpoints = (): ReadonlyArray<Route> => {
  const found: Array<Route> = []
  HttpApi.reflect(AlbsApi, {
    onGroup: () => {},
    onEndpoint: ({ endpoint: { identifier, method, path }, group, mergedAnnotations }) =>
      found.push({
        name: `${group.identifier}.${identifier}`,
        method,
        path,
        right: Option.getOrUndefined(Context.getOption(mergedAnnotations, AlbsRight))
      })
  })
  return found
}

const notOffered = (): AlbsCall.Answer => Effect.fail(AlbsFailure.notOffered("This server does not offer it yet"))

const undeclared = AlbsFailure.forbidden("Nobody may use this: the server does not know which right it needs")

/** Lets pass who has the right; whose it is that is changed is the handler's to look at. */
const permit = Effect.fnUntraced(function*(request: HttpServerRequest, right: AlbsRightName | undefined) {
  const callers = yield* AlbsCallers
  switch (right) {
    case undefined:
      return yield* undeclared
    case "public":
      return
    case "read":
      return yield* callers.requireReader(request)
    case "team":
      return yield* Effect.asVoid(callers.require(request, "packager"))
    default:
      return yield* Effect.asVoid(callers.require(request, right))
  }
})

const handle = (
  handler: Handlers[string],
  right: AlbsRightName | undefined,
  request: HttpServerRequest,
  params: Readonly<Record<string, string | undefined>>,
  publicUrl: string | undefined
): Effect.Effect<HttpServerResponse, never, Services> =>
  Effect.andThen(permit(request, right), handler(AlbsCall.make(request, params, publicUrl))).pipe(
    Effect.catchTag("AlbsFailure", (failure) => Effect.succeed(AlbsCall.failed(failure))),
    Effect.catchTag("StoreUnavailable", (error) =>
      Effect.as(
        Effect.logWarning(`${error.operation}: ${error.message}`, error.cause),
        AlbsCall.failed(AlbsFailure.unavailable("The database does not answer; try again in a moment"))
      ))
  )

/** Routes every endpoint to its handler; `publicUrl` as in the settings. */
export const layer = (
  handlers: Handlers,
  publicUrl: string | undefined
): Layer.Layer<never, never, HttpRouter.HttpRouter | Services> =>
  HttpRouter.use((router) =>
    Effect.gen(function*() {
      const context = yield* Effect.context<Services>()
      for (const { method, name, path, right } of endpoints()) {
        const handler: Handlers[string] = handlers[name] ?? notOffered
        yield* router.add(
          method as "GET",
          path as `/${string}`,
          (request) =>
            Effect.flatMap(
              HttpRouter.params,
              (params) => Effect.provideContext(handle(handler, right, request, params, publicUrl), context)
            )
        )
      }
    })
  )
