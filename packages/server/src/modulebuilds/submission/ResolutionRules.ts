/** What the installation decides about resolution, for everything that resolves, or writes down what was resolved. */
import * as ResolutionSettings from "@orch/core/resolution/ResolutionSettings"
import * as Context from "effect/Context"

export const ResolutionRules: Context.Reference<ResolutionSettings.ResolutionSettings> = Context.Reference(
  "@orch/server/modulebuilds/submission/ResolutionRules",
  { defaultValue: () => ResolutionSettings.defaults }
)
