/** `/builds`: what goes on, and what needs a person. */
import type { FeedCounts, FeedEntry, FeedPage } from "@orch/api/orch/FeedApi"
import type { VNode } from "preact"
import type { Page } from "./Frame.ts"
import { h } from "./Markup.ts"
import * as Picks from "./Picks.ts"
import * as States from "./States.ts"
import * as Times from "./Times.ts"
import type { Viewer } from "./Viewer.ts"

/** What the page is made of: the feed where the filter could be understood, else what is wrong with the filter. */
export interface Content {
  readonly q: string
  readonly feed: FeedPage | undefined
  readonly problem: string | undefined
  /** How many fit the filters of the views, in their order; `undefined` where that is not known. */
  readonly counts: FeedCounts | undefined
  /** How much waits for the farm; `undefined` where that is not known. */
  readonly waiting: number | undefined
  readonly viewer: Viewer
  readonly now: number
  readonly prefix: string
}

/** How far a build is, as a bar with its words. */
export const progress = ({ components }: Pick<FeedEntry, "components">): VNode => {
  const { available, building, built, failed, reused, submitting, total } = components
  const own = Math.max(0, available + built - reused)
  const words = `${available + built} of ${total}${reused > 0 ? `, ${reused} reused` : ""}${
    failed > 0 ? `, ${failed} failed` : ""
  }`
  let x = 0
  const part = (count: number, name: string, hollow = false) => {
    if (count === 0 || total === 0) return null
    const width = 144 * count / total
    const rect = hollow
      ? h("rect", {
        x: x + 0.75,
        y: 0.75,
        width: Math.max(0.5, width - 2.5),
        height: 6.5,
        class: `nofill s-${name}`,
        "stroke-width": 1.5
      })
      : h("rect", { x, y: 0, width: Math.max(0.5, width - 1), height: 8, class: `f-${name}` })
    x += width
    return rect
  }
  return h(
    "div",
    { class: "prog" },
    h(
      "svg",
      { class: "bar", viewBox: "0 0 144 8", preserveAspectRatio: "none", role: "img", "aria-label": words },
      part(reused, "good", true),
      part(own, "good"),
      part(building, "run"),
      part(submitting, "run", true),
      part(failed, "bad"),
      part(total - available - built - building - submitting - failed, "line")
    ),
    h("span", null, words)
  )
}

const when = ({ completed_at, created_at, expected }: FeedEntry, now: number): VNode =>
  completed_at !== null
    ? h(
      "div",
      { class: "time" },
      Times.time(completed_at, now),
      h("small", null, `took ${Times.duration(Times.between(created_at, completed_at))}`)
    )
    : h(
      "div",
      { class: "time" },
      expected === null ? "end not known yet" : ["about ", Times.time(expected.at, now)],
      h("small", null, ["since ", Times.time(created_at, now)])
    )

/** What can be done to several at once. */
const doings: ReadonlyArray<Picks.Doing> = ([
  ["Cancel", "cancel", undefined],
  ["Resume", "resume", undefined],
  ["Build first", "priority", { priority: 1 }],
  ["Build later", "priority", { priority: -1 }],
  ["Retire", "retire", undefined]
] as const).map(([label, action, body]) => ({
  label,
  action,
  to: `/orch/v1/module-builds/:id/${action}`,
  may: "/orch/v1/module-builds/:id/actions",
  ...(body === undefined ? {} : { body })
}))

const row = (entry: FeedEntry, { now, prefix, viewer }: Content): VNode => {
  const { context, first_error: error, id, name, platform, sentence, stream, version } = entry
  return h(
    "li",
    { id: `b-${id}`, key: id },
    h(
      "span",
      null,
      viewer.mayAct ? Picks.box(id, `${name}:${stream}, build ${id}`) : null,
      States.badge(States.ofBuild(entry))
    ),
    h(
      "h3",
      null,
      h("a", { href: `${prefix}/builds/${id}` }, h("bdi", null, `${name}:${stream}`)),
      h("span", { class: "id" }, `${version} · ${context} · ${platform}`)
    ),
    h(
      "div",
      { class: "say" },
      sentence,
      error === null || error.line === null ? null : [
        " ",
        h("a", {
          href: `${prefix}/builds/${id}/${encodeURIComponent(error.component)}/${error.attempt}/log#L${error.line}`
        }, `line ${error.line}`),
        error.text === null ? null : h("pre", null, error.text)
      ]
    ),
    progress(entry),
    when(entry, now)
  )
}

const section = (id: string, heading: string, entries: ReadonlyArray<FeedEntry>, content: Content): VNode | null =>
  entries.length === 0
    ? null
    : h(
      "section",
      { class: "sec", "aria-labelledby": id, key: id },
      h("header", null, h("h2", { id }, heading), h("span", { class: "dim small" }, String(entries.length))),
      h(
        "ol",
        { class: "feed", ...(content.viewer.mayAct ? Picks.list(doings, "build") : {}) },
        ...entries.map((entry) => row(entry, content))
      )
    )

