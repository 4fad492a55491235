/** Package builds and the nodes that make them in this server's own form: with reasons, places in the queue, and steering. */
import { TaskState } from "@orch/core/packagebuild/BuildTask"
import { PackageBuildState } from "@orch/core/packagebuild/PackageBuild"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, Conflict, Forbidden, NotFound, Unauthorized, Unavailable, Unprocessable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"
import { listed } from "./Listed.ts"

const summary = {
  id: Schema.Number,
  state: PackageBuildState,
  state_reason: Schema.String,
  owner: Schema.String,
  packages: Schema.Array(Schema.String),
  platforms: Schema.Array(Schema.String),
  /** How many of its tasks are in each state. */
  tasks: Schema.Record(Schema.String, Schema.Number),
  priority: Schema.Number,
  /** RFC 3339 in UTC, as all times here. */
  created_at: Schema.String,
  finished_at: Schema.NullOr(Schema.String)
}

/** A package build in a list. */
export const PackageBuildSummary = Schema.Struct(summary).annotate({ identifier: "PackageBuildSummary" })
/** A package build in a list. */
export interface PackageBuildSummary extends Schema.Schema.Type<typeof PackageBuildSummary> {}

/** One task of a build. */
export const PackageBuildTask = Schema.Struct({
  /** Number toward nodes. */
  id: Schema.Number,
  /** `PLATFORM/ARCH/POSITION`. */
  name: Schema.String,
  package: Schema.String,
  platform: Schema.String,
  arch: Schema.String,
  state: TaskState,
  state_reason: Schema.String,
  attempt: Schema.Number,
  node: Schema.NullOr(Schema.String),
  commit: Schema.NullOr(Schema.String),
  started_at: Schema.NullOr(Schema.String),
  finished_at: Schema.NullOr(Schema.String),
  /** Each with the address it can be read at. */
  artifacts: Schema.Array(
    Schema.Struct({ name: Schema.String, type: Schema.String, url: Schema.NullOr(Schema.String) })
  )
}).annotate({ identifier: "PackageBuildTask" })
/** One task of a build. */
export interface PackageBuildTask extends Schema.Schema.Type<typeof PackageBuildTask> {}

/** A package build with its tasks and repositories. */
export const PackageBuildDetail = Schema.Struct({
  ...summary,
  task_list: Schema.Array(PackageBuildTask),
  repositories: Schema.Array(
    Schema.Struct({ name: Schema.String, arch: Schema.String, debug: Schema.Boolean, url: Schema.String })
  )
}).annotate({ identifier: "PackageBuildDetail" })
/** A package build with its tasks and repositories. */
export interface PackageBuildDetail extends Schema.Schema.Type<typeof PackageBuildDetail> {}

/** Why a build and each of its tasks are where they are. */
export const PackageBuildExplanation = Schema.Struct({
  state: PackageBuildState,
  reason: Schema.String,
  /** What has to happen next, one sentence each. */
  waits_for: Schema.Array(Schema.String),
  tasks: Schema.Array(Schema.Struct({
    name: Schema.String,
    package: Schema.String,
    state: TaskState,
    reason: Schema.String,
    /** Tasks it waits for. */
    waits_for: Schema.Array(Schema.String),
    /** Why no node has taken it yet, for whom it waits, and until when it is expected to. */
    queue: Schema.NullOr(Schema.Struct({
      kind: Schema.String,
      sentence: Schema.String,
      place: Schema.NullOr(Schema.Number),
      expected_at: Schema.NullOr(Schema.String),
      node: Schema.NullOr(Schema.String)
    }))
  }))
}).annotate({ identifier: "PackageBuildExplanation" })
/** Why a build and each of its tasks are where they are. */
export interface PackageBuildExplanation extends Schema.Schema.Type<typeof PackageBuildExplanation> {}

/** A package build that is asked for. */
export const PackageBuildSubmission = Schema.Struct({
  platforms: Schema.Array(Schema.Struct({ name: Schema.String, arches: Schema.Array(Schema.String) })).check(
    Schema.isMinLength(1)
  ),
  refs: Schema.Array(Schema.Struct({
    url: Schema.String,
    ref: Schema.optionalKey(Schema.String),
    type: Schema.optionalKey(Schema.Literals(["git_branch", "git_tag", "srpm_url", "git_ref"])),
    mock_options: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json))
  })).check(Schema.isMinLength(1)),
  linked_builds: Schema.optionalKey(Schema.Array(Schema.Int)),
  mock_options: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json)),
  independent: Schema.optionalKey(Schema.Boolean),
  secure_boot: Schema.optionalKey(Schema.Boolean)
}).annotate({ identifier: "PackageBuildSubmission" })
/** A package build that is asked for. */
export interface PackageBuildSubmission extends Schema.Schema.Type<typeof PackageBuildSubmission> {}

