/** `/me`: one's own builds, how one is told, and who one is here. */
import type { FeedEntry, FeedPage as Feed } from "@orch/api/orch/FeedApi"
import type { NoticePreference } from "@orch/api/orch/NoticesApi"
import type { VNode } from "preact"
import * as Blocks from "./Blocks.ts"
import * as FeedPage from "./FeedPage.ts"
import type { Page } from "./Frame.ts"
import { h } from "./Markup.ts"
import * as States from "./States.ts"
import * as Times from "./Times.ts"
import type { Viewer } from "./Viewer.ts"

/** What the page is made of. */
export interface Content {
  /** The newest of one's own builds. */
  readonly feed: Feed
  readonly preference: NoticePreference
  /** Whether the preference was taken just now, or what is wrong with what was sent. */
  readonly said: "saved" | { readonly problem: string } | undefined
  readonly viewer: Viewer
  readonly now: number
  readonly prefix: string
}

const answer = ({ feed: { items, more, total }, said }: Content): string => {
  if (said === "saved") return "It is saved: you are told as you say below."
  if (said !== undefined) return said.problem
  if (items.length === 0) return "You have not submitted a build yet."
  const failed = items.filter((entry) => States.ofBuild(entry).mark === "fail").length
  const going = items.filter(({ completed_at }) => completed_at === null).length
  return `${more ? "More than " : ""}${Blocks.count(total, "build is", "builds are")} yours; of the newest ${
    going === 0 ? "none is" : going === 1 ? "1 is" : `${going} are`
  } going on and ${failed} failed.`
}

const builds = ({ feed: { items, next }, now, prefix }: Content): VNode =>
  Blocks.section(
    "builds",
    "Your builds",
    [
      items.length === 0
        ? Blocks.empty("None yet.", h("a", { href: `${prefix}/submit` }, "Plan a module"))
        : Blocks.table<FeedEntry>("Your builds, newest first", [
          { head: "State", kind: "state", cell: (one) => States.badge(States.ofBuild(one)) },
          {
            head: "Build",
            kind: "row",
            cell: ({ id, name, stream }) =>
              h("a", { href: `${prefix}/builds/${id}` }, h("bdi", null, `${name}:${stream}`))
          },
          { head: "Says", kind: "wide", cell: ({ sentence }) => sentence },
          { head: "Since", label: "since", cell: ({ created_at }) => Times.time(created_at, now) }
        ], items)
    ],
    next === null
      ? {}
      : { end: h("a", { href: Blocks.address(`${prefix}/builds`, { q: FeedPage.mine }) }, "All of them") }
  )

const field = (name: string, label: string, value: string, hint: string): VNode =>
  h(
    "label",
    { class: "field-label" },
    label,
    h("input", {
      name,
      value,
      autoComplete: "off",
      spellcheck: false,
      maxLength: 1024,
      "aria-describedby": `${name}-hint`
    }),
    h("span", { id: `${name}-hint`, class: "dim small" }, hint)
  )

const notices = ({ preference: { address, follow, mail, webhook }, prefix, viewer }: Content): VNode =>
  Blocks.section("notices", "How you are told", [
    h(
      "form",
      { method: "post", action: `${prefix}/me`, class: "panel pad sign-in" },
      viewer.proof === undefined ? null : h("input", { type: "hidden", name: "proof", value: viewer.proof }),
      h(
        "p",
        null,
        h(
          "label",
          { class: "row" },
          h("input", { type: "checkbox", name: "mail", value: "yes", ...(mail ? { checked: true } : {}) }),
          "By mail"
        )
      ),
      field("address", "To this address", address ?? "", "Empty: to the address that the server knows of you."),
      field("webhook", "By a POST of JSON to", webhook ?? "", "An http or https address; empty: nowhere."),
      h(
        "label",
        { class: "field-label" },
        "Modules of others to be told of",
        h("textarea", {
          class: "paste low",
          name: "follow",
          rows: 4,
          spellcheck: false,
          "aria-describedby": "follow-hint"
        }, follow.join("\n")),
        h(
          "span",
          { id: "follow-hint", class: "dim small" },
          "NAME:STREAM, one a line, at most 100; * stands for anything."
        )
      ),
      h("button", { class: "btn main", id: "save" }, "Save")
    )
  ], { hint: "when something of yours fails, once for each cause" })

const access = ({ prefix, viewer }: Content): VNode =>
  Blocks.section("access", "Tokens and sessions", [
    h(
      "p",
      null,
      "Programs sign in as you with a token. The server keeps none of them to show: whoever runs it makes own tokens, and an identity " +
        "provider gives its own to this command."
    ),
    Blocks.copyLine("orch login", "the command that signs in"),
    h(
      "p",
      null,
      h("a", { href: `${prefix}/sign-in` }, "Your groups, and signing out of this browser"),
      viewer.isAdministrator
        ? [". ", h("a", { href: `${prefix}/admin` }, "All sessions and own tokens"), " are with the administration."]
        : "."
    )
  ])

/** The page. */
export const page = (content: Content): Page => {
  const { said, viewer } = content
  return {
    title: "Yours",
    section: "/builds",
    json: "/orch/v1/feed/?q=owner:me",
    command: "orch notices show",
    // Somebody may be writing into it.
    isStill: true,
    body: [
      Blocks.head({
        title: h("bdi", null, viewer.name ?? "You"),
        answer: answer(content),
        warn: said !== undefined && said !== "saved"
      }),
      ...(said === undefined
        ? [builds(content), notices(content)]
        : [notices(content), builds(content)]),
      access(content)
    ]
  }
}
