/**
 * Files that builds made lie on the same host as the pages: a browser shows them, if it does, as documents of nobody, in which no script
 * runs and which may ask this server for nothing. They can still be downloaded.
 */
import * as HttpServerResponse from "effect/http/HttpServerResponse"

/** The same answer, as one that holds what strangers wrote. */
export const confined = (response: HttpServerResponse.HttpServerResponse): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.setHeader(response, "content-security-policy", "sandbox allow-downloads")
