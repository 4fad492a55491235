/** The rules for campaigns that this server was started with. */
import type { CampaignRules } from "@orch/core/campaign/CampaignRules"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CampaignSettings } from "./CampaignSettings.ts"
import * as RulesFile from "./RulesFile.ts"

/** The rules. */
export class CampaignRulesInForce extends Context.Service<CampaignRulesInForce, CampaignRules>()(
  "@orch/server/campaigns/CampaignRulesInForce"
) {
  /** Of the file that the settings name. */
  static readonly layer: Layer.Layer<CampaignRulesInForce, RulesFile.RulesFileUnusable, CampaignSettings> = Layer
    .effect(
      CampaignRulesInForce,
      Effect.flatMap(CampaignSettings, ({ campaignRules }) => RulesFile.read(campaignRules))
    )
}
