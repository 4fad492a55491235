/** Answers of the Module Build Service's face: JSON with an ETag, readable from any page, errors in its form. */
import * as MbsError from "@orch/api/mbs/MbsError"
import * as Response from "effect/http/HttpServerResponse"
import * as EntityTag from "../../http/EntityTag.ts"
import type { MbsCall } from "./MbsCall.ts"

const cors = { "access-control-allow-origin": "*" }

/** What a GET answers; 304 when the client has it already. */
export const json = (call: MbsCall, value: unknown): Response.HttpServerResponse =>
  EntityTag.json(call.request, JSON.stringify(value), cors)

/** What a change answers. */
export const changed = (status: number, value: unknown): Response.HttpServerResponse =>
  Response.jsonUnsafe(value, { status })

export const error = (failure: MbsError.MbsError): Response.HttpServerResponse =>
  Response.jsonUnsafe(MbsError.body(failure), {
    status: failure.status,
    headers: {
      ...cors,
      ...(failure.status === 401 ? { "www-authenticate": "Bearer realm=\"orch\"" } : {}),
      ...(failure.status === 503 ? { "retry-after": "5" } : {})
    }
  })

export const notAllowed = (call: MbsCall, ...allowed: ReadonlyArray<string>): Response.HttpServerResponse =>
  Response.setHeader(
    error(
      new MbsError.MbsError({
        status: 405,
        message: `The method ${call.method} is not allowed for the requested URL.`
      })
    ),
    "allow",
    allowed.join(", ")
  )

/** What a path offers. */
export const options = (...allowed: ReadonlyArray<string>): Response.HttpServerResponse =>
  Response.empty({
    status: 200,
    headers: { ...cors, allow: [...allowed, ...(allowed.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ") }
  })

export const redirect = (location: string): Response.HttpServerResponse =>
  Response.empty({ status: 307, headers: { ...cors, location } })
