/** Answers requests that do not fit their endpoint's schema with 400 and what does not fit. */
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import { BadRequest } from "./ErrorBody.ts"

/** The middleware that turns a request which does not fit its schema into `BadRequest`. The server implements it. */
export class InvalidRequests extends HttpApiMiddleware.Service<InvalidRequests>()("@orch/api/InvalidRequests", {
  error: BadRequest
}) {}
