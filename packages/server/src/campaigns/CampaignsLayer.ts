/** Campaigns in operation: their store, what they ask for, and what they hear. */
import { Campaigns } from "@orch/core/ports/campaign/Campaigns"
import * as Layer from "effect/Layer"
import * as PgProcesses from "../database/PgProcesses.ts"
import * as CampaignCommands from "./CampaignCommands.ts"
import * as CampaignNews from "./CampaignNews.ts"
import * as CampaignOrders from "./CampaignOrders.ts"
import { CampaignRulesInForce } from "./CampaignRulesInForce.ts"
import { CampaignSettings, type Values } from "./CampaignSettings.ts"
import { campaignTable } from "./CampaignTable.ts"
import * as FailureNotices from "./FailureNotices.ts"
import * as PushedChanges from "./PushedChanges.ts"
import * as TrialCampaigns from "./TrialCampaigns.ts"

/** The store. */
export const store = Layer.effect(Campaigns, PgProcesses.make(campaignTable))

/** Everything; two commands run side by side in this server process. */
export const layer = (settings: Values) =>
  Layer.mergeAll(CampaignCommands.workers({ concurrency: 2 }), CampaignNews.layer, PushedChanges.layer).pipe(
    Layer.provideMerge(TrialCampaigns.layer),
    Layer.provideMerge(Layer.merge(CampaignOrders.layer, FailureNotices.layer)),
    Layer.provideMerge(Layer.merge(store, CampaignRulesInForce.layer)),
    Layer.provide(Layer.succeed(CampaignSettings, settings))
  )
