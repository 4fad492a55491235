/** The store of campaigns. */
import * as Context from "effect/Context"
import type { CampaignLife } from "../../campaign/CampaignLife.ts"
import type { ProcessStore } from "../ProcessStore.ts"

/** Campaigns: create, apply, get, history. */
export class Campaigns extends Context.Service<Campaigns, ProcessStore<CampaignLife>>()(
  "@orch/core/ports/campaign/Campaigns"
) {}
