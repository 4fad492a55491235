/** `/campaigns` and `/impact`. */
import { CampaignDetail, CampaignSummary, Impact } from "@orch/api/orch/CampaignsApi"
import * as Blocks from "@orch/web/Blocks"
import * as CampaignList from "@orch/web/campaigns/CampaignList"
import * as CampaignPage from "@orch/web/campaigns/CampaignPage"
import * as ImpactPage from "@orch/web/campaigns/ImpactPage"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Asked, offsetIn, type PageModule, part } from "./PageModule.ts"

const Listed = Schema.Struct({ items: Schema.Array(CampaignSummary), total: Schema.Number })

const list = Effect.fnUntraced(function*({ ask, now, prefix, query }: Asked) {
  const state = query.get("state") ?? ""
  const offset = offsetIn(query)
  const found = yield* ask(
    Blocks.address("/orch/v1/campaigns/", { state, limit: CampaignList.size, offset }),
    Listed
  )
  return { status: 200, page: CampaignList.page({ ...found, state, offset, now, prefix }) }
})

const one = Effect.fnUntraced(function*({ ask, now, params, prefix, query, viewer }: Asked) {
  const said = (name: string) => (query.get(name) ?? "").trim()
  const campaign = yield* ask(`/orch/v1/campaigns/${part(params["id"])}`, CampaignDetail)
  const filter = { state: said("state"), tier: said("tier"), q: said("q"), offset: offsetIn(query) }
  return { status: 200, page: CampaignPage.page({ campaign, filter, node: said("node"), viewer, now, prefix }) }
})

const impact = Effect.fnUntraced(function*({ ask, prefix, query, viewer }: Asked) {
  const said = (name: string) => (query.get(name) ?? "").trim()
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
  if (cause.subject === "") return { status: 200, page: page(undefined, undefined) }
  return yield* ask(Blocks.address("/orch/v1/impact", cause), Impact).pipe(
    Effect.map((found) => ({ status: 200, page: page(found, undefined) })),
    Effect.catch((refused) =>
      refused.status === 400
        ? Effect.succeed({ status: 400, page: page(undefined, refused.message) })
        : Effect.fail(refused)
    )
  )
})

export const pages: ReadonlyArray<PageModule> = [
  { address: "/campaigns", make: list },
  { address: "/campaigns/:id", make: one },
  { address: "/impact", make: impact }
]
