/** Settings of campaigns. */
import * as Context from "effect/Context"
import * as Setting from "../Setting.ts"

/** The settings of campaigns, by the names that the server knows them by. */
export const settings = {
  campaignLimit: Setting.integer("ORCH_CAMPAIGN_LIMIT", {
    about: "Modules that a campaign may rebuild without anybody's approval. 0: each is approved.",
    fallback: "10",
    minimum: 0,
    maximum: 100_000
  }),
  campaignWidth: Setting.integer("ORCH_CAMPAIGN_WIDTH", {
    about: "Modules of one campaign that may be built at the same time.",
    fallback: "20",
    minimum: 1,
    maximum: 10_000
  }),
  campaignSlots: Setting.integer("ORCH_CAMPAIGN_SLOTS", {
    about:
      "Packages of all campaigns together that may be built at the same time, so that nobody's own build waits behind them. 0: nine tenths of "
      + "what the farm builds at once, or as many as ORCH_CAMPAIGN_WIDTH where it does not say.",
    fallback: "0",
    minimum: 0,
    maximum: 1_000_000
  }),
  campaignAudit: Setting.integer("ORCH_CAMPAIGN_AUDIT", {
    about:
      "Of the modules that campaigns cut off, the percentage that is built all the same, in scratch, to see whether that was "
      + "right. 0: none.",
    fallback: "5",
    minimum: 0,
    maximum: 100
  }),
  mailUrl: Setting.secret("ORCH_MAIL_URL", {
    about: "Mail server by which failures in campaigns are told, such as smtp://user:password@mail.example.org:587 or "
      + "smtps://mail.example.org. Without it no mail is sent."
  }),
  mailFrom: Setting.text("ORCH_MAIL_FROM", {
    about: "Address that mails are from.",
    fallback: "orch@localhost"
  }),
  campaignRules: Setting.optionalText("ORCH_CAMPAIGN_RULES", {
    about:
      "File of rules that say which pushes begin campaigns, and which modules follow a change; see docs/campaigns.md. "
      + "Without it no push begins anything."
  })
}

/** What the settings came to. */
export interface Values extends Setting.Values<typeof settings> {}

/** The values. */
export class CampaignSettings extends Context.Service<CampaignSettings, Values>()(
  "@orch/server/campaigns/CampaignSettings"
) {}
