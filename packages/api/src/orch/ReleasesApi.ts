/** Releases in this server's own form: plans with reasons, steering, and how far each repository is. */
import { Erratum } from "@orch/core/farm/Advisory"
import { Placement } from "@orch/core/release/Placement"
import { ReleaseState } from "@orch/core/release/Release"
import { ReleaseEdit } from "@orch/core/release/ReleaseEdit"
import { Step } from "@orch/core/release/RepositoryRelease"
import * as Sse from "effect/encoding/Sse"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, Conflict, Forbidden, NotFound, Unauthorized, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"
import { listed } from "./Listed.ts"

/** Something wrong with a plan: `blocks` keeps the release from being committed. */
export const ReleaseProblemView = Schema.Struct({
  severity: Schema.Literals(["blocks", "warns"]),
  kind: Schema.String,
  /** One sentence. */
  message: Schema.String
})
/** Something wrong with a plan. */
export interface ReleaseProblemView extends Schema.Schema.Type<typeof ReleaseProblemView> {}

const summary = {
  id: Schema.Number,
  state: ReleaseState,
  state_reason: Schema.String,
  platform: Schema.String,
  builds: Schema.Array(Schema.Number),
  tasks: Schema.NullOr(Schema.Array(Schema.Number)),
  product: Schema.NullOr(Schema.Number),
  created_by: Schema.String,
  /** How many problems stand in the way, and how many are to be seen. */
  blocks: Schema.Number,
  warns: Schema.Number,
  /** RFC 3339 in UTC, as all times here. */
  created_at: Schema.String,
  modified_at: Schema.String
}

/** A release in a list. */
export const ReleaseSummary = Schema.Struct(summary).annotate({ identifier: "ReleaseSummary" })
/** A release in a list. */
export interface ReleaseSummary extends Schema.Schema.Type<typeof ReleaseSummary> {}

/** How far one repository of a release is. */
export const ReleaseRepository = Schema.Struct({
  name: Schema.String,
  /** How many packages and modules it gets. */
  additions: Schema.Number,
  done: Schema.NullOr(Step),
  running: Schema.NullOr(Step),
  next: Schema.NullOr(Step),
  problem: Schema.NullOr(Schema.String)
})
/** How far one repository of a release is. */
export interface ReleaseRepository extends Schema.Schema.Type<typeof ReleaseRepository> {}

/** A release with its repositories and problems. */
export const ReleaseDetail = Schema.Struct({
  ...summary,
  repositories: Schema.Array(ReleaseRepository),
  problems: Schema.Array(ReleaseProblemView),
  edits: Schema.Array(ReleaseEdit),
  /** What users of the repositories are told. */
  erratum: Schema.NullOr(Erratum)
}).annotate({ identifier: "ReleaseDetail" })
/** A release with its repositories and problems. */
export interface ReleaseDetail extends Schema.Schema.Type<typeof ReleaseDetail> {}

/** What goes where, and why. */
export const ReleasePlanView = Schema.Struct({
  state: ReleaseState,
  packages: Schema.Array(Schema.Struct({
    nevra: Schema.String,
    build: Schema.Number,
    source: Schema.String,
    sha256: Schema.String,
    module: Schema.NullOr(Schema.String),
    signers: Schema.Array(Schema.String),
    places: Schema.Array(Placement)
  })),
  modules: Schema.Array(Schema.Struct({
    id: Schema.String,
    build: Schema.Number,
    artifacts: Schema.Array(Schema.String),
    places: Schema.Array(Placement)
  })),
  /** What goes nowhere: excluded, without a place, or there already. */
  left_out: Schema.Array(Schema.String),
  problems: Schema.Array(ReleaseProblemView)
}).annotate({ identifier: "ReleasePlan" })
/** What goes where, and why. */
export interface ReleasePlanView extends Schema.Schema.Type<typeof ReleasePlanView> {}

/** Why a release is where it is. */
export const ReleaseExplanation = Schema.Struct({
  state: ReleaseState,
  reason: Schema.String,
  /** What has to happen next, one sentence each. */
  waits_for: Schema.Array(Schema.String),
  repositories: Schema.Array(ReleaseRepository),
  /** Commands of this release that have spent their retries. */
  dead_letters: Schema.Array(Schema.Struct({ id: Schema.String, command: Schema.String, reason: Schema.String }))
}).annotate({ identifier: "ReleaseExplanation" })
/** Why a release is where it is. */
export interface ReleaseExplanation extends Schema.Schema.Type<typeof ReleaseExplanation> {}

const builds = {
  builds: Schema.Array(Schema.Int).check(Schema.isMinLength(1), Schema.isMaxLength(1000)),
  /** Numbers of build tasks, where not all of the builds' go. */
  tasks: Schema.optionalKey(Schema.Array(Schema.Int).check(Schema.isMaxLength(100_000)))
}

