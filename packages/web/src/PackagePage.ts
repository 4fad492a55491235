/** `/packages/NAME`: one package everywhere: module builds that have it, package builds, releases that bring it, and what depends on it. */
import type { FeedEntry, FeedPage } from "@orch/api/orch/FeedApi"
import type { ReachedNode } from "@orch/api/orch/GraphApi"
import type { ReleaseSummary } from "@orch/api/orch/ReleasesApi"
import type { SearchHit } from "@orch/api/orch/SearchApi"
import type { VNode } from "preact"
import * as Blocks from "./Blocks.ts"
import type { Page } from "./Frame.ts"
import { h } from "./Markup.ts"
import * as ReleaseStates from "./releases/ReleaseStates.ts"
import * as ShellLines from "./ShellLines.ts"
import * as States from "./States.ts"
import * as Times from "./Times.ts"

/** What the page is made of. */
export interface Content {
  readonly name: string
  /** The newest module builds that have it, and how many there are. */
  readonly builds: FeedPage
  /** Package builds of it. */
  readonly packageBuilds: ReadonlyArray<SearchHit>
  readonly releases: { readonly items: ReadonlyArray<ReleaseSummary>; readonly total: number }
  readonly dependants: { readonly items: ReadonlyArray<ReachedNode>; readonly total: number }
  readonly now: number
  readonly prefix: string
}

const answer = ({ builds, dependants, name, now, packageBuilds, prefix, releases }: Content): Blocks.Content => {
  const newest = builds.items[0]
  if (newest === undefined && packageBuilds.length === 0 && releases.total === 0 && dependants.total === 0) {
    return `Nothing here has a package that is called ${name}.`
  }
  const said = `${dependants.total === 0 ? "nothing" : Blocks.count(dependants.total, "thing")} ${
    dependants.total > 1 ? "depend" : "depends"
  } on it.`
  return newest === undefined
    ? `No module build has it; ${said}`
    : [
      `${builds.more ? "More than " : ""}${
        Blocks.count(builds.total, "module build has", "module builds have")
      } it, the newest `,
      h("a", { href: `${prefix}/builds/${newest.id}#c-${name}` }, h("bdi", null, `${newest.name}:${newest.stream}`)),
      ` of `,
      Times.time(newest.created_at, now),
      `, which is ${States.ofBuild(newest).word.toLowerCase()}; ${said}`
    ]
}

const builds = ({ builds: { items, next }, name, now, prefix }: Content): VNode | null =>
  items.length === 0 ? null : Blocks.section(
    "builds",
    "Module builds that have it",
    [
      Blocks.table<FeedEntry>("Module builds, newest first", [
        { head: "State", kind: "state", cell: (one) => States.badge(States.ofBuild(one)) },
        {
          head: "Build",
          kind: "row",
          cell: (one) => [
            h("a", { href: `${prefix}/builds/${one.id}#c-${name}` }, h("bdi", null, `${one.name}:${one.stream}`)),
            h("span", { class: "sub mono" }, `${one.version} · ${one.context}`)
          ]
        },
        { head: "Platform", label: "for", cell: ({ platform }) => platform },
        { head: "Says", kind: "wide", cell: ({ sentence }) => sentence },
        { head: "Since", label: "since", cell: ({ created_at }) => Times.time(created_at, now) }
      ], items)
    ],
    next === null ? {} : {
      end: h("a", { href: Blocks.address(`${prefix}/builds`, { q: `package:${name}` }) }, "All of them")
    }
  )

const packageBuilds = ({ packageBuilds: all, prefix }: Content): VNode | null =>
  all.length === 0 ? null : Blocks.section("package-builds", "Package builds", [
    h(
      "ul",
      { class: "panel rank" },
      ...all.map(({ id, state, title }) =>
        h(
          "li",
          { key: id },
          h("span", null, h("a", { href: `${prefix}/package-builds/${id}` }, h("bdi", null, title))),
          h("span", { class: "dim" }, state ?? "")
        )
      )
    )
  ])

const releases = ({ now, prefix, releases: { items, total } }: Content): VNode | null =>
  items.length === 0 ? null : Blocks.section("releases", "Releases that bring it", [
    Blocks.table<ReleaseSummary>("Releases, newest first", [
      { head: "State", kind: "state", cell: (one) => States.badge(ReleaseStates.of(one)) },
      { head: "Release", kind: "row", cell: ({ id }) => h("a", { href: `${prefix}/releases/${id}` }, String(id)) },
      { head: "Platform", label: "for", cell: ({ platform }) => platform },
      { head: "Since", label: "since", cell: ({ created_at }) => Times.time(created_at, now) }
    ], items)
  ], { hint: total > items.length ? `the newest ${items.length} of ${total.toLocaleString("en")}` : undefined })

const dependants = ({ dependants: { items, total }, name, prefix }: Content): VNode | null =>
  items.length === 0 ? null : Blocks.section("dependants", "What depends on it", [
    Blocks.table<ReachedNode>("What depends on it, the nearest first", [
      {
        head: "Thing",
        kind: "row",
        cell: ({ node }) =>
          node.startsWith("rpms/")
            ? h("a", { href: `${prefix}/packages/${encodeURIComponent(node.slice(5))}` }, h("bdi", null, node.slice(5)))
            : h("bdi", null, node.replace(/^modules\//, ""))
      },
      { head: "Kind", label: "a", cell: ({ node }) => node.startsWith("rpms/") ? "package" : "module" },
      { head: "By", kind: "wide", cell: ({ depth, type, via }) => depth === 1 ? type : `${type}, over ${via}` },
      { head: "Steps", kind: "num", label: "steps", cell: ({ depth }) => String(depth) }
    ], items)
  ], {
    ...(total > items.length ? { hint: `the nearest ${items.length} of ${total.toLocaleString("en")}` } : {}),
    end: h(
      "a",
      { href: Blocks.address(`${prefix}/impact`, { subject: `rpms/${name}` }) },
      "What a change of it reaches"
    )
  })

/** The page. */
export const page = (content: Content): Page => {
  const { name } = content
  return {
    title: `Package ${name}`,
    section: "/builds",
    json: Blocks.address("/orch/v1/feed/", { q: `package:${name}` }),
    command: ShellLines.line("orch", "module-build", "feed", `package:${name}`),
    body: [
      Blocks.head({ title: h("bdi", null, name), note: "package", answer: answer(content) }),
      ...[builds(content), packageBuilds(content), releases(content), dependants(content)].filter((one) => one !== null)
    ]
  }
}
