/** What a submission would come to: problems in their places, builds, batches and contexts. Asking stores nothing. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, Forbidden, Problem, Unauthorized, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"
import { ModuleSubmission } from "./ModuleBuildsApi.ts"

const Streams = Schema.Record(Schema.String, Schema.String)

/** One component of a build that would be made. */
export const PreviewedComponent = Schema.Struct({
  name: Schema.String,
  /** From 1. */
  batch: Schema.Number,
  /** Why it would stand there. */
  placement: Schema.String,
  /** Components it would wait for by name, besides those of earlier batches. */
  after: Schema.Array(Schema.String),
  repository: Schema.String,
  ref: Schema.NullOr(Schema.String),
  commit: Schema.NullOr(Schema.String),
  /** How long it usually takes; null where fewer than three earlier runs are known. */
  seconds: Schema.NullOr(Schema.Number),
  remarks: Schema.Array(Schema.String)
}).annotate({ identifier: "PreviewedComponent" })
/** One component of a build that would be made. */
export interface PreviewedComponent extends Schema.Schema.Type<typeof PreviewedComponent> {}

/** One build that a submission would make or go on with. */
export const PreviewedBuild = Schema.Struct({
  name: Schema.String,
  stream: Schema.String,
  /** Decimal digits; versions may exceed 2^53. */
  version: Schema.String,
  context: Schema.String,
  /** `new`, `resumed` where it failed before, `exists` where nothing would be done. */
  outcome: Schema.Literals(["new", "resumed", "exists"]),
  /** Of the build that is there already. */
  id: Schema.NullOr(Schema.Number),
  platform: Schema.String,
  arches: Schema.Array(Schema.String),
  /** What it would be resolved against: stream by module. */
  buildrequires: Streams,
  /** Doubts about the whole that would not refuse it. */
  remarks: Schema.Array(Schema.String),
  /** In the order of their batches. */
  components: Schema.Array(PreviewedComponent)
}).annotate({ identifier: "PreviewedBuild" })
/** One build that a submission would make or go on with. */
export interface PreviewedBuild extends Schema.Schema.Type<typeof PreviewedBuild> {}

/** What a submission would come to. */
export const ModulePreview = Schema.Struct({
  /** Why it would be refused; null where it would not. */
  refused: Schema.NullOr(Schema.Struct({ reason: Schema.String, message: Schema.String })),
  /** At most 400: errors first, then what is merely odd, each with its place where it has one. */
  problems: Schema.Array(Schema.Struct({ ...Problem.fields, severity: Schema.Literals(["error", "warning", "note"]) })),
  /** The document that the lines of the problems are of; null where it could not be read. */
  text: Schema.NullOr(Schema.String),
  /** Where the document comes from, at its commit; null for a text that was sent. */
  scmurl: Schema.NullOr(Schema.String),
  /** Empty where it would be refused. */
  builds: Schema.Array(PreviewedBuild)
}).annotate({ identifier: "ModulePreview" })
/** What a submission would come to. */
export interface ModulePreview extends Schema.Schema.Type<typeof ModulePreview> {}

/** `POST /orch/v1/module-builds/preview` takes what a submission takes. */
export class PreviewApi extends HttpApiGroup.make("previews")
  .add(
    HttpApiEndpoint.post("moduleBuild", "/preview", {
      payload: ModuleSubmission,
      success: ModulePreview,
      error: [BadRequest, Unauthorized, Forbidden, Unavailable]
    }).annotate(Right, "submit")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1/module-builds")
  .annotateMerge(OpenApi.annotations({ title: "Previews" }))
{}
