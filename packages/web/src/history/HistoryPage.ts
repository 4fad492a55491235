/** `/history`: what branches pointed to, since when, and what was built from a commit that its branch has left. */
import type { Ref, RefInterval, StaleComponent } from "@orch/api/orch/HistoryApi"
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as ShellLines from "../ShellLines.ts"
import * as States from "../States.ts"
import * as Times from "../Times.ts"

/** What the page is made of; texts are empty where nothing was asked. */
export interface Content {
  readonly repository: string
  readonly ref: string
  readonly commit: string
  readonly problem: string | undefined
  readonly refs: ReadonlyArray<Ref>
  readonly intervals: ReadonlyArray<RefInterval>
  readonly stale: ReadonlyArray<StaleComponent>
  /** Where a further page of what is listed begins; `undefined` on the last. */
  readonly next: Readonly<Record<string, string>> | undefined
  readonly now: number
  readonly prefix: string
}

/** What is listed on one page. */
export const size = 50

const short = (commit: string | null): VNode =>
  commit === null
    ? h("span", { class: "dim" }, "deleted")
    : h("span", { class: "mono", title: commit }, commit.slice(0, 12))

const addressOf = (prefix: string, repository: string, ref: string): string =>
  Blocks.address(`${prefix}/history`, { repository, ref })

const answer = (content: Content): Blocks.Content => {
  const { commit, intervals, now, problem, ref, refs, repository, stale } = content
  if (problem !== undefined) return problem
  const first = intervals[0]
  if (commit !== "") {
    return first === undefined
      ? "No branch or tag is known to have pointed to this commit."
      : `${Blocks.count(intervals.length, "time", "times")} a branch or tag pointed to it.`
  }
  if (ref !== "") {
    if (first === undefined) return `Nothing is known of ${ref} of ${repository}.`
    return first.commit === null
      ? [`${ref} was deleted `, Times.time(first.from, now), "."]
      : [`${ref} points to `, short(first.commit), " since ", Times.time(first.from, now), "."]
  }
  if (refs.length === 0) {
    return "No branch is followed yet. Pushes that a forge tells of, and those of modules that are built, appear here."
  }
  return stale.length === 0
    ? "Everything that was built last is from commits that their branches still point to."
    : `${Blocks.count(stale.length, "component was", "components were")} built from a commit that its branch has left.`
}

const sources = {
  webhook: "told by the forge",
  poll: "found by looking",
  backfill: "from the dates of commits, less certain",
  manual: "told by a person"
} as const

const timeline = (content: Content): VNode | null => {
  const { commit, intervals, now, prefix } = content
  return intervals.length === 0 ?
    null :
    Blocks.section("intervals", commit === "" ? "What it pointed to" : "What pointed to it", [
      Blocks.table<RefInterval>("Intervals, newest first", [
        {
          head: "From",
          kind: "row",
          cell: (
            { from, to }
          ) => [
            Times.time(from, now),
            h("span", { class: "sub" }, to === null ? "until now" : `for ${Times.duration(Times.between(from, to))}`)
          ]
        },
        ...(commit === ""
          ? []
          : [{
            head: "Ref",
            cell: ({ ref, repository }: RefInterval) =>
              h("a", { href: addressOf(prefix, repository, ref) }, h("bdi", null, ref))
          }]),
        {
          head: "Commit",
          cell: ({ commit, repository }) =>
            commit === null
              ? short(null)
              : h("a", { href: Blocks.address(`${prefix}/history`, { repository, commit }) }, short(commit))
        },
        {
          head: "How it came",
          kind: "state",
          cell: ({ forced, gap }) =>
            forced === true
              ? States.badge(States.shown("attn", "attn", "Commits were taken away"))
              : gap
              ? States.badge(States.shown("idle", "unknown", "Pushes before it were missed"))
              : States.badge(States.shown("idle", "good", "Moved on"), "quiet")
        },
        {
          head: "Known",
          kind: "wide",
          cell: (
            { actor, source }
          ) => [sources[source], actor === null ? "" : h("span", { class: "sub" }, h("bdi", null, actor))]
        }
      ], intervals)
    ])
}

const staleTable = ({ now, prefix, stale }: Content): VNode | null =>
  stale.length === 0 ? null : Blocks.section("stale", "Built from commits that branches have left", [
    Blocks.table<StaleComponent>("Outdated components, newest build first", [
      {
        head: "Component",
        kind: "row",
        cell: ({ component, module }) => [h("bdi", null, component), h("span", { class: "sub" }, module)]
      },
      {
        head: "Build",
        label: "build",
        cell: ({ build }) => h("a", { href: `${prefix}/builds/${build}` }, String(build))
      },
      {
        head: "Branch",
        cell: ({ ref, repository }) => h("a", { href: addressOf(prefix, repository, ref) }, h("bdi", null, ref))
      },
      { head: "Built from", label: "built from", cell: ({ built }) => short(built) },
      { head: "Now", label: "now", cell: ({ tip }) => short(tip) },
      { head: "Since", kind: "num", label: "since", cell: ({ moved }) => Times.time(moved, now) }
    ], stale)
  ])

const refTable = ({ now, prefix, refs }: Content): VNode | null =>
  refs.length === 0 ? null : Blocks.section("refs", "Branches and tags", [
    Blocks.table<Ref>("Branches and tags", [
      {
        head: "Ref",
        kind: "row",
        cell: ({ ref, repository }) => h("a", { href: addressOf(prefix, repository, ref) }, h("bdi", null, ref))
      },
      { head: "Repository", kind: "wide", cell: ({ repository }) => h("span", { class: "mono" }, repository) },
      { head: "Points to", label: "points to", cell: ({ commit }) => short(commit) },
      { head: "Since", kind: "num", label: "since", cell: ({ since }) => since === null ? "" : Times.time(since, now) }
    ], refs)
  ])

/** The page. */
export const page = (content: Content): Page => {
  const { commit, next, prefix, problem, ref, repository } = content
  const json = commit !== ""
    ? Blocks.address("/orch/v1/history/commits", { repository, commit })
    : ref !== ""
    ? Blocks.address("/orch/v1/history/intervals", { repository, ref })
    : Blocks.address("/orch/v1/history/refs", { repository })
  return {
    title: ref === "" ? "History of branches" : `${ref} of ${repository}`,
    section: "/history",
    json,
    command: ref === "" ? "orch history stale" : ShellLines.line("orch", "history", "show", repository, ref),
    body: [
      Blocks.head({
        title: ref === "" && commit === "" ? "History of branches" : ref === "" ? commit.slice(0, 12) : ref,
        ...(repository === "" ? {} : { note: repository, crumbs: [["History", `${prefix}/history`] as const] }),
        answer: answer(content),
        warn: problem !== undefined
      }),
      Blocks.ask(`${prefix}/history`, "Look at a branch or a commit", [
        Blocks.field("repository", "Repository: rpms/zlib or its address", repository, { id: "filter" }),
        Blocks.field("ref", "Branch or tag", ref),
        Blocks.field("commit", "or a commit, in full", commit)
      ], "Look"),
      ...[
        timeline(content),
        staleTable(content),
        refTable(content),
        Blocks.pager(
          undefined,
          next === undefined ? undefined : Blocks.address(`${prefix}/history`, { repository, ref, commit, ...next })
        )
      ].filter((one) => one !== null)
    ]
  }
}
