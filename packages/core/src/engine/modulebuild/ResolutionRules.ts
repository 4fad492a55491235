/** What the installation decides about resolution, for everything that resolves, or writes down what was resolved. */
import * as Context from "effect/Context"
import * as ResolutionSettings from "../../resolution/ResolutionSettings.ts"

/** The rules of this installation; those of the Module Build Service's defaults where nothing is provided. */
export const ResolutionRules: Context.Reference<ResolutionSettings.ResolutionSettings> = Context.Reference(
  "@orch/core/engine/modulebuild/ResolutionRules",
  { defaultValue: () => ResolutionSettings.defaults }
)
