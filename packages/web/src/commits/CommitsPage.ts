/** `/commits`: which commit is built for all places that one needs, why newer ones are not it, and the lines that fetch it. */
import type { Repository, StorageNode } from "@orch/api/shaman/RepositoriesApi"
import type { VNode } from "preact"
import * as Actions from "../Actions.ts"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as States from "../States.ts"
import * as Times from "../Times.ts"
import type { Viewer } from "../Viewer.ts"
import * as CommitMarks from "./CommitMarks.ts"
import * as CommitMatrix from "./CommitMatrix.ts"
import * as StorageTable from "./StorageTable.ts"
import * as UseLines from "./UseLines.ts"

/** What the page is made of; texts are empty where nothing was asked. */
export interface Content extends UseLines.Question {
  /** What is wrong with the question. */
  readonly problem: string | undefined
  /** One repository for each place, of the common commit; empty where there is none. */
  readonly answer: ReadonlyArray<Repository>
  /** Newest first, of any status. */
  readonly found: ReadonlyArray<Repository>
  /** Where older ones go on. */
  readonly next: string | null
  readonly nodes: ReadonlyArray<StorageNode>
  readonly before: string
  readonly viewer: Viewer
  readonly now: number
  readonly prefix: string
  /** Where this server is reached, with the prefix. */
  readonly origin: string
}

const short = (sha1: string): string => sha1.slice(0, 8)

const instant = (modified: string): string => `${modified.slice(0, 23).replace(" ", "T")}Z`

const query = ({ at, flavor, project, ref, sha1, status }: Content) => ({ project, ref, at, flavor, sha1, status })

const form = (content: Content): VNode =>
  h(
    "form",
    {
      class: "ask",
      role: "search",
      "aria-label": "Find the common commit",
      action: `${content.prefix}/commits`,
      method: "get"
    },
    h("span", null, "The newest commit of"),
    Blocks.field("project", "Project", content.project, { id: "filter" }),
    h("span", null, "on"),
    Blocks.field("ref", "Branch or tag", content.ref),
    h("span", null, "in flavor"),
    Blocks.field("flavor", "any", content.flavor, { "aria-label": "Flavor" }),
    h("span", null, "that is ready for"),
    h(
      "label",
      { class: "field long" },
      h("span", { class: "sr-only" }, "Places, separated by commas"),
      h("input", {
        name: "at",
        value: content.at,
        placeholder: "centos/9/x86_64, ubuntu/22.04/arm64",
        spellcheck: false
      })
    ),
    h("button", { class: "btn main" }, "Ask")
  )

const newer = (rows: ReadonlyArray<CommitMatrix.Row>, sha1: string): ReadonlyArray<CommitMatrix.Row> => {
  const at = rows.findIndex((row) => row.sha1 === sha1)
  return at < 0 ? [] : rows.slice(0, at)
}

const sentence = (
  content: Content,
  asked: ReadonlyArray<CommitMatrix.Place>,
  rows: ReadonlyArray<CommitMatrix.Row>
): Blocks.Content => {
  const { answer, found, problem, project } = content
  if (problem !== undefined) return problem
  const first = answer[0]
  if (asked.length > 0 && first !== undefined) {
    return [
      h("span", { class: "mono" }, short(first.sha1)),
      ` is the newest commit that is ready for ${asked.length === 1 ? asked[0]!.text : `all ${asked.length} places`}.`
    ]
  }
  if (asked.length > 0 && project !== "") {
    const near = CommitMatrix.nearest(asked, rows)
    if (rows.length === 0) return "There is no repository of it at any of these places."
    if (near === undefined) return `No commit is ready for ${asked[0]!.text}.`
    return [
      `No commit is ready for all ${asked.length} places. Most lack ${near.lacking.text}`,
      near.without === undefined
        ? "."
        : ["; without it, the newest is ", h("span", { class: "mono" }, short(near.without.sha1)), "."]
    ]
  }
  return found.length === 0
    ? "No repository fits. They appear here when a module build is ready, or when something else reports one."
    : `${Blocks.count(found.length, "repository", "repositories")}${
      content.next === null ? "" : " and more"
    }, the newest first. Name places to learn which commit is built for all of them.`
}

/** Making a repository part of a release, which keeps it for ever; whoever may not is told nothing of it. */
const promotion = (content: Content, record: Repository, index: number): VNode | null =>
  content.viewer.mayAct
    ? Actions.form(
      {
        id: `promote-${index}`,
        label: "Promote",
        to: "/orch/v1/repository-promotions",
        body: { chacra_url: record.chacra_url },
        question: `${record.project} ${
          short(record.sha1)
        } for ${record.distro} becomes part of a release and is kept for ever.`,
        text: { name: "release", label: "The release's name", required: true },
        undo: {
          label: "Take it back",
          to: "/orch/v1/repository-promotions",
          body: { chacra_url: record.chacra_url, release: null }
        }
      },
      content.viewer,
      content.prefix,
      Blocks.address("/commits", query(content))
    )
    : null