/** Names for filters that everybody has; `Mine` for whoever is known. */
export const views = ({ name }: Pick<Viewer, "name">): ReadonlyArray<readonly [label: string, filter: string]> => [
  ...(name === undefined || name === "anonymous" ? [] : [["Mine", mine] as const]),
  ["All", ""],
  ["Need a person", "needs:person"],
  ["Failed", "state:failed"],
  ["Going on", "state:init,wait,build,done"],
  ["At the gate", "state:gate"],
  ["Ready", "state:ready"]
]

/** The filter that whoever is known begins with, where any build fits it. */
export const mine = "owner:me"

/** What the filter understands, for who begins to write. */
const examples = [
  "state:failed",
  "state:init,wait,build,done",
  "state:ready",
  "owner:me",
  "kind:scratch",
  "-kind:scratch",
  "name:",
  "stream:",
  "platform:",
  "arch:",
  "package:",
  "commit:",
  "since:24h",
  "took:>2h",
  "needs:person"
]

const needs = (entry: FeedEntry): boolean => entry.dead_letters > 0 || States.ofBuild(entry).hue === "bad"

const answer = ({ feed, problem, q }: Content, failed: number, going: number): string => {
  if (problem !== undefined) return problem
  if (feed === undefined || feed.items.length === 0) {
    return q === ""
      ? "Nothing was built yet. Submit a module with: orch module-build submit URL"
      : "No build fits this filter."
  }
  const one = (count: number, word: string) => `${count} build${count === 1 ? "" : "s"} ${word}`
  return `${one(going, "going on")}, ${
    failed === 0 ? "none needs" : failed === 1 ? "1 needs" : `${failed} need`
  } a person.`
}

/** The page. */
export const page = (content: Content): Page => {
  const { counts, feed, prefix, problem, q, viewer } = content
  const items = feed?.items ?? []
  const failed = items.filter(needs)
  const going = items.filter((entry) => !needs(entry) && entry.completed_at === null)
  const done = items.filter((entry) => !needs(entry) && entry.completed_at !== null)
  // All is asked for by name, where one's own come first.
  const address = (filter: string) => `${prefix}/builds?q=${encodeURIComponent(filter)}`
  const atom = `/builds.atom${q === "" ? "" : `?q=${encodeURIComponent(q)}`}`
  const countOf = (filter: string) => {
    const found = counts?.find((one) => one.q === filter)
    return found === undefined ? null : h(
      "span",
      { class: "dim" },
      ` ${found.more ? `more than ${found.total.toLocaleString("en")}` : found.total.toLocaleString("en")}`
    )
  }
  return {
    title: q === "" ? "Builds" : `${q}: builds`,
    section: "/builds",
    json: `/orch/v1/feed/${q === "" ? "" : `?q=${encodeURIComponent(q)}`}`,
    command: "orch module-build list",
    atom,
    ...(going.length === 0 ? {} : { again: 10 }),
    body: [
      h(
        "div",
        { class: "head" },
        h(
          "div",
          { class: "head-row" },
          h("h1", null, "Builds"),
          h("div", { class: "acts" }, h("a", { class: "btn main", href: `${prefix}/submit` }, "Submit a build"))
        ),
        h(
          "p",
          { class: problem === undefined ? "answer" : "answer warn", id: "answer" },
          answer(content, failed.length, going.length)
        ),
        content.waiting === undefined ? null : h(
          "p",
          { class: "small soft" },
          content.waiting === 0
            ? "Nothing waits for the farm. "
            : `${content.waiting.toLocaleString("en")} ${
              content.waiting === 1 ? "task waits" : "tasks wait"
            } for the farm. `,
          h("a", { href: `${prefix}/farm` }, content.waiting === 0 ? "The farm" : "Why things wait")
        )
      ),
      h(
        "nav",
        { class: "views", "aria-label": "Views", "data-own": "" },
        ...views(viewer).map(([label, filter]) =>
          h("a", { href: address(filter), ...(filter === q ? { "aria-current": "page" } : {}) }, label, countOf(filter))
        )
      ),
      h(
        "form",
        { class: "search", role: "search", action: `${prefix}/builds`, method: "get" },
        h(
          "label",
          { class: "field" },
          h("span", { class: "sr-only" }, "Filter"),
          h("input", {
            id: "filter",
            name: "q",
            value: q,
            placeholder: "state:failed owner:me platform:el9 perl",
            autoComplete: "off",
            list: "filters",
            spellcheck: false
          }),
          h("datalist", { id: "filters" }, ...examples.map((one) => h("option", { key: one, value: one })))
        ),
        h("button", { class: "btn" }, "Filter")
      ),
      ...[
        section("h-need", "Need a person", failed, content),
        section("h-now", "Going on", going, content),
        section("h-done", "Finished", done, content)
      ].filter((one) => one !== null),
      ...(feed === undefined || feed.next === null ? [] : [
        h(
          "div",
          { class: "more" },
          h("a", {
            class: "btn",
            href: `${prefix}/builds?before=${feed.next}&q=${encodeURIComponent(q)}`
          }, "Older")
        )
      ]),
      h("p", { class: "dim small" }, h("a", { href: `${prefix}${atom}` }, "This view as an Atom feed"))
    ]
  }
}
