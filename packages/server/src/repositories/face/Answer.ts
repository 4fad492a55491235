/**
 * Answers in the forms shaman's clients know: compact JSON, bare text, redirects, and errors as HTML unless JSON was asked for.
 *
 * Lists carry an ETag of their content, so a client that polls may send If-None-Match and gets 304. Error pages escape what they
 * quote: shaman's own pages did not.
 */
import * as Response from "effect/http/HttpServerResponse"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as EntityTag from "../../http/EntityTag.ts"
import * as Html from "../../http/Html.ts"
import { challenge } from "../WriteAccess.ts"
import type { Call } from "./Call.ts"

const titles: { readonly [status: number]: string } = {
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Request Entity Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
  504: "Gateway Timeout"
}

/** JSON with 200, or 304 when the client has it already. */
export const json = (call: Call, value: unknown): HttpServerResponse => jsonText(call, JSON.stringify(value))

/** The same for JSON that is written already. */
export const jsonText = (call: Call, body: string): HttpServerResponse => EntityTag.json(call.request, body)

/** `{}`: what every accepted post answers. */
export const accepted: HttpServerResponse = Response.text("{}", { contentType: "application/json" })

export const text = (body: string): HttpServerResponse =>
  Response.text(body, { contentType: "text/plain; charset=UTF-8" })

export const redirect = (location: string): HttpServerResponse =>
  Response.empty({ status: 302, headers: { location: location.replace(/[^\x21-\x7e]/gu, encodeURIComponent) } })

/** Which form of an error the client prefers. */
const form = (accept: string | undefined): "html" | "json" | "text" => {
  const offered = (accept ?? "").toLowerCase()
  const place = (type: string) => offered.includes(type) ? offered.indexOf(type) : Number.POSITIVE_INFINITY
  const [html, json, plain] = [place("text/html"), place("application/json"), place("text/plain")]
  return json < html && json < plain ? "json" : plain < html ? "text" : "html"
}

/** An error in the form the client accepts. */
export const refuse = (
  call: Pick<Call, "request">,
  status: number,
  description: string,
  headers: { readonly [name: string]: string } = {}
): HttpServerResponse => {
  const title = titles[status] ?? "Error"
  switch (form(call.request.headers["accept"])) {
    case "json":
      return Response.text(JSON.stringify({ code: status, title, description }), {
        status,
        headers,
        contentType: "application/json"
      })
    case "text":
      return Response.text(`${status} ${title}\n\n${description}\n`, {
        status,
        headers,
        contentType: "text/plain; charset=UTF-8"
      })
    case "html": {
      const heading = `${status} ${title}`
      return Response.text(
        `<html>\n <head>\n  <title>${heading}</title>\n </head>\n <body>\n  <h1>${heading}</h1>\n  ${
          Html.escape(description)
        }\n </body>\n</html>\n`,
        { status, headers, contentType: "text/html; charset=UTF-8" }
      )
    }
  }
}

export const badRequest = (call: Call, description: string): HttpServerResponse => refuse(call, 400, description)

export const notFound = (call: Call, description = "The resource could not be found."): HttpServerResponse =>
  refuse(call, 404, description)

/** Seconds after which a client may ask again for what is being built: builds take minutes, not seconds. */
const askAgainAfter = "30"

/** What is asked for is not there yet, but under way: shaman's clients wait and ask again (`curl --retry`). */
export const notYet = (call: Call, description: string): HttpServerResponse =>
  refuse(call, 504, description, { "retry-after": askAgainAfter })

export const notAllowed = (call: Call, ...allowed: ReadonlyArray<string>): HttpServerResponse =>
  refuse(call, 405, `The method ${call.method} is not allowed for this resource.`, { allow: allowed.join(", ") })

export const unauthorized = (call: Call): HttpServerResponse =>
  refuse(call, 401, "This needs a user name and password, or a bearer token.", { "www-authenticate": challenge })

export const unavailable = (call: Pick<Call, "request">): HttpServerResponse =>
  refuse(call, 503, "The database does not answer; try again shortly.", { "retry-after": "5" })
