/** Everything known of module builds, and what can be asked of them. */
import { ComponentState } from "@orch/core/modulebuild/ComponentBuild"
import { ModuleBuildState } from "@orch/core/modulebuild/ModuleBuild"
import * as WaitChain from "@orch/core/modulebuild/WaitChain"
import * as Sse from "effect/encoding/Sse"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, Conflict, Forbidden, NotFound, Unavailable, Unprocessable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"
import { listed } from "./Listed.ts"
import { QueuePlace } from "./QueueEntry.ts"

/** RFC 3339 in UTC. */
const Time = Schema.String

/** Everything known of one component of a module build. What is not known yet is null. */
export const ComponentDetail = Schema.Struct({
  name: Schema.String,
  state: ComponentState,
  /** Why it is in this state. */
  state_reason: Schema.String,
  /** From 1. */
  batch: Schema.Number,
  /** Why it stands in this batch. */
  placement: Schema.String,
  /** Components it waits for by name, besides those of earlier batches. */
  after: Schema.Array(Schema.String),
  /** Why it was or was not taken from another build. */
  reuse: Schema.NullOr(Schema.String),
  /** From 1; each retry is one more. */
  attempt: Schema.Number,
  task: Schema.NullOr(Schema.String),
  task_state: Schema.Literals(["free", "open", "closed", "failed", "canceled"]),
  nvr: Schema.NullOr(Schema.String),
  /** Absolute, or a path of this server. */
  log_url: Schema.NullOr(Schema.String),
  /** `name-epoch:version-release.arch` of each built package. */
  artifacts: Schema.Array(Schema.String),
  repository: Schema.String,
  ref: Schema.NullOr(Schema.String),
  commit: Schema.NullOr(Schema.String),
  submitted_at: Schema.NullOr(Time),
  finished_at: Schema.NullOr(Time),
  /** What was doubtful about it when the build was submitted. */
  remarks: Schema.Array(Schema.String)
}).annotate({ identifier: "ComponentDetail" })
/** One component of a build, as answers show it. */
export interface ComponentDetail extends Schema.Schema.Type<typeof ComponentDetail> {}

const summary = {
  id: Schema.Number,
  name: Schema.String,
  stream: Schema.String,
  /** Decimal digits; versions may exceed 2^53. */
  version: Schema.String,
  context: Schema.String,
  state: ModuleBuildState,
  state_reason: Schema.String,
  owner: Schema.String,
  scratch: Schema.Boolean,
  created_at: Time,
  modified_at: Time,
  completed_at: Schema.NullOr(Time)
}

/** A module build as lists and changes show it. `completed_at` is null until it is ready, failed or retired. */
export const ModuleBuildSummary = Schema.Struct(summary).annotate({ identifier: "ModuleBuildSummary" })
/** One build in a list. */
export interface ModuleBuildSummary extends Schema.Schema.Type<typeof ModuleBuildSummary> {}

/** A module build with its plan, its components and its history. */
export const ModuleBuildDetail = Schema.Struct({
  ...summary,
  scmurl: Schema.NullOr(Schema.String),
  platform: Schema.String,
  arches: Schema.Array(Schema.String),
  dist_tag: Schema.String,
  /** The modulemd as it is being built. */
  modulemd: Schema.String,
  repository: Schema.NullOr(Schema.Struct({ url: Schema.String, path: Schema.NullOr(Schema.String) })),
  components: Schema.Array(ComponentDetail),
  /** What was doubtful about the whole when it was submitted. */
  remarks: Schema.Array(Schema.String),
  /** The states it went through, oldest first. */
  trace: Schema.Array(Schema.Struct({ at: Time, state: ModuleBuildState, reason: Schema.String, cause: Schema.String }))
}).annotate({ identifier: "ModuleBuildDetail" })
/** One build, with its components. */
export interface ModuleBuildDetail extends Schema.Schema.Type<typeof ModuleBuildDetail> {}