/** A release that is to be planned. */
export const ReleaseSubmission = Schema.Struct({
  platform: Schema.String,
  ...builds,
  /** Names of platforms whose reference data is asked besides. */
  references: Schema.optionalKey(Schema.Array(Schema.String).check(Schema.isMaxLength(20))),
  product: Schema.optionalKey(Schema.Int)
}).annotate({ identifier: "ReleaseSubmission" })

const why = { why: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(1000))) }
const repositories = Schema.Array(Schema.String).check(Schema.isMaxLength(1000))

/** What people change about a plan; who they are is known from the request. */
export const ReleaseEditRequest = Schema.Union([
  /** The package goes to these repositories and no others. */
  Schema.Struct({ place: Schema.String, repositories, ...why }),
  /** The module goes to these repositories and no others; its packages follow it. */
  Schema.Struct({ place_module: Schema.String, repositories, ...why }),
  /** The package or module is left out. */
  Schema.Struct({ exclude: Schema.String, ...why }),
  /** What was said about the package or module is taken back. */
  Schema.Struct({ reset: Schema.String, ...why }),
  /** The package or module goes out although something blocks it. */
  Schema.Struct({ force: Schema.String, ...why })
]).annotate({ identifier: "ReleaseEditRequest" })
/** What people change about a plan. */
export type ReleaseEditRequest = typeof ReleaseEditRequest.Type

const id = { id: Schema.String }
const read = [NotFound, Unavailable] as const
const change = {
  success: ReleaseSummary,
  error: [BadRequest, Unauthorized, Forbidden, NotFound, Conflict, Unavailable] as const
}

/**
 * Whoever owns the builds may plan and edit, besides those who may release: the handlers look at that.
 *
 * Releases of package builds below `/orch/v1/releases`. A change that the release's state does not allow is a `Conflict`. `events` are
 * server-sent, as those of module builds.
 */
export class OrchReleasesApi extends HttpApiGroup.make("releases")
  .add(
    HttpApiEndpoint.post("plan", "/", {
      payload: ReleaseSubmission,
      success: ReleaseSummary.pipe(HttpApiSchema.status(201)),
      error: change.error
    }).annotate(Right, "known"),
    /** Newest first. */
    HttpApiEndpoint.get("list", "/", {
      query: {
        limit: Schema.optionalKey(Schema.String),
        offset: Schema.optionalKey(Schema.String),
        state: Schema.optionalKey(ReleaseState),
        platform: Schema.optionalKey(Schema.String),
        /** Name of a package that they bring. */
        package: Schema.optionalKey(Schema.String)
      },
      success: listed(ReleaseSummary),
      error: [BadRequest, Unavailable]
    }).annotate(Right, "read"),
    HttpApiEndpoint.get("get", "/:id", { params: id, success: ReleaseDetail, error: read }).annotate(Right, "read"),
    HttpApiEndpoint.get("planOf", "/:id/plan", { params: id, success: ReleasePlanView, error: read })
      .annotate(Right, "read"),
    HttpApiEndpoint.get("explain", "/:id/explain", { params: id, success: ReleaseExplanation, error: read })
      .annotate(Right, "read"),
    HttpApiEndpoint.get("events", "/:id/events", {
      params: id,
      headers: { "last-event-id": Schema.optionalKey(Schema.String) },
      success: HttpApiSchema.StreamSse({ events: Sse.EventEncoded }),
      error: [BadRequest, NotFound, Unavailable]
    }).annotate(Right, "read"),
    /** Has the plan made anew: what lies in the repositories may have changed. */
    HttpApiEndpoint.post("replan", "/:id/plan", { params: id, ...change }).annotate(Right, "known"),
    HttpApiEndpoint.post("edit", "/:id/edits", {
      params: id,
      payload: Schema.Struct({
        edits: Schema.Array(ReleaseEditRequest).check(Schema.isMinLength(1), Schema.isMaxLength(10_000))
      }),
      ...change
    }).annotate(Right, "known"),
    /** Says what users of the repositories are told of it, as `updateinfo`. */
    HttpApiEndpoint.post("describe", "/:id/erratum", { params: id, payload: Erratum, ...change })
      .annotate(Right, "known"),
    /** Says anew which builds it brings. */
    HttpApiEndpoint.post("order", "/:id/builds", { params: id, payload: Schema.Struct(builds), ...change })
      .annotate(Right, "known"),
    HttpApiEndpoint.post("commit", "/:id/commit", { params: id, ...change }).annotate(Right, "release"),
    HttpApiEndpoint.post("revert", "/:id/revert", { params: id, payload: Schema.Struct(why), ...change })
      .annotate(Right, "release"),
    HttpApiEndpoint.delete("remove", "/:id", {
      params: id,
      success: HttpApiSchema.NoContent,
      error: change.error
    }).annotate(Right, "known")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1/releases")
  .annotateMerge(OpenApi.annotations({ title: "Releases" }))
{}
