/** Releases of builds: planned, edited, committed, taken back. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as AlbsError from "./AlbsError.ts"
import { AlbsRight } from "./AlbsRight.ts"
import * as ReleaseWire from "./ReleaseWire.ts"

const id = { release_id: Schema.String }
const error = [...AlbsError.forCallers, AlbsError.AlbsNotFound] as const
const changed = [...error, AlbsError.AlbsConflict, AlbsError.AlbsBadRequest] as const

/** Releases: which package goes to which repository. */
export class ReleasesApi extends HttpApiGroup.make("albsReleases")
  .add(
    /** A page of ten with `pageNumber`, all without it; newest first. */
    HttpApiEndpoint.get("list", "/", {
      query: {
        pageNumber: Schema.optionalKey(Schema.String),
        product_id: Schema.optionalKey(Schema.String),
        platform_id: Schema.optionalKey(Schema.String),
        status: Schema.optionalKey(Schema.String),
        package_name: Schema.optionalKey(Schema.String)
      },
      success: Schema.Union([Schema.Array(ReleaseWire.ReleaseWire), ReleaseWire.ReleasePage]),
      error: AlbsError.forEverybody
    }).annotate(AlbsRight, "read"),
    HttpApiEndpoint.get("get", "/:release_id/", { params: id, success: ReleaseWire.ReleaseWire, error })
      .annotate(AlbsRight, "read"),
    HttpApiEndpoint.post("create", "/new/", {
      payload: ReleaseWire.ReleaseCreate,
      success: ReleaseWire.ReleaseWire,
      error: changed
    }).annotate(AlbsRight, "user"),
    HttpApiEndpoint.put("update", "/:release_id/", {
      params: id,
      payload: ReleaseWire.ReleaseUpdate,
      success: ReleaseWire.ReleaseWire,
      error: changed
    }).annotate(AlbsRight, "user"),
    HttpApiEndpoint.post("commit", "/:release_id/commit/", {
      params: id,
      success: ReleaseWire.ReleaseStarted,
      error: changed
    }).annotate(AlbsRight, "releaser"),
    HttpApiEndpoint.post("revert", "/:release_id/revert/", {
      params: id,
      success: ReleaseWire.ReleaseStarted,
      error: changed
    }).annotate(AlbsRight, "releaser"),
    /** Of a release that changed nothing. */
    HttpApiEndpoint.delete("remove", "/:release_id/delete", {
      params: id,
      success: HttpApiSchema.NoContent,
      error: changed
    }).annotate(AlbsRight, "user")
  )
  .prefix("/api/v1/releases")
  .annotateMerge(OpenApi.annotations({ title: "Build system: releases" }))
{}
