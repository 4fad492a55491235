/** `/admin/audit`: who changed what, the newest first. */
import type { AuditEntry, AuditPage } from "@orch/api/orch/AdministrationApi"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as Times from "../Times.ts"
import * as AdministrationPage from "./AdministrationPage.ts"

/** What the page is made of. */
export interface Content {
  readonly audit: AuditPage
  readonly name: string
  readonly now: number
  readonly prefix: string
}

const outcome = (status: number): string => status < 300 ? "done" : status < 500 ? "refused" : "failed"

/** The page. */
export const page = ({ audit: { items, next }, name, now, prefix }: Content): Page => {
  const query = (before: number) => `?${new URLSearchParams({ before: `${before}`, ...(name === "" ? {} : { name }) })}`
  return {
    title: "Audit",
    section: "/admin",
    json: `/orch/v1/administration/audit${name === "" ? "" : `?${new URLSearchParams({ name })}`}`,
    body: [
      Blocks.head({
        title: "Audit",
        answer: items.length === 0
          ? (name === "" ? "Nobody changed anything yet." : `${name} changed nothing.`)
          : "Who changed what was there already, the newest first. Submissions are in the feed."
      }),
      AdministrationPage.views("/admin/audit", prefix),
      Blocks.ask(
        `${prefix}/admin/audit`,
        "Whose changes",
        [Blocks.field("name", "Who", name, { id: "filter" })],
        "Show"
      ),
      ...(items.length === 0 ? [] : [Blocks.table<AuditEntry>("Changes", [
        { head: "When", cell: ({ at }) => Times.time(at, now) },
        { head: "Who", kind: "row", cell: (entry) => h("bdi", null, entry.name) },
        { head: "What", kind: "wide", cell: ({ method, path }) => h("code", null, `${method} ${path}`) },
        { head: "Outcome", cell: ({ status }) => `${outcome(status)} (${status})` },
        { head: "Request", kind: "hide", cell: ({ request }) => h("code", { class: "small" }, request ?? "") }
      ], items)]),
      ...(next === null
        ? []
        : [h("div", { class: "more" }, h("a", { class: "btn", href: `${prefix}/admin/audit${query(next)}` }, "Older"))])
    ]
  }
}
