/** The tables of campaigns. */
import type { Campaign, CampaignNode } from "@orch/core/campaign/Campaign"
import { type CampaignLife, campaignLife } from "@orch/core/campaign/CampaignLife"
import type { CampaignPlan } from "@orch/core/campaign/CampaignPlan"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Column, ProcessTable } from "../database/ProcessTable.ts"
import { json } from "../database/StorableText.ts"

const columns: ReadonlyArray<Column<Campaign>> = [{ name: "state", type: "text", of: ({ state }) => state }]

const partColumns: ReadonlyArray<Column<CampaignNode>> = [
  { name: "state", type: "text", of: ({ state }) => state },
  { name: "builds", type: "jsonb", of: ({ audit, builds }) => [...builds, ...audit?.builds ?? []].map(({ id }) => id) }
]

const encodePlan = Schema.encodeSync(campaignLife.codecs.plan)

/** What the store of campaigns writes. */
export const campaignTable: ProcessTable<CampaignLife> = {
  life: campaignLife,
  process: "campaign",
  part: "campaign_node",
  event: "campaign_event",
  reference: "campaign_id",
  columns,
  derivedColumns: [],
  partColumns,
  derivedPartColumns: [],
  // No campaign takes a place from another.
  placeIndex: "campaign_place",
  insert: (sql, plan: CampaignPlan) =>
    sql<{ id: bigint }>`
      INSERT INTO campaign (revision, plan, progress, state)
      VALUES (0, ${json(encodePlan(plan))}::text::jsonb, '{}'::jsonb, 'planned')
      RETURNING id`,
  holder: () => Effect.succeed([])
}
