/** Keys, requests to sign, and what signers call. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as AlbsError from "./AlbsError.ts"
import { AlbsRight } from "./AlbsRight.ts"
import * as SignWire from "./SignWire.ts"

const changed = [...AlbsError.forCallers, AlbsError.AlbsNotFound, AlbsError.AlbsConflict] as const

/** Signing keys. */
export class SignKeysApi extends HttpApiGroup.make("albsSignKeys")
  .add(
    HttpApiEndpoint.get("list", "/", { success: Schema.Array(SignWire.SignKeyWire), error: AlbsError.forCallers })
      .annotate(AlbsRight, "user"),
    HttpApiEndpoint.post("create", "/new/", {
      payload: SignWire.SignKeyCreate,
      success: SignWire.SignKeyWire.pipe(HttpApiSchema.status(201)),
      error: [...changed, AlbsError.AlbsBadRequest]
    }).annotate(AlbsRight, "admin"),
    HttpApiEndpoint.put("update", "/:sign_key_id/", {
      params: { sign_key_id: Schema.String },
      payload: SignWire.SignKeyUpdate,
      success: SignWire.SignKeyWire,
      error: changed
    }).annotate(AlbsRight, "admin")
  )
  .prefix("/api/v1/sign-keys")
  .annotateMerge(OpenApi.annotations({ title: "Build system: signing keys" }))
{}

/** Requests to sign builds, and the signers that answer them. */
export class SignTasksApi extends HttpApiGroup.make("albsSignTasks")
  .add(
    HttpApiEndpoint.get("list", "/", {
      query: { build_id: Schema.optionalKey(Schema.String) },
      success: Schema.Array(SignWire.SignTaskWire),
      error: AlbsError.forEverybody
    }).annotate(AlbsRight, "read"),
    HttpApiEndpoint.post("create", "/", {
      payload: SignWire.SignTaskCreate,
      success: SignWire.SignTaskWire,
      error: changed
    }).annotate(AlbsRight, "team"),
    HttpApiEndpoint.post("getSignTask", "/get_sign_task/", {
      payload: SignWire.GetSignTask,
      success: SignWire.AvailableSignTask,
      error: AlbsError.forCallers
    }).annotate(AlbsRight, "signer"),
    HttpApiEndpoint.post("complete", "/:sign_task_id/complete/", {
      params: { sign_task_id: Schema.String },
      payload: SignWire.SignTaskComplete,
      success: SignWire.Success,
      error: changed
    }).annotate(AlbsRight, "signer"),
    HttpApiEndpoint.post("getGenKeyTask", "/community/get_gen_sign_key_task/", {
      success: SignWire.GenKeyTask,
      error: AlbsError.forCallers
    }).annotate(AlbsRight, "signer"),
    HttpApiEndpoint.post("completeGenKey", "/community/:sign_task_id/complete/", {
      params: { sign_task_id: Schema.String },
      payload: SignWire.GenKeyComplete,
      success: SignWire.SignKeyWire,
      error: [...changed, AlbsError.AlbsBadRequest]
    }).annotate(AlbsRight, "signer")
  )
  .prefix("/api/v1/sign-tasks")
  .annotateMerge(OpenApi.annotations({ title: "Build system: signing" }))
{}
