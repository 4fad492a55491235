/** `/find?q=`: things of all kinds by one text; the palette shows what this page does. */
import type { SearchHit } from "@orch/api/orch/SearchApi"
import type { VNode } from "preact"
import * as Blocks from "./Blocks.ts"
import type { Page } from "./Frame.ts"
import { h } from "./Markup.ts"

/** What the page is made of. */
export interface Content {
  readonly q: string
  readonly hits: ReadonlyArray<SearchHit>
  readonly problem: string | undefined
  readonly prefix: string
}

const words: Readonly<Record<SearchHit["kind"], string>> = {
  "build": "module build",
  "module": "module",
  "package": "package",
  "package-build": "package build",
  "release": "release",
  "repository": "repository",
  "node": "node",
  "owner": "person",
  "task": "task of the farm"
}

const toBuild = ({ build }: SearchHit): string | undefined => build === null ? undefined : `/builds/${build}`

/** Where a thing is shown; `undefined` for a part of no build. */
const pathOf = (hit: SearchHit): string | undefined => {
  const { id, kind, title } = hit
  switch (kind) {
    case "build":
      return `/builds/${id}`
    case "package":
      return `/packages/${encodeURIComponent(title)}`
    case "module":
    case "task":
      return toBuild(hit)
    case "package-build":
      return `/package-builds/${id}`
    case "release":
      return `/releases/${id}`
    case "repository":
      return `/commits/${encodeURIComponent(title.split(/[ /@:]/)[0] ?? "")}`
    case "node":
      return "/farm"
    case "owner":
      return `/builds?${new URLSearchParams({ q: `owner:${id}` })}`
  }
}

const row = (prefix: string) => (hit: SearchHit): VNode | null => {
  const path = pathOf(hit)
  const about = `${words[hit.kind]}${hit.state === null ? "" : `, ${hit.state}`}`
  return path === undefined ? null : h(
    "li",
    { key: `${hit.kind} ${hit.id}`, "data-row": "" },
    h("a", { href: `${prefix}${path}`, "data-about": about }, h("bdi", null, hit.title)),
    " ",
    h("span", { class: "dim small" }, about)
  )
}

const answer = ({ hits, problem, q }: Content): string =>
  problem ?? (q === ""
    ? "Give a number, a name or its beginning, name:stream, seven digits of a commit or more, or an address."
    : hits.length === 0
    ? `Nothing is called ${q}, or begins so.`
    : `${hits.length} ${hits.length === 1 ? "thing fits" : "things fit"}, what fits best first.`)

/** The page. */
export const page = (content: Content): Page => {
  const { hits, prefix, q } = content
  return {
    title: q === "" ? "Find" : `Find ${q}`,
    json: `/orch/v1/search?q=${encodeURIComponent(q)}`,
    command: "orch search",
    body: [
      Blocks.head({ title: "Find", answer: answer(content) }),
      Blocks.ask(`${prefix}/find`, "Find", [Blocks.field("q", "What to find", q, { id: "filter" })], "Find"),
      h("ol", { id: "hits", class: "links" }, ...hits.map(row(prefix)))
    ]
  }
}
