/** What stands around every page: bar, main part, foot. */
import type { VNode } from "preact"
import { render } from "preact-render-to-string"
import * as Dialogs from "./Dialogs.ts"
import { h } from "./Markup.ts"
import * as SiteMap from "./SiteMap.ts"
import * as States from "./States.ts"
import type { Viewer } from "./Viewer.ts"

/** What a page is. */
export interface Page {
  readonly title: string
  /** The mark in the browser's tab. */
  readonly mark?: string
  /** Which part of the navigation it belongs to: the address of the page that stands there. */
  readonly section?: SiteMap.Address
  /** The same data for programs: a path of this server, and a command where there is one. */
  readonly json?: string
  readonly command?: string
  /** The same as an Atom feed: a path of this server. */
  readonly atom?: string
  /** Seconds after which it is looked at again without an event: for what grows silently. */
  readonly again?: number
  /** Whether it stays as it was sent: the answer to a form, or one that people write into. */
  readonly isStill?: true
  /** `wall` for a screen that nobody sits at: larger, without navigation and actions. */
  readonly kind?: "wall"
  readonly body: ReadonlyArray<VNode>
}

/** Where the server's paths begin, such as `/orch` behind a proxy, and what it is. */
export interface Site {
  readonly prefix: string
  readonly version: string
  /** The hash in the names of style sheet and script. */
  readonly assets: string
  /** What this installation has. */
  readonly features: ReadonlySet<SiteMap.Feature>
}

/** Announcements that may change what a page shows. */
const topics = "module-build.state module-build.remark component-build.state component-build.reuse build-task.state " +
  "package-build.state release.state campaign.state campaign.node test-run.state signing.state"

const link = (href: string, label: string, current: boolean): VNode =>
  h("a", current ? { href, "aria-current": "page" } : { href }, label)

/** The links of the navigation: pages of ours, and what lies beside them. */
const navigation = (site: Site, viewer: Viewer, section: SiteMap.Address | undefined): ReadonlyArray<VNode> =>
  SiteMap.navigation(site.features, viewer.isAdministrator).map(({ address, label }) =>
    link(`${site.prefix}${address}`, label, section === address)
  )

/** Who looks, or the way to say so. */
const who = ({ canSignIn, name }: Viewer, path: string): VNode | null =>
  name === "anonymous" || (name === undefined && !canSignIn)
    ? null
    : h("a", { class: "btn plain", id: "who", href: path }, name === undefined ? "Sign in" : h("bdi", null, name))

/** The whole document. */
export const html = (
  { again, atom, body, command, isStill, json, kind, mark = "plan", section, title }: Page,
  site: Site,
  viewer: Viewer
): string => {
  const at = (path: string) => `${site.prefix}${path}`
  const document = h(
    "html",
    { lang: "en" },
    h(
      "head",
      null,
      h("meta", { charSet: "utf-8" }),
      h("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
      h("meta", { name: "color-scheme", content: "light dark" }),
      h("title", null, `${title} · orch`),
      h("link", {
        id: "icon",
        rel: "icon",
        type: "image/svg+xml",
        href: at(`/assets/icon-${States.icon(mark) === undefined ? "plan" : mark}.svg`)
      }),
      atom === undefined
        ? null
        : h("link", { rel: "alternate", type: "application/atom+xml", title: "orch", href: at(atom) }),
      h("link", { rel: "stylesheet", href: at(`/assets/pages-${site.assets}.css`) }),
      h("script", { src: at(`/assets/pages-${site.assets}.js`), defer: true })
    ),
    h(
      "body",
      {
        "data-prefix": site.prefix,
        "data-topics": topics,
        ...(kind === undefined ? {} : { class: kind }),
        ...(viewer.proof === undefined ? {} : { "data-proof": viewer.proof }),
        ...(isStill === true ? { "data-still": "" } : {}),
        ...(again === undefined ? {} : { "data-again": String(again) })
      },
      States.sprite(),
      h("a", { class: "skip", href: "#main" }, "Skip to content"),
      h(
        "header",
        { class: "top" },
        h("a", { class: "brand", href: at("/builds") }, "orch"),
        h(
          "nav",
          { class: "nav", "aria-label": "Main" },
          ...navigation(site, viewer, section)
        ),
        h("button", { class: "btn", id: "fresh", type: "button", hidden: true }, "Show what is new"),
        h("span", { class: "live", id: "live", role: "status", hidden: true }, "Live"),
        h("a", { class: "btn plain", id: "find", href: at("/find") }, "Find"),
        who(viewer, at("/sign-in")),
        h(
          "details",
          { class: "menu" },
          h("summary", { class: "btn" }, "Menu"),
          h("nav", { "aria-label": "Main" }, ...navigation(site, viewer, section))
        )
      ),
      h("main", { id: "main", tabIndex: -1 }, ...body),
      h("div", { class: "said", id: "said", role: "status" }),
      h("p", { class: "vh", id: "announced", role: "status" }),
      h(
        "footer",
        { class: "foot" },
        h("span", null, `orch ${site.version}`),
        h(
          "span",
          null,
          h("span", { id: "zone-words" }, "Times are UTC."),
          " ",
          h("button", { class: "link", id: "zone", type: "button", hidden: true }, "Show local times")
        ),
        json === undefined ? null : h("a", { href: at(json) }, "This page as JSON"),
        command === undefined ? null : h("code", null, command),
        h("noscript", null, "Without script everything can be read; live changes need it.")
      ),
      ...Dialogs.all()
    )
  )
  return `<!doctype html>${render(document)}`
}

/** A page that says what went wrong and what to do. */
export const problem = (heading: string, sentence: string, section?: SiteMap.Address): Page => ({
  title: heading,
  ...(section === undefined ? {} : { section }),
  mark: "fail",
  body: [h("div", { class: "head" }, h("h1", null, heading), h("p", { class: "answer" }, sentence))]
})
