/** How many packages of campaigns may be built at the same time: what the operator says, else what leaves a part of the farm to what people wait for. */
import { RebuildLimit } from "@orch/core/engine/SubmissionLimits"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import * as DispatchOrder from "@orch/core/rebuild/DispatchOrder"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Values } from "./CampaignSettings.ts"

/** Of a farm that does not say how much it builds at once, as many as one campaign may have modules under way. */
export const layer = (
  { campaignSlots, campaignWidth }: Pick<Values, "campaignSlots" | "campaignWidth">
): Layer.Layer<never, never, BuildSystem> =>
  Layer.effect(
    RebuildLimit,
    Effect.map(BuildSystem, ({ slots = Effect.undefined }) =>
      campaignSlots > 0
        ? Effect.succeed(campaignSlots)
        : Effect.map(slots, (all) => all === undefined ? campaignWidth : DispatchOrder.capacity(all).mass))
  )
