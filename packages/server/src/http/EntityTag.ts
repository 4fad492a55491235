/**
 * Answers with an entity tag of their content (RFC 9110, sections 8.8.3 and 13.1.2), so that a client that polls gets 304 and no
 * body while nothing is new.
 */
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Response from "effect/http/HttpServerResponse"
import { createHash } from "node:crypto"

const tagOf = (body: string): string => `"${createHash("sha1").update(body).digest("base64url")}"`

/** Whether `If-None-Match` names the tag, or any; a weak tag counts as the strong one of the same letters. */
const names = (header: string | undefined, tag: string): boolean =>
  header !== undefined && header.split(",").some((one) => {
    const given = one.trim().replace(/^W\//, "")
    return given === tag || given === "*"
  })

/** JSON that is written already, with 200 and its tag; 304 for a GET or HEAD that has it already. */
export const json = (
  request: Pick<HttpServerRequest, "headers" | "method">,
  body: string,
  headers: Readonly<Record<string, string>> = {}
): Response.HttpServerResponse => {
  const etag = tagOf(body)
  const looks = request.method === "GET" || request.method === "HEAD"
  return looks && names(request.headers["if-none-match"], etag)
    ? Response.empty({ status: 304, headers: { ...headers, etag } })
    : Response.text(body, { contentType: "application/json", headers: { ...headers, etag } })
}