/** Something that a sentence speaks of. */
export const Reference = Schema.Struct({
  kind: Schema.Literals(["component", "task", "log", "system", "repository", "build", "dead-letter"]),
  /** What it is called: a component, a task, a system, the number of a build or a command. */
  name: Schema.String,
  /** Of tasks and logs. */
  component: Schema.NullOr(Schema.String),
  /** Of logs, from 1. */
  attempt: Schema.NullOr(Schema.Number)
}).annotate({ identifier: "Reference" })
/** Something that a sentence speaks of. */
export interface Reference extends Schema.Schema.Type<typeof Reference> {}

/** One thing that a module build waits for. */
export const Wait = Schema.Struct({
  kind: Schema.Literals(WaitChain.kinds),
  /** Whether it is waited for now, or comes after what is. */
  when: Schema.Literals(["now", "then"]),
  sentence: Schema.String,
  /** At most twenty. */
  references: Schema.Array(Reference),
  /** Where it waits for a slot, a builder or a node: its first place, and who is in front. */
  queue: Schema.NullOr(QueuePlace)
}).annotate({ identifier: "Wait" })
/** One thing that a module build waits for. */
export interface Wait extends Schema.Schema.Type<typeof Wait> {}

/** What a module build waits for, as a whole and component by component. Empty lists mean: nothing. */
export const ModuleBuildExplanation = Schema.Struct({
  state: ModuleBuildState,
  reason: Schema.String,
  /** What has to happen next, one sentence each. */
  waits_for: Schema.Array(Schema.String),
  /** The same one after the other, with what follows, and with references instead of names. */
  waits: Schema.Array(Wait),
  /** What was doubtful about the whole when it was submitted. */
  remarks: Schema.Array(Schema.String),
  components: Schema.Array(Schema.Struct({
    component: Schema.String,
    state: ComponentState,
    placement: Schema.String,
    reason: Schema.String,
    reuse: Schema.NullOr(Schema.String),
    waits_for: Schema.Array(Schema.String),
    remarks: Schema.Array(Schema.String)
  })),
  /** Commands of this build that have spent their retries. */
  dead_letters: Schema.Array(Schema.Struct({ id: Schema.String, command: Schema.String, reason: Schema.String }))
}).annotate({ identifier: "ModuleBuildExplanation" })
/** What a build waits for, and why. */
export interface ModuleBuildExplanation extends Schema.Schema.Type<typeof ModuleBuildExplanation> {}

const option = Schema.optionalKey
const Streams = Schema.Record(Schema.String, Schema.Array(Schema.String))
const OneStreamEach = Schema.Record(Schema.String, Schema.String)

/** A module to be built: by the URL of its modulemd, or with its text; one of both. All other keys are options. */
export const ModuleSubmission = Schema.Struct({
  scmurl: option(Schema.String),
  yaml_modulemd: option(Schema.String),
  /**
   * With a URL: the branch the commit must be on; module and stream must then be called like repository and branch, unless the
   * installation allows otherwise. With a text: the branch it is taken to come from.
   */
  branch: option(Schema.String),
  /** With a URL: overrides what the document and its repository say. With a text: for a document that says none. */
  name: option(Schema.String),
  /** Overrides what the document and its branch say. */
  stream: option(Schema.String),
  /** Heard only where the server runs without authentication. */
  owner: option(Schema.String),
  scratch: option(Schema.Boolean),
  /** Uploaded source packages, `cli-build/…/NAME.src.rpm`, that are built instead of what git has; scratch builds only. */
  srpms: option(Schema.Array(Schema.String)),
  rebuild_strategy: option(Schema.String),
  /** Id or `name:stream:version:context` of the build to take components from. */
  reuse_components_from: option(Schema.Union([Schema.Int, Schema.String])),
  buildrequire_overrides: option(Streams),
  require_overrides: option(Streams),
  /** Git references of components, by name. */
  rpm_component_ref_overrides: option(OneStreamEach),
  /** Side tag of the build system whose base modules are built against. */
  side_tag: option(Schema.String),
  /** Contexts with their one stream for each module, in place of those of the document. */
  static_contexts: option(
    Schema.Record(Schema.String, Schema.Struct({ buildrequires: OneStreamEach, requires: OneStreamEach }))
  )
}).annotate({ identifier: "ModuleSubmission" })
/** The body of a submission. */
export interface ModuleSubmission extends Schema.Schema.Type<typeof ModuleSubmission> {}

