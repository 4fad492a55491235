/** What is built for and released to: platforms, flavors, repositories, products, and the forge's projects. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as AlbsError from "./AlbsError.ts"
import * as PlatformWire from "./PlatformWire.ts"
import { RepositoryWire } from "./RepositoryWire.ts"
import { Success } from "./SignWire.ts"

const changed = [...AlbsError.forCallers, AlbsError.AlbsNotFound, AlbsError.AlbsConflict] as const
const found = [...AlbsError.forCallers, AlbsError.AlbsNotFound] as const
const id = { id: Schema.String }

/** Platforms and their flavors. */
export class PlatformsApi extends HttpApiGroup.make("albsPlatforms")
  .add(
    HttpApiEndpoint.post("create", "/platforms/", {
      payload: PlatformWire.PlatformCreate,
      success: PlatformWire.PlatformWire,
      error: changed
    }),
    HttpApiEndpoint.put("modify", "/platforms/", {
      payload: PlatformWire.PlatformModify,
      success: PlatformWire.PlatformWire,
      error: changed
    }),
    HttpApiEndpoint.get("list", "/platforms/", {
      success: Schema.Array(PlatformWire.PlatformWire),
      error: AlbsError.forEverybody
    }),
    HttpApiEndpoint.patch("addRepositories", "/platforms/:id/add-repositories", {
      params: id,
      payload: PlatformWire.RepositoryIds,
      success: PlatformWire.PlatformWire,
      error: found
    }),
    HttpApiEndpoint.patch("removeRepositories", "/platforms/:id/remove-repositories", {
      params: id,
      payload: PlatformWire.RepositoryIds,
      success: PlatformWire.PlatformWire,
      error: found
    }),
    HttpApiEndpoint.get("flavors", "/platform_flavors/", {
      success: Schema.Array(PlatformWire.FlavorWire),
      error: AlbsError.forEverybody
    }),
    HttpApiEndpoint.post("createFlavor", "/platform_flavors/", {
      payload: PlatformWire.FlavorCreate,
      success: PlatformWire.FlavorWire,
      error: changed
    }),
    /** By name. */
    HttpApiEndpoint.patch("modifyFlavor", "/platform_flavors/", {
      payload: PlatformWire.FlavorCreate,
      success: PlatformWire.FlavorWire,
      error: changed
    })
  )
  .prefix("/api/v1")
  .annotateMerge(OpenApi.annotations({ title: "Build system: platforms" }))
{}

/** Repositories, one by one or all of them. */
export class RepositoriesApi extends HttpApiGroup.make("albsRepositories")
  .add(
    HttpApiEndpoint.get("list", "/", { success: Schema.Array(RepositoryWire), error: AlbsError.forCallers }),
    /** Null when there is none of this id. */
    HttpApiEndpoint.get("get", "/:id/", {
      params: id,
      success: Schema.NullOr(RepositoryWire),
      error: AlbsError.forCallers
    })
  )
  .prefix("/api/v1/repositories")
  .annotateMerge(OpenApi.annotations({ title: "Build system: repositories" }))
{}

/** The forge's projects, from a cache. */
export class ProjectsApi extends HttpApiGroup.make("albsProjects")
  .add(
    HttpApiEndpoint.get("packages", "/alma", {
      success: Schema.Array(PlatformWire.ProjectWire),
      error: AlbsError.forCallers
    }),
    HttpApiEndpoint.get("modules", "/alma/modularity", {
      success: Schema.Array(PlatformWire.ProjectWire),
      error: AlbsError.forCallers
    })
  )
  .prefix("/api/v1/projects")
  .annotateMerge(OpenApi.annotations({ title: "Build system: projects" }))
{}

const membership = { build_id: Schema.String, name: Schema.String }

/** Distributions, what products were called before. */
export class DistributionsApi extends HttpApiGroup.make("albsDistributions")
  .add(
    HttpApiEndpoint.post("create", "/", {
      payload: PlatformWire.DistributionCreate,
      success: PlatformWire.DistributionWire,
      error: changed
    }),
    HttpApiEndpoint.get("list", "/", {
      success: Schema.Array(PlatformWire.DistributionWire),
      error: AlbsError.forCallers
    }),
    HttpApiEndpoint.post("addBuild", "/add/:build_id/:name/", {
      params: membership,
      success: Success,
      error: [...found, AlbsError.AlbsBadRequest]
    }),
    HttpApiEndpoint.post("removeBuild", "/remove/:build_id/:name/", {
      params: membership,
      success: Success,
      error: [...found, AlbsError.AlbsBadRequest]
    })
  )
  .prefix("/api/v1/distro")
  .annotateMerge(OpenApi.annotations({ title: "Build system: distributions" }))
{}

/** Products: sets of repositories that builds are released to. */
export class ProductsApi extends HttpApiGroup.make("albsProducts")
  .add(
    HttpApiEndpoint.post("create", "/", {
      payload: PlatformWire.ProductCreate,
      success: PlatformWire.ProductWire,
      error: [...changed, AlbsError.AlbsBadRequest]
    }),
    /** A page of ten with `pageNumber`, all without it. */
    HttpApiEndpoint.get("list", "/", {
      query: { pageNumber: Schema.optionalKey(Schema.String), search_string: Schema.optionalKey(Schema.String) },
      success: Schema.Union([
        Schema.Array(PlatformWire.ProductWire),
        Schema.Struct({
          products: Schema.Array(PlatformWire.ProductWire),
          total_products: Schema.Number,
          current_page: Schema.Number
        })
      ]),
      error: AlbsError.forEverybody
    }),
    HttpApiEndpoint.get("get", "/:id/", {
      params: id,
      success: PlatformWire.ProductWire,
      error: [...AlbsError.forEverybody, AlbsError.AlbsNotFound]
    }),
    HttpApiEndpoint.post("addBuild", "/add/:build_id/:name/", {
      params: membership,
      success: Success,
      error: [...found, AlbsError.AlbsBadRequest]
    }),
    HttpApiEndpoint.post("removeBuild", "/remove/:build_id/:name/", {
      params: membership,
      success: Success,
      error: [...found, AlbsError.AlbsBadRequest]
    }),
    HttpApiEndpoint.delete("remove", "/:id/remove/", { params: id, success: HttpApiSchema.NoContent, error: changed }),
    HttpApiEndpoint.post("addPlatforms", "/:id/add-platforms/", {
      params: id,
      payload: Schema.Array(
        Schema.StructWithRest(Schema.Struct({ name: Schema.String }), [Schema.Record(Schema.String, Schema.Json)])
      ),
      success: PlatformWire.ProductWire.pipe(HttpApiSchema.status(201)),
      error: found
    })
  )
  .prefix("/api/v1/products")
  .annotateMerge(OpenApi.annotations({ title: "Build system: products" }))
{}
