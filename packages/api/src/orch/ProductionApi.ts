/** Production repositories: which there are, from where they are synced, and how they differ from that. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, Forbidden, NotFound, Unauthorized, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"

/** A production repository. */
export const ProductionRepository = Schema.Struct({
  /** As its host calls it: `production/almalinux-8-baseos/x86_64/os`. */
  name: Schema.String,
  /** As platforms call it. */
  record: Schema.String,
  arch: Schema.String,
  debug: Schema.Boolean,
  family: Schema.String,
  url: Schema.String,
  /** Null where it was never synced. Times are RFC 3339 in UTC. */
  sync: Schema.NullOr(Schema.Struct({
    url: Schema.String,
    mirror: Schema.Boolean,
    state: Schema.Literals(["requested", "running", "done", "failed"]),
    reason: Schema.String,
    requested_by: Schema.String,
    requested_at: Schema.String,
    finished_at: Schema.NullOr(Schema.String)
  }))
}).annotate({ identifier: "ProductionRepository" })
/** A production repository. */
export interface ProductionRepository extends Schema.Schema.Type<typeof ProductionRepository> {}

/** One difference of packages, or of modules by `name:stream:version:context:arch`: `expected` is what the other repository has. */
export const Difference = Schema.Struct({
  kind: Schema.Literals(["added", "missing", "older", "newer", "other"]),
  nevra: Schema.String,
  expected: Schema.NullOr(Schema.String)
})

/** How a repository differs from another; nothing where they hold the same. */
export const RepositoryComparison = Schema.Struct({
  name: Schema.String,
  against: Schema.String,
  differences: Schema.Array(Difference)
}).annotate({ identifier: "RepositoryComparison" })
/** How a repository differs from another. */
export interface RepositoryComparison extends Schema.Schema.Type<typeof RepositoryComparison> {}

/** Production repositories below `/orch/v1/production-repositories`. */
export class ProductionApi extends HttpApiGroup.make("production")
  .add(
    HttpApiEndpoint.get("list", "/", { success: Schema.Array(ProductionRepository), error: Unavailable })
      .annotate(Right, "read"),
    /** Against `against`, another one's name, or against the repository it is synced from. */
    HttpApiEndpoint.get("compare", "/drift", {
      query: { name: Schema.optionalKey(Schema.String), against: Schema.optionalKey(Schema.String) },
      success: RepositoryComparison,
      error: [BadRequest, NotFound, Unavailable]
    }).annotate(Right, "read"),
    /** Brings what another repository holds, and shows it to readers. Answers at once; `list` tells how far it is. */
    HttpApiEndpoint.post("sync", "/sync", {
      payload: Schema.Struct({
        name: Schema.String,
        /** Where its `repodata` lies; that of last time without it. */
        url: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(2048))),
        /** Whether what is no longer there goes here as well. */
        mirror: Schema.optionalKey(Schema.Boolean)
      }),
      success: ProductionRepository.pipe(HttpApiSchema.status(202)),
      error: [BadRequest, Unauthorized, Forbidden, NotFound, Unavailable]
    }).annotate(Right, "release")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1/production-repositories")
  .annotateMerge(OpenApi.annotations({ title: "Production repositories" }))
{}