const big = (
  content: Content,
  asked: ReadonlyArray<CommitMatrix.Place>,
  rows: ReadonlyArray<CommitMatrix.Row>
): VNode | null => {
  const { answer, now } = content
  const first = answer[0]
  if (asked.length === 0 || first === undefined) return null
  const since = answer.map(({ modified }) => instant(modified)).sort().at(-1)!
  const later = newer(rows, first.sha1)
  return h(
    "div",
    { class: "cols answercols", id: "common" },
    h(
      "section",
      { class: "panel big-answer", "aria-label": "Answer" },
      h(
        "p",
        null,
        States.badge(
          States.shown("good", "good", asked.length === 1 ? "Ready" : `Ready for all ${asked.length}`),
          "big"
        )
      ),
      h("p", { class: "sha" }, first.sha1.slice(0, 12), h("span", { class: "dim" }, first.sha1.slice(12, 40))),
      h("p", { class: "soft" }, "Ready everywhere since ", Times.time(since, now), "."),
      later.length === 0
        ? h("p", { class: "small soft" }, "No newer commit is known.")
        : h(
          "ul",
          { class: "small soft", "aria-label": "Newer commits, and why they are not the answer" },
          ...later.slice(0, 5).map((row) =>
            h(
              "li",
              { key: row.sha1 },
              h("a", { href: `#${row.sha1}`, class: "mono" }, short(row.sha1)),
              ` is newer and ${row.why}.`
            )
          )
        )
    ),
    h(
      "section",
      { class: "panel big-answer", "aria-labelledby": "h-use" },
      h("h2", { id: "h-use" }, "Use it"),
      ...answer.map((record, index) =>
        h(
          "div",
          { key: index },
          h(
            "p",
            { class: "small soft row" },
            h("span", null, asked[index]?.text ?? record.distro),
            promotion(content, record, index)
          ),
          Blocks.copyLine(
            UseLines.install(record, content.origin),
            `the line for ${asked[index]?.text ?? record.distro}`,
            index === 0 ? "dnf" : undefined
          )
        )
      ),
      h("p", { class: "small soft" }, "The same question for programs"),
      Blocks.copyLine(UseLines.command(content), "the orch line"),
      Blocks.copyLine(UseLines.curl(content, content.origin), "the curl line")
    )
  )
}

const matrix = (
  content: Content,
  asked: ReadonlyArray<CommitMatrix.Place>,
  rows: ReadonlyArray<CommitMatrix.Row>
): VNode =>
  Blocks.section("matrix", "Newest commits by place", [
    Blocks.table<CommitMatrix.Row>(
      "Commits, newest first, by place",
      [
        {
          head: "Commit",
          kind: "row",
          cell: (row) => [
            h("a", {
              class: "mono",
              href: Blocks.address(`${content.prefix}/commits`, { project: content.project, sha1: row.sha1 })
            }, short(row.sha1)),
            h("span", { class: "sub" }, Times.time(instant(row.modified), content.now))
          ]
        },
        ...asked.map((place, index): Blocks.Column<CommitMatrix.Row> => ({
          head: place.text,
          kind: "state",
          label: place.text,
          cell: (row) => States.badge(CommitMarks.stateOf(row.cells[index]))
        })),
        {
          head: "Complete?",
          kind: "wide",
          cell: (row) => row.sha1 === content.answer[0]?.sha1 ? h("strong", null, "This one") : row.why
        }
      ],
      rows,
      {
        kind: "matrix",
        idOf: ({ sha1 }) => sha1,
        classOf: ({ sha1 }) => sha1 === content.answer[0]?.sha1 ? "sel" : undefined
      }
    )
  ])

const list = (content: Content): VNode =>
  Blocks.section("repositories", "Repositories", [
    Blocks.table<Repository>("Repositories, newest first", [
      { head: "State", kind: "state", cell: (record) => States.badge(CommitMarks.stateOf(record)) },
      {
        head: "Project",
        kind: "row",
        cell: ({ project, ref }) =>
          h(
            "a",
            { href: Blocks.address(`${content.prefix}/commits`, { project, ref }) },
            h("bdi", null, `${project} ${ref}`)
          )
      },
      { head: "Commit", cell: ({ sha1 }) => h("span", { class: "mono" }, short(sha1)) },
      {
        head: "Place",
        cell: ({ distro, distro_codename, distro_version }) => `${distro}/${distro_version ?? distro_codename ?? ""}`
      },
      { head: "Architectures", label: "for", cell: ({ archs }) => archs.join(", ") },
      { head: "Flavor", label: "flavor", cell: ({ flavor }) => flavor },
      { head: "Changed", label: "changed", cell: ({ modified }) => Times.time(instant(modified), content.now) },
      {
        head: "Line that fetches it",
        kind: "wide",
        cell: (record) => record.status === "ready" ? h("code", null, UseLines.install(record, content.origin)) : ""
      }
    ], content.found)
  ])

/** The page. */
export const page = (content: Content): Page => {
  const { before, next, prefix, problem } = content
  const asked = CommitMatrix.places(content.at)
  const rows = asked.length === 0 ? [] : CommitMatrix.rows(asked, content.found)
  const older = next === null ? undefined : Blocks.address(`${prefix}/commits`, { ...query(content), before: next })
  return {
    title: content.project === "" ? "Repositories" : `${content.project} ${content.ref}: which commit?`,
    mark: content.answer.length > 0 ? "good" : "plan",
    section: "/commits",
    json: UseLines.path(content),
    command: UseLines.command(content),
    body: [
      Blocks.head({
        title: "Which commit is built for all of them?",
        answer: sentence(content, asked, rows),
        warn: problem !== undefined
      }),
      form(content),
      ...[
        big(content, asked, rows),
        content.found.length === 0 ? null : asked.length > 0 ? matrix(content, asked, rows) : list(content),
        Blocks.pager(before === "" ? undefined : Blocks.address(`${prefix}/commits`, query(content)), older),
        StorageTable.section(content.nodes, content.now)
      ].filter((one) => one !== null)
    ]
  }
}
