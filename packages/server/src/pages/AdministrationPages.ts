/** `/admin` and what lies below it, for administrators. */
import { AuditPage as Audit, BrowserSession, KnownToken, ShownSetting } from "@orch/api/orch/AdministrationApi"
import { FiledDoubt } from "@orch/api/orch/LogsApi"
import { DeadLetter } from "@orch/api/orch/OperationsApi"
import * as AdministrationPage from "@orch/web/administration/AdministrationPage"
import * as AuditPage from "@orch/web/administration/AuditPage"
import * as SettingsPage from "@orch/web/administration/SettingsPage"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Asked, type PageModule, textIn } from "./PageModule.ts"

const administration = ({ ask, now, prefix, viewer }: Asked) =>
  Effect.map(
    Effect.all([
      ask("/orch/v1/dead-letters", Schema.Array(DeadLetter)),
      ask("/orch/v1/administration/sessions", Schema.Array(BrowserSession)),
      ask("/orch/v1/administration/tokens", Schema.Array(KnownToken)),
      ask("/orch/v1/logs/doubts", Schema.Array(FiledDoubt))
    ]),
    ([deadLetters, sessions, tokens, doubts]) => ({
      status: 200,
      page: AdministrationPage.page({ deadLetters, sessions, tokens, doubts, viewer, now, prefix })
    })
  )

const settings = ({ ask, prefix }: Asked) =>
  Effect.map(ask("/orch/v1/administration/settings", Schema.Array(ShownSetting)), (shown) => ({
    status: 200,
    page: SettingsPage.page({ settings: shown, prefix })
  }))

const audit = ({ ask, now, prefix, query }: Asked) => {
  const name = textIn(query)("name")
  const before = query.get("before")
  const asked = new URLSearchParams({
    ...(name === "" ? {} : { name }),
    ...(before === null ? {} : { before })
  })
  return Effect.map(ask(`/orch/v1/administration/audit?${asked}`, Audit), (found) => ({
    status: 200,
    page: AuditPage.page({ audit: found, name, now, prefix })
  }))
}

export const pages: ReadonlyArray<PageModule> = [
  { address: "/admin", make: administration },
  { address: "/admin/settings", make: settings },
  { address: "/admin/audit", make: audit }
]
