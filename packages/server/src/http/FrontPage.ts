/**
 * `/`: on to the builds in a browser, and a few lines that say what is where in a terminal. Other programs get what any unknown path
 * gets, as clients of the faces expect.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as AcceptHtml from "./AcceptHtml.ts"
import * as AcceptText from "./AcceptText.ts"
import { answer } from "./Fallbacks.ts"
import * as PublicAddress from "./PublicAddress.ts"

const vary = "accept, user-agent"

/** Every page below answers terminals as plain text, too. */
const lines = (at: (path: string) => string): string =>
  `orch builds modules and packages.

Builds              ${at("/builds")}
One build, and why  ${at("/builds/ID")} and ${at("/builds/ID/explain")}
The farm            ${at("/farm")}
Repositories        ${at("/commits")}
Everything else     ${at("/about")}

For programs        ${at("/orch/v1/")}, described by ${at("/openapi.json")}
From a shell        orch --help
`

export const layer = HttpRouter.add(
  "GET",
  "/",
  Effect.gen(function*() {
    const request = yield* HttpServerRequest.HttpServerRequest
    const publicUrl = yield* PublicAddress.PublicUrl
    if (AcceptHtml.isNamed(request.headers["accept"])) {
      // Relative, so that it holds below any public address.
      return HttpServerResponse.empty({ status: 302, headers: { location: "builds", vary } })
    }
    return AcceptText.isWanted(request.headers)
      ? HttpServerResponse.text(lines((path) => PublicAddress.link(publicUrl, request, path)), {
        contentType: "text/plain; charset=utf-8",
        headers: { vary, "cache-control": "no-cache" }
      })
      : HttpServerResponse.setHeader(answer(404, "There is nothing at /"), "vary", vary)
  })
)
