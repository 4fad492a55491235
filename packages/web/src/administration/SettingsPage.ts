/** `/admin/settings`: every setting in force, without secrets. */
import type { ShownSetting } from "@orch/api/orch/AdministrationApi"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"
import * as AdministrationPage from "./AdministrationPage.ts"

/** What the page is made of. */
export interface Content {
  readonly settings: ReadonlyArray<ShownSetting>
  readonly prefix: string
}

const value = ({ given, secret, value: text }: ShownSetting) =>
  secret
    ? (given ? "set, and not shown" : "not set")
    : text === null || text === ""
    ? h("span", { class: "dim" }, given ? "empty" : "not set")
    : h("code", null, text)

/** The page. */
export const page = ({ prefix, settings }: Content): Page => {
  const given = settings.filter((one) => one.given)
  const others = settings.filter((one) => !one.given)
  const table = (caption: string, rows: ReadonlyArray<ShownSetting>) =>
    Blocks.table<ShownSetting>(caption, [
      { head: "Setting", kind: "row", cell: ({ variable }) => h("code", null, variable) },
      { head: "Value", kind: "wide", cell: value },
      { head: "What it is for", kind: "wide", cell: ({ about }) => h("span", { class: "soft" }, about) }
    ], rows)
  return {
    title: "Settings",
    section: "/admin",
    json: "/orch/v1/administration/settings",
    command: "orch-server config",
    body: [
      Blocks.head({
        title: "Settings",
        answer: `${
          Blocks.count(given.length, "setting was", "settings were")
        } given; the others are as they are without.`
      }),
      AdministrationPage.views("/admin/settings", prefix),
      ...(given.length === 0 ? [] : [Blocks.section("given", "Given", [table("Settings that were given", given)])]),
      Blocks.section("others", "As they are without", [table("Settings that were not given", others)])
    ]
  }
}
