/** `/about`: what this server is, which version, how it is reached by programs, and where everything is explained. */
import type { VNode } from "preact"
import * as Dialogs from "./Dialogs.ts"
import type { Page } from "./Frame.ts"
import { h } from "./Markup.ts"

/** What the page is made of. */
export interface Content {
  readonly version: string
  readonly prefix: string
  /** Where clients reach the server, such as `https://builds.example.org`. */
  readonly origin: string
  readonly buildSystem: string
  /** How people say who they are: `none` where nobody is asked. */
  readonly authentication: string
}

type Link = readonly [path: string, what: string]

const sections: ReadonlyArray<readonly [heading: string, links: ReadonlyArray<Link>]> = [
  ["For people", [
    ["/builds", "module builds: what goes on, what needs somebody, what ended"],
    ["/repositories/", "published repositories, for dnf and to look at"]
  ]],
  ["For programs", [
    ["/reference", "every endpoint, to read"],
    ["/docs", "the same, to try"],
    ["/openapi.json", "the same for programs"],
    ["/orch/v1/events", "what happens, as it happens (server-sent events)"],
    ["/orch/v1/module-builds/?order=newest", "module builds, the newest first"],
    ["/module-build-service/2/module-builds/", "module builds, as the Module Build Service lists them"],
    ["/rida/module-builds/", "module builds, as the first interface lists them"],
    ["/api/repos/", "repositories of built commits, as shaman lists them"]
  ]],
  ["Operation", [
    ["/health/ready", "whether this server takes requests"],
    ["/orch/v1/health", "whether what it depends on answers"],
    ["/metrics", "metrics for Prometheus"]
  ]]
]

const list = (prefix: string, links: ReadonlyArray<Link>): VNode =>
  h(
    "ul",
    { class: "links" },
    ...links.map(([path, what]) =>
      h(
        "li",
        { key: path },
        h("a", { href: `${prefix}${path}` }, path.replace(/\?.*/, "")),
        `: ${what}`
      )
    )
  )

/** The page. */
export const page = ({ authentication, buildSystem, origin, prefix, version }: Content): Page => ({
  title: "About this server",
  section: "/about",
  json: "/openapi.json",
  command: "orch --help",
  body: [
    h(
      "div",
      { class: "head" },
      h("h1", null, "About this server"),
      h(
        "p",
        { class: "answer", id: "answer" },
        `orch ${version} orchestrates the builds of interdependent packages. Here it builds ${buildSystem}, and ${authentication}.`
      )
    ),
    h(
      "section",
      { class: "sec", "aria-labelledby": "h-shell" },
      h("h2", { id: "h-shell" }, "From a shell"),
      h("div", { class: "copy" }, h("code", null, `ORCH_URL=${origin} npx orch --help`))
    ),
    ...sections.map(([heading, links]) =>
      h(
        "section",
        { class: "sec", key: heading, "aria-label": heading },
        h("h2", null, heading),
        list(prefix, links)
      )
    ),
    h(
      "section",
      { class: "sec", "aria-labelledby": "h-keys" },
      h("h2", { id: "h-keys" }, "Keys"),
      Dialogs.keyList()
    )
  ]
})