const id = { id: Schema.String }
/** Who asks; heard only where the server runs without authentication. */
const by = { by: Schema.optionalKey(Schema.String) }
const change = { success: ModuleBuildSummary, error: [BadRequest, Forbidden, NotFound, Conflict, Unavailable] as const }

/**
 * Submit, list, look at and change module builds below `/orch/v1/module-builds`. A change that the build's state does
 * not allow is a `Conflict`. `events` are server-sent: the id is the announcement's number, the event its topic;
 * `Last-Event-ID` goes on behind it.
 */
export class ModuleBuildsApi extends HttpApiGroup.make("moduleBuilds")
  .add(
    HttpApiEndpoint.post("submit", "/", {
      payload: ModuleSubmission,
      /** One build for each combination of streams; those that existed already are among them. */
      success: Schema.Array(ModuleBuildSummary).pipe(HttpApiSchema.status(201)),
      error: [BadRequest, Forbidden, Unprocessable, Unavailable]
    }).annotate(Right, "submit"),
    HttpApiEndpoint.get("list", "/", {
      query: {
        limit: Schema.optionalKey(Schema.String),
        offset: Schema.optionalKey(Schema.String),
        state: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Schema.String)])),
        name: Schema.optionalKey(Schema.String),
        stream: Schema.optionalKey(Schema.String),
        owner: Schema.optionalKey(Schema.String)
      },
      /** Newest first. */
      success: listed(ModuleBuildSummary),
      error: [BadRequest, Unavailable]
    }).annotate(Right, "read"),
    HttpApiEndpoint.get("get", "/:id", { params: id, success: ModuleBuildDetail, error: [NotFound, Unavailable] })
      .annotate(Right, "read"),
    HttpApiEndpoint.get("explain", "/:id/explain", {
      params: id,
      success: ModuleBuildExplanation,
      error: [NotFound, Unavailable]
    }).annotate(Right, "read"),
    HttpApiEndpoint.get("events", "/:id/events", {
      params: id,
      headers: { "last-event-id": Schema.optionalKey(Schema.String) },
      success: HttpApiSchema.StreamSse({ events: Sse.EventEncoded }),
      error: [BadRequest, NotFound, Unavailable]
    }).annotate(Right, "read"),
    HttpApiEndpoint.post("cancel", "/:id/cancel", { params: id, query: by, ...change }).annotate(Right, "own"),
    HttpApiEndpoint.post("resume", "/:id/resume", { params: id, query: by, ...change }).annotate(Right, "own"),
    /** Where components wait for the farm, those of a higher priority go first. Above 0 is for administrators. */
    HttpApiEndpoint.post("prioritize", "/:id/priority", {
      params: id,
      query: by,
      payload: Schema.Struct({
        priority: Schema.Int.check(Schema.isBetween({ minimum: -100, maximum: 100 }))
      }),
      ...change
    }).annotate(Right, "own"),
    HttpApiEndpoint.post("retire", "/:id/retire", { params: id, query: by, ...change }).annotate(Right, "own"),
    HttpApiEndpoint.post("retry", "/:id/components/:component/retry", {
      params: { ...id, component: Schema.String },
      query: by,
      ...change
    }).annotate(Right, "own")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1/module-builds")
  .annotateMerge(OpenApi.annotations({ title: "Module builds" }))
{}
