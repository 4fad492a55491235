/** How two module builds differ: what went in, what came out, how long it took. */
import { ComponentState } from "@orch/core/modulebuild/ComponentBuild"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { NotFound, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"

const Side = Schema.NullOr(Schema.Struct({
  state: ComponentState,
  nvr: Schema.NullOr(Schema.String),
  /** On the farm; null where it was not built there, or is not done. */
  seconds: Schema.NullOr(Schema.Number)
}))

/** How two builds differ; empty lists where they do not. */
export const BuildComparison = Schema.Struct({
  /** The numbers of the builds. */
  from: Schema.Number,
  to: Schema.Number,
  /** What went in: commits, modules of the buildroot, macros, and what says which build it is. */
  inputs: Schema.Array(Schema.Struct({
    what: Schema.Literals(["version", "context", "arches", "macros", "buildrequire", "require", "component"]),
    /** Module or component, where there are several. */
    name: Schema.NullOr(Schema.String),
    from: Schema.NullOr(Schema.String),
    to: Schema.NullOr(Schema.String)
  })),
  /** Packages by name and architecture, as `version-release` without the module's own mark; null where there is none. */
  artifacts: Schema.Array(Schema.Struct({
    name: Schema.String,
    arch: Schema.String,
    from: Schema.NullOr(Schema.String),
    to: Schema.NullOr(Schema.String)
  })),
  /** Components that came to something else, or took much longer or shorter. */
  components: Schema.Array(Schema.Struct({ component: Schema.String, from: Side, to: Side })),
  /** Seconds from the submission to the end; null of what has not ended. */
  took: Schema.Struct({ from: Schema.NullOr(Schema.Number), to: Schema.NullOr(Schema.Number) })
}).annotate({ identifier: "BuildComparison" })
/** How two builds differ. */
export interface BuildComparison extends Schema.Schema.Type<typeof BuildComparison> {}

/**
 * `GET /orch/v1/module-builds/ID/compare/OTHER`: from the other to this one. `OTHER` is a number, or `last-ready` for the newest
 * earlier build of its name and stream that became ready.
 */
export class ComparisonApi extends HttpApiGroup.make("comparisons")
  .add(
    HttpApiEndpoint.get("moduleBuild", "/:id/compare/:other", {
      params: { id: Schema.String, other: Schema.String },
      success: BuildComparison,
      error: [NotFound, Unavailable]
    }).annotate(Right, "read")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1/module-builds")
  .annotateMerge(OpenApi.annotations({ title: "Comparisons" }))
{}
