/**
 * The interface of AlmaLinux's build system: `/api/v1`, as build nodes, signers, test systems, its pages and scripts call it.
 *
 * One interface for two generations of clients. Bodies are described bare; they may be wrapped, and lists of ids are bare arrays.
 * A slash at the end of a path may be left out.
 */
import * as HttpApi from "effect/http-api/HttpApi"
import * as OpenApi from "effect/http-api/OpenApi"
import { BuildNodeApi, BuildsApi } from "./BuildsApi.ts"
import { DistributionsApi, PlatformsApi, ProductsApi, ProjectsApi, RepositoriesApi } from "./PlatformsApi.ts"
import { ReleasesApi } from "./ReleasesApi.ts"
import { SignKeysApi, SignTasksApi } from "./SignApi.ts"
import { TestsApi } from "./TestsApi.ts"
import { LoginApi, TeamsApi, UsersApi } from "./UsersApi.ts"

/** Everything below `/api/v1`. */
export class AlbsApi extends HttpApi.make("albs")
  .add(BuildNodeApi)
  .add(BuildsApi)
  .add(DistributionsApi)
  .add(PlatformsApi)
  .add(ProductsApi)
  .add(ProjectsApi)
  .add(ReleasesApi)
  .add(RepositoriesApi)
  .add(SignKeysApi)
  .add(SignTasksApi)
  .add(TestsApi)
  .add(UsersApi)
  .add(TeamsApi)
  .add(LoginApi)
  .annotateMerge(OpenApi.annotations({
    title: "Build system",
    description: "Builds of packages, the nodes that make them, their tests and their signatures."
  }))
{}
