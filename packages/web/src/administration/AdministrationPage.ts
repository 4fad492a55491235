/** `/admin`: commands that were given up, who is signed in, and the server's own tokens. */
import type { BrowserSession, KnownToken } from "@orch/api/orch/AdministrationApi"
import type { FiledDoubt } from "@orch/api/orch/LogsApi"
import type { DeadLetter } from "@orch/api/orch/OperationsApi"
import type { VNode } from "preact"
import * as Actions from "../Actions.ts"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as Times from "../Times.ts"
import type { Viewer } from "../Viewer.ts"

/** What the page is made of. */
export interface Content {
  readonly deadLetters: ReadonlyArray<DeadLetter>
  readonly sessions: ReadonlyArray<BrowserSession>
  readonly tokens: ReadonlyArray<KnownToken>
  readonly doubts: ReadonlyArray<FiledDoubt>
  readonly viewer: Viewer
  readonly now: number
  readonly prefix: string
}

const processOf = ({ life, module_build: build, process }: DeadLetter, prefix: string): VNode | string =>
  build !== null
    ? h("a", { href: `${prefix}/builds/${build}` }, `module build ${build}`)
    : `${life.replaceAll("-", " ")}${process === null ? "" : ` ${process}`}`

const deadLetters = ({ deadLetters: letters, now, prefix, viewer }: Content): VNode =>
  Blocks.section("dead-letters", "Commands that were given up", [
    letters.length === 0
      ? h("p", null, "None: everything that was to be done was done, or is being tried.")
      : Blocks.table<DeadLetter>(
        "Commands that were given up",
        [
          { head: "Of", kind: "row", cell: (letter) => processOf(letter, prefix) },
          { head: "Command", cell: ({ command }) => h("code", null, command) },
          { head: "Why", kind: "wide", cell: ({ reason }) => reason },
          { head: "Tried", kind: "num", cell: ({ attempts }) => Blocks.count(attempts, "time", "times") },
          { head: "Since", cell: ({ at }) => Times.time(at, now) },
          {
            head: "Do",
            cell: ({ id }) =>
              Actions.form(
                {
                  id: `release-${id}`,
                  label: "Try again",
                  to: `/orch/v1/dead-letters/${encodeURIComponent(id)}/release`
                },
                viewer,
                prefix,
                "/admin"
              )
          }
        ],
        letters,
        { idOf: ({ id }) => `letter-${id}` }
      )
  ])

const ways: Readonly<Record<BrowserSession["way"], string>> = {
  token: "own API token",
  provider: "identity provider",
  kerberos: "Kerberos",
  forge: "GitHub"
}

const sessions = ({ now, prefix, sessions: all, viewer }: Content): VNode =>
  Blocks.section("sessions", "Signed in with a browser", [
    all.length === 0
      ? h("p", null, "Nobody.")
      : Blocks.table<BrowserSession>("Who is signed in with a browser", [
        { head: "Who", kind: "row", cell: ({ name }) => h("bdi", null, name) },
        { head: "By", cell: ({ way }) => ways[way] },
        { head: "Since", cell: ({ created_at }) => Times.time(created_at, now) },
        { head: "Seen", cell: ({ seen_at }) => Times.time(seen_at, now) },
        { head: "Ends", cell: ({ ends_at }) => Times.time(ends_at, now) },
        {
          head: "Do",
          cell: ({ id, name }) =>
            Actions.form(
              {
                id: `end-${id}`,
                label: "Sign out",
                method: "DELETE",
                to: `/orch/v1/administration/sessions/${id}`,
                question: `${name} has to sign in again in that browser.`
              },
              viewer,
              prefix,
              "/admin"
            )
        }
      ], all)
  ])

const tokens = ({ tokens: all }: Content): VNode =>
  Blocks.section("tokens", "Own API tokens", [
    all.length === 0
      ? h("p", null, "None is set.")
      : Blocks.table<KnownToken>("Whose tokens there are", [
        { head: "Whose", kind: "row", cell: ({ name }) => h("bdi", null, name) },
        { head: "Groups", kind: "wide", cell: ({ groups }) => groups.length === 0 ? "none" : groups.join(", ") }
      ], all)
  ], { hint: "They are made and taken away in the setting ORCH_API_TOKENS; the server knows hashes alone." })

/** The page of a log, from what comes after `/orch/v1/logs/`. */
const logHref = (log: string, line: number, prefix: string): string => {
  const [life = "", id = "", part = "", attempt = ""] = log.split("/")
  const name = encodeURIComponent(part)
  return life === "module-build"
    ? `${prefix}/builds/${id}/${name}/${attempt}/log#L${line}`
    : `${prefix}/package-builds/${id}/${name}/log#L${line}`
}

const doubts = ({ doubts: all, now, prefix }: Content): VNode =>
  Blocks.section("doubted", "Lines that rules took for the cause, and are not", [
    all.length === 0
      ? h("p", null, "None: nobody said so of a line.")
      : Blocks.table<FiledDoubt>("Lines that are not the cause", [
        { head: "Rule", kind: "row", cell: ({ rule }) => rule },
        { head: "Line", kind: "wide", cell: ({ text }) => h("code", null, text) },
        { head: "Where", cell: ({ line, log }) => h("a", { href: logHref(log, line, prefix) }, `line ${line}`) },
        { head: "Says", cell: ({ by }) => h("bdi", null, by) },
        { head: "Since", cell: ({ at }) => Times.time(at, now) }
      ], all)
  ], { hint: "The rules are data of the server; each such line is an example that a rule is not for." })

/** The pages of administration, above each of them. */
export const views = (current: string, prefix: string): VNode =>
  Blocks.views(
    "Administration",
    ([["What needs you", "/admin"], ["Settings", "/admin/settings"], ["Audit", "/admin/audit"]] as const).map((
      [label, path]
    ) => [label, `${prefix}${path}`, path === current] as const)
  )

/** The page. */
export const page = (content: Content): Page => {
  const count = content.deadLetters.length
  return {
    title: "Administration",
    section: "/admin",
    json: "/orch/v1/dead-letters",
    command: "orch dead-letters",
    body: [
      Blocks.head({
        title: "Administration",
        answer: count === 0
          ? "Nothing was given up; nothing needs you here."
          : `${Blocks.count(count, "command was", "commands were")} given up and ${
            count === 1 ? "waits" : "wait"
          } for you.`
      }),
      views("/admin", content.prefix),
      deadLetters(content),
      sessions(content),
      tokens(content),
      doubts(content)
    ]
  }
}
