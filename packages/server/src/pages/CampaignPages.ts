/** `/campaigns` and `/impact`. */
import { CampaignDetail, CampaignSummary, Impact } from "@orch/api/orch/CampaignsApi"
import { listed } from "@orch/api/orch/Listed"
import * as Blocks from "@orch/web/Blocks"
import * as CampaignList from "@orch/web/campaigns/CampaignList"
import * as CampaignPage from "@orch/web/campaigns/CampaignPage"
import * as ImpactPage from "@orch/web/campaigns/ImpactPage"
import type { Page } from "@orch/web/Frame"
import * as Effect from "effect/Effect"
import { answered, type Asked, offsetIn, type PageModule, part, textIn } from "./PageModule.ts"

const list = Effect.fnUntraced(function*({ ask, now, prefix, query }: Asked) {
  const state = query.get("state") ?? ""
  const offset = offsetIn(query)
  const found = yield* ask(
    Blocks.address("/orch/v1/campaigns/", { state, limit: CampaignList.size, offset }),
    listed(CampaignSummary)
  )
  return { status: 200, page: CampaignList.page({ ...found, state, offset, now, prefix }) }
})

const asking = (page: (content: CampaignPage.Content) => Page) =>
  Effect.fnUntraced(function*({ ask, now, params, prefix, query, viewer }: Asked) {
    const said = textIn(query)
    const campaign = yield* ask(`/orch/v1/campaigns/${part(params["id"])}`, CampaignDetail)
    const filter = { state: said("state"), tier: said("tier"), q: said("q"), offset: offsetIn(query) }
    return { status: 200, page: page({ campaign, filter, node: said("node"), viewer, now, prefix }) }
  })

const impact = Effect.fnUntraced(function*({ ask, prefix, query, viewer }: Asked) {
  const said = textIn(query)
  const cause = { subject: said("subject"), ref: said("ref"), commit: said("commit") }
  const page = (found: Impact | undefined, problem: string | undefined) =>
    ImpactPage.page({
      ...cause,
      impact: found,
      problem,
      offset: offsetIn(query),
      tier: said("tier"),
      viewer,
      prefix
    })
  return cause.subject === ""
    ? { status: 200, page: page(undefined, undefined) }
    : yield* answered(ask(Blocks.address("/orch/v1/impact", cause), Impact), page)
})

export const pages: ReadonlyArray<PageModule> = [
  { address: "/campaigns", make: list },
  { address: "/campaigns/:id", make: asking(CampaignPage.page) },
  { address: "/campaigns/:id/table", make: asking(CampaignPage.asTable) },
  { address: "/impact", make: impact }
]
