/**
 * `/` in a browser: a page that links what is there. Whoever does not ask for HTML gets what any unknown path gets, as clients of the
 * faces expect.
 *
 * Links are relative, so that they hold below any public address.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import packageJson from "../../package.json" with { type: "json" }
import { answer } from "./Fallbacks.ts"
import * as Html from "./Html.ts"

/** What is there: heading, and for each link the path without its first slash and what it leads to. */
const sections: ReadonlyArray<readonly [heading: string, links: ReadonlyArray<readonly [path: string, what: string]>]> =
  [
    ["Builds", [
      ["builds", "module builds, why they wait, and their logs, to look at"],
      ["orch/v1/module-builds/?order=newest", "module builds, the newest first"],
      ["module-build-service/2/module-builds/", "module builds, as the Module Build Service lists them"],
      ["rida/module-builds/", "module builds, as the first interface lists them"],
      ["repositories/", "published repositories, for dnf and for people"],
      ["api/repos/", "repositories of built commits, as shaman lists them"]
    ]],
    ["Interface", [
      ["docs", "every endpoint, to read and to try"],
      ["openapi.json", "the same for programs"],
      ["orch/v1/events", "what happens, as it happens (server-sent events)"]
    ]],
    ["Operation", [
      ["health/ready", "whether this server takes requests"],
      ["metrics", "metrics for Prometheus"]
    ]]
  ]

const page = [
  "<!doctype html>",
  "<html lang=en>",
  "<meta charset=utf-8>",
  "<meta name=viewport content=\"width=device-width\">",
  "<title>orch-server</title>",
  "<h1>orch-server</h1>",
  `<p>Version ${Html.escape(packageJson.version)}: orchestrates the builds of interdependent packages.</p>`,
  ...sections.flatMap(([heading, links]) => [
    `<h2>${heading}</h2>`,
    "<ul>",
    ...links.map(([path, what]) => `<li><a href="${path}">/${path.replace(/\?.*/, "")}</a>: ${what}</li>`),
    "</ul>"
  ]),
  "<p>From a shell: <code>npx orch --help</code></p>",
  "</html>",
  ""
].join("\n")

/** Whether `Accept` names HTML; what names everything, as programs do, is none. */
const isBrowser = (accept: string | undefined): boolean =>
  accept !== undefined && accept.split(",").some((one) => {
    const [type = "", ...parameters] = one.split(";").map((part) => part.trim().toLowerCase())
    return type === "text/html" && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })

export const layer = HttpRouter.add(
  "GET",
  "/",
  Effect.map(HttpServerRequest.HttpServerRequest, ({ headers }) =>
    isBrowser(headers["accept"])
      ? HttpServerResponse.html(page).pipe(
        HttpServerResponse.setHeaders({ vary: "accept", "content-security-policy": "default-src 'none'" })
      )
      : HttpServerResponse.setHeader(answer(404, "There is nothing at /"), "vary", "accept"))
)