/** A node that builds packages. */
export const BuildNode = Schema.Struct({
  name: Schema.String,
  arches: Schema.Array(Schema.String),
  excluded: Schema.Array(Schema.String),
  /** Tasks it is expected to build at the same time. */
  slots: Schema.Number,
  draining: Schema.Boolean,
  /** Tasks that it has. */
  leased: Schema.Number,
  /** Tasks that it said it works on. */
  load: Schema.Number,
  last_seen: Schema.NullOr(Schema.String)
}).annotate({ identifier: "BuildNode" })
/** A node that builds packages. */
export interface BuildNode extends Schema.Schema.Type<typeof BuildNode> {}

const id = { id: Schema.String }
const read = [BadRequest, NotFound, Unavailable] as const
const change = {
  success: PackageBuildSummary,
  error: [BadRequest, Unauthorized, Forbidden, NotFound, Conflict, Unavailable] as const
}

/** Package builds: asking for them, looking at them, steering them. */
export class PackageBuildsApi extends HttpApiGroup.make("packageBuilds")
  .add(
    HttpApiEndpoint.post("submit", "/", {
      payload: PackageBuildSubmission,
      success: PackageBuildSummary.pipe(HttpApiSchema.status(201)),
      error: [BadRequest, Unauthorized, Forbidden, NotFound, Unprocessable, Unavailable]
    }).annotate(Right, "submit"),
    /** Newest first. */
    HttpApiEndpoint.get("list", "/", {
      query: {
        limit: Schema.optionalKey(Schema.String),
        offset: Schema.optionalKey(Schema.String),
        owner: Schema.optionalKey(Schema.String),
        project: Schema.optionalKey(Schema.String),
        running: Schema.optionalKey(Schema.Literals(["true", "false"]))
      },
      success: listed(PackageBuildSummary),
      error: [BadRequest, Unavailable]
    }).annotate(Right, "read"),
    HttpApiEndpoint.get("get", "/:id", { params: id, success: PackageBuildDetail, error: read }).annotate(
      Right,
      "read"
    ),
    HttpApiEndpoint.get("explain", "/:id/explain", { params: id, success: PackageBuildExplanation, error: read })
      .annotate(Right, "read"),
    HttpApiEndpoint.post("cancel", "/:id/cancel", { params: id, ...change }).annotate(Right, "own"),
    /** Another attempt: of one task and what it kept from beginning, or of everything that was lost. */
    HttpApiEndpoint.post("restart", "/:id/restart", {
      params: id,
      payload: Schema.Struct({
        task: Schema.optionalKey(Schema.String),
        /** None of the restarted packages waits for another one. */
        parallel: Schema.optionalKey(Schema.Boolean)
      }),
      ...change
    }).annotate(Right, "own"),
    /** Larger goes first. Above 0 is for administrators. */
    HttpApiEndpoint.post("prioritize", "/:id/priority", {
      params: id,
      payload: Schema.Struct({ priority: Schema.Int.check(Schema.isBetween({ minimum: -100, maximum: 100 })) }),
      ...change
    }).annotate(Right, "own")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1/package-builds")
  .annotateMerge(OpenApi.annotations({ title: "Package builds" }))
{}

const administered = [Unauthorized, Forbidden, BadRequest, Unavailable] as const

/** The nodes that build packages. */
export class BuildNodesApi extends HttpApiGroup.make("buildNodes")
  .add(
    HttpApiEndpoint.get("list", "/", { success: Schema.Array(BuildNode), error: Unavailable }).annotate(Right, "read"),
    /** Makes the node known, or changes it. */
    HttpApiEndpoint.patch("adjust", "/:name", {
      params: { name: Schema.String },
      payload: Schema.Struct({
        slots: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))),
        draining: Schema.optionalKey(Schema.Boolean)
      }),
      success: BuildNode,
      error: administered
    }).annotate(Right, "administer"),
    /** Makes a token for the node, in place of the one it had. It is shown this once. */
    HttpApiEndpoint.post("token", "/:name/token", {
      params: { name: Schema.String },
      success: Schema.Struct({ name: Schema.String, token: Schema.String }),
      error: administered
    }).annotate(Right, "administer"),
    HttpApiEndpoint.delete("remove", "/:name", {
      params: { name: Schema.String },
      success: HttpApiSchema.NoContent,
      error: [...administered, NotFound]
    }).annotate(Right, "administer")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1/build-nodes")
  .annotateMerge(OpenApi.annotations({ title: "Build nodes" }))
{}
