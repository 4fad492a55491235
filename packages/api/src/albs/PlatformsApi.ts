/** What is built for and released to: platforms, flavors, repositories, products, and the forge's projects. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as AlbsError from "./AlbsError.ts"
import { AlbsRight } from "./AlbsRight.ts"
import * as PlatformWire from "./PlatformWire.ts"
import { RepositoryWire } from "./RepositoryWire.ts"
import { Success } from "./SignWire.ts"

const changed = [...AlbsError.forCallers, AlbsError.AlbsNotFound, AlbsError.AlbsConflict] as const
const found = [...AlbsError.forCallers, AlbsError.AlbsNotFound] as const

/** Platforms and their flavors. */
export class PlatformsApi extends HttpApiGroup.make("albsPlatforms")
  .add(
    HttpApiEndpoint.post("create", "/platforms/", {
      payload: PlatformWire.PlatformCreate,
      success: PlatformWire.PlatformWire,
      error: changed
    }).annotate(AlbsRight, "admin"),
    HttpApiEndpoint.put("modify", "/platforms/", {
      payload: PlatformWire.PlatformModify,
      success: PlatformWire.PlatformWire,
      error: changed
    }).annotate(AlbsRight, "admin"),
    HttpApiEndpoint.get("list", "/platforms/", {
      success: Schema.Array(PlatformWire.PlatformWire),
      error: AlbsError.forEverybody
    }).annotate(AlbsRight, "read"),
    HttpApiEndpoint.patch("addRepositories", "/platforms/:platform_id/add-repositories", {
      params: { platform_id: Schema.String },
      payload: PlatformWire.RepositoryIds,
      success: PlatformWire.PlatformWire,
      error: found
    }).annotate(AlbsRight, "admin"),
    HttpApiEndpoint.patch("removeRepositories", "/platforms/:platform_id/remove-repositories", {
      params: { platform_id: Schema.String },
      payload: PlatformWire.RepositoryIds,
      success: PlatformWire.PlatformWire,
      error: found
    }).annotate(AlbsRight, "admin"),
    HttpApiEndpoint.get("flavors", "/platform_flavors/", {
      success: Schema.Array(PlatformWire.FlavorWire),
      error: AlbsError.forEverybody
    }).annotate(AlbsRight, "read"),
    HttpApiEndpoint.post("createFlavor", "/platform_flavors/", {
      payload: PlatformWire.FlavorCreate,
      success: PlatformWire.FlavorWire,
      error: changed
    }).annotate(AlbsRight, "admin"),
    /** By name. */
    HttpApiEndpoint.patch("modifyFlavor", "/platform_flavors/", {
      payload: PlatformWire.FlavorCreate,
      success: PlatformWire.FlavorWire,
      error: changed
    }).annotate(AlbsRight, "admin")
  )
  .prefix("/api/v1")
  .annotateMerge(OpenApi.annotations({ title: "Build system: platforms" }))
{}

/** Repositories, one by one or all of them. */
export class RepositoriesApi extends HttpApiGroup.make("albsRepositories")
  .add(
    HttpApiEndpoint.get("list", "/", { success: Schema.Array(RepositoryWire), error: AlbsError.forCallers }).annotate(
      AlbsRight,
      "user"
    ),
    /** Null when there is none of this id. */
    HttpApiEndpoint.get("get", "/:repository_id/", {
      params: { repository_id: Schema.String },
      success: Schema.NullOr(RepositoryWire),
      error: AlbsError.forCallers
    }).annotate(AlbsRight, "user")
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
    }).annotate(AlbsRight, "user"),
    HttpApiEndpoint.get("modules", "/alma/modularity", {
      success: Schema.Array(PlatformWire.ProjectWire),
      error: AlbsError.forCallers
    }).annotate(AlbsRight, "user")
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
    }).annotate(AlbsRight, "admin"),
    HttpApiEndpoint.get("list", "/", {
      success: Schema.Array(PlatformWire.DistributionWire),
      error: AlbsError.forCallers
    }).annotate(AlbsRight, "user"),
    HttpApiEndpoint.post("addBuild", "/add/:build_id/:name/", {
      params: membership,
      success: Success,
      error: [...found, AlbsError.AlbsBadRequest]
    }).annotate(AlbsRight, "team"),
    HttpApiEndpoint.post("removeBuild", "/remove/:build_id/:name/", {
      params: membership,
      success: Success,
      error: [...found, AlbsError.AlbsBadRequest]
    }).annotate(AlbsRight, "team")
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
    }).annotate(AlbsRight, "packager"),
    /** A page of ten with `pageNumber`, all without it. */
    HttpApiEndpoint.get("list", "/", {
      query: { pageNumber: Schema.optionalKey(Schema.String), search_string: Schema.optionalKey(Schema.String) },
      success: PlatformWire.ProductPage,
      error: AlbsError.forEverybody
    }).annotate(AlbsRight, "read"),
    HttpApiEndpoint.get("get", "/:product_id/", {
      params: { product_id: Schema.String },
      success: PlatformWire.ProductWire,
      error: [...AlbsError.forEverybody, AlbsError.AlbsNotFound]
    }).annotate(AlbsRight, "read"),
    HttpApiEndpoint.post("addBuild", "/add/:build_id/:name/", {
      params: membership,
      success: Success,
      error: [...found, AlbsError.AlbsBadRequest]
    }).annotate(AlbsRight, "team"),
    HttpApiEndpoint.post("removeBuild", "/remove/:build_id/:name/", {
      params: membership,
      success: Success,
      error: [...found, AlbsError.AlbsBadRequest]
    }).annotate(AlbsRight, "team"),
    HttpApiEndpoint.delete("remove", "/:product_id/remove/", {
      params: { product_id: Schema.String },
      success: HttpApiSchema.NoContent,
      error: changed
    })
      .annotate(AlbsRight, "team"),
    /** Asks signers to make a key for the product. */
    HttpApiEndpoint.post("genSignKey", "/:product_id/gen-sign-key/", {
      params: { product_id: Schema.String },
      success: Success,
      error: changed
    }).annotate(
      AlbsRight,
      "team"
    ),
    HttpApiEndpoint.post("addPlatforms", "/:product_id/add-platforms/", {
      params: { product_id: Schema.String },
      payload: PlatformWire.PlatformNames,
      success: PlatformWire.ProductWire.pipe(HttpApiSchema.status(201)),
      error: found
    }).annotate(AlbsRight, "team")
  )
  .prefix("/api/v1/products")
  .annotateMerge(OpenApi.annotations({ title: "Build system: products" }))
{}
