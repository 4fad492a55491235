/** How much may be built at the same time, over all processes; without limits unless something is provided. */
import * as Context from "effect/Context"
import type { Limits } from "../farm/FairShare.ts"

export const SubmissionLimits: Context.Reference<Limits> = Context.Reference(
  "@orch/core/engine/SubmissionLimits",
  {
    defaultValue: (): Limits => ({})
  }
)
