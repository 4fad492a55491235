/** How much may be built at the same time, over all processes; without limits unless something is provided. */
import * as Context from "effect/Context"
import type { Limits } from "../farm/FairShare.ts"

/** The limits that hold for this server's farm. Their value is none where nothing is provided. */
export const SubmissionLimits: Context.Reference<Limits> = Context.Reference(
  "@orch/core/engine/SubmissionLimits",
  {
    defaultValue: (): Limits => ({})
  }
)
