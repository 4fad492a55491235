/** Keys, requests to sign, and what signers call. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as AlbsError from "./AlbsError.ts"
import * as SignWire from "./SignWire.ts"

const id = { id: Schema.String }
const changed = [...AlbsError.forCallers, AlbsError.AlbsNotFound, AlbsError.AlbsConflict] as const

/** Signing keys. */
export class SignKeysApi extends HttpApiGroup.make("albsSignKeys")
  .add(
    HttpApiEndpoint.get("list", "/", { success: Schema.Array(SignWire.SignKeyWire), error: AlbsError.forCallers }),
    HttpApiEndpoint.post("create", "/new/", {
      payload: SignWire.SignKeyCreate,
      success: SignWire.SignKeyWire.pipe(HttpApiSchema.status(201)),
      error: [...changed, AlbsError.AlbsBadRequest]
    }),
    HttpApiEndpoint.put("update", "/:id/", {
      params: id,
      payload: SignWire.SignKeyUpdate,
      success: SignWire.SignKeyWire,
      error: changed
    })
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
    }),
    HttpApiEndpoint.post("create", "/", {
      payload: SignWire.SignTaskCreate,
      success: SignWire.SignTaskWire,
      error: changed
    }),
    HttpApiEndpoint.post("getSignTask", "/get_sign_task/", {
      payload: SignWire.GetSignTask,
      success: SignWire.AvailableSignTask,
      error: AlbsError.forCallers
    }),
    HttpApiEndpoint.post("complete", "/:id/complete/", {
      params: id,
      payload: SignWire.SignTaskComplete,
      success: SignWire.Success,
      error: changed
    }),
    HttpApiEndpoint.post("getGenKeyTask", "/community/get_gen_sign_key_task/", {
      success: SignWire.GenKeyTask,
      error: AlbsError.forCallers
    }),
    HttpApiEndpoint.post("completeGenKey", "/community/:id/complete/", {
      params: id,
      payload: SignWire.GenKeyComplete,
      success: SignWire.SignKeyWire,
      error: [...changed, AlbsError.AlbsBadRequest]
    })
  )
  .prefix("/api/v1/sign-tasks")
  .annotateMerge(OpenApi.annotations({ title: "Build system: signing" }))
{}
