/** The parts of a preparation: the module's buildroot, and one for each pass over packages that are built more than once. */
import * as Pass from "@orch/core/farm/Pass"
import type { BuildrootPlan } from "@orch/core/ports/BuildSystem"
import * as BuildrootNames from "./BuildrootNames.ts"
import * as ModuleBuildMacros from "./ModuleBuildMacros.ts"

/** What is prepared: the module's buildroot, or that of one pass over a package, which stands on it. */
export interface Stage {
  readonly plan: BuildrootPlan
  readonly names: BuildrootNames.BuildrootNames
  readonly pass: number | undefined
}

/** In the order in which they are prepared. */
export const stagesOf = (plan: BuildrootPlan): ReadonlyArray<Stage> =>
  BuildrootNames.allOf(plan).map((names, index) => {
    const pass = index === 0 ? undefined : index
    const distTag = Pass.distTag(plan.distTag, pass)
    const macros = plan.macros.replace(/^%dist\s.*$/m, () => `%dist .${distTag}`)
    return { plan: { ...plan, distTag, macros }, names, pass }
  })

/** The key of the task that builds the macros package. */
export const macrosKey = ({ pass, plan }: Stage) =>
  `${plan.key}/${ModuleBuildMacros.packageName}${pass === undefined ? "" : `~pass${pass}`}/1`
