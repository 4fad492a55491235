/** Releases of builds. Not offered yet: every endpoint answers 501. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as AlbsError from "./AlbsError.ts"
import { AlbsRight } from "./AlbsRight.ts"
import * as ReleaseWire from "./ReleaseWire.ts"

const id = { release_id: Schema.String }
const error = [...AlbsError.forCallers, AlbsError.AlbsNotFound, AlbsError.AlbsNotOffered] as const
const started = Schema.Struct({ release: Schema.optionalKey(ReleaseWire.ReleaseWire), message: Schema.String })

/** Releases: which package goes to which repository. */
export class ReleasesApi extends HttpApiGroup.make("albsReleases")
  .add(
    HttpApiEndpoint.get("list", "/", {
      query: { pageNumber: Schema.optionalKey(Schema.String) },
      success: Schema.Array(ReleaseWire.ReleaseWire),
      error
    }).annotate(AlbsRight, "read"),
    HttpApiEndpoint.get("get", "/:release_id/", { params: id, success: ReleaseWire.ReleaseWire, error }).annotate(
      AlbsRight,
      "read"
    ),
    HttpApiEndpoint.post("create", "/new/", {
      payload: ReleaseWire.ReleaseCreate,
      success: ReleaseWire.ReleaseWire,
      error
    }).annotate(AlbsRight, "packager"),
    HttpApiEndpoint.put("update", "/:release_id/", {
      params: id,
      payload: ReleaseWire.ReleaseUpdate,
      success: ReleaseWire.ReleaseWire,
      error
    }).annotate(AlbsRight, "team"),
    HttpApiEndpoint.post("commit", "/:release_id/commit/", { params: id, success: started, error }).annotate(
      AlbsRight,
      "team"
    ),
    HttpApiEndpoint.post("revert", "/:release_id/revert/", { params: id, success: started, error }).annotate(
      AlbsRight,
      "team"
    )
  )
  .prefix("/api/v1/releases")
  .annotateMerge(OpenApi.annotations({ title: "Build system: releases" }))
{}
