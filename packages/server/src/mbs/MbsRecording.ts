/** Has what MBS's face shows of a module build written down when the build begins, and again when its plan is another one. */
import type { ModuleBuildLife } from "@orch/core/modulebuild/ModuleBuildLife"
import type { ResolutionSettings } from "@orch/core/resolution/ResolutionSettings"
import type { Projection } from "../database/ProcessTable.ts"
import * as MbsProjection from "./statements/MbsProjection.ts"

/** What the store of module builds is given. */
export const projection = (settings: ResolutionSettings): Projection<ModuleBuildLife> => (sql, id, plan) =>
  MbsProjection.record(sql, id, plan, settings)

/** The background work that writes down what lists show of a build once it has ended. */
export { layer as whenEnded } from "./MbsSettling.ts"
