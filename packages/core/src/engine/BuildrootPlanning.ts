/** The buildroot a module build asks the farm for. */
import { distTag, key, type ModuleBuild } from "../modulebuild/ModuleBuild.ts"
import { nsvc } from "../modulebuild/ModulePlan.ts"
import type { BuildrootPlan } from "../ports/BuildSystem.ts"

export const plan = (build: ModuleBuild): BuildrootPlan => ({
  key: key(build.id),
  name: build.plan.name,
  stream: build.plan.stream,
  version: build.plan.version,
  context: build.plan.context,
  platform: build.plan.platform,
  arches: build.plan.arches,
  distTag: distTag(build),
  macros: macros(build),
  packages: build.plan.components.map((component) => component.name),
  modules: build.plan.modules,
  groups: build.plan.groups,
  blocked: build.plan.blocked,
  scratch: build.plan.scratch
})

/**
 * The macro file of every component: what `module-build-macros` installs as `macros.zz-modules` in the Module Build
 * Service, the modulemd's own macros last so that they win.
 */
const macros = (build: ModuleBuild): string => {
  const { context, macros, name, stream, version } = build.plan
  return [
    `%dist .${distTag(build)}`,
    `%modularitylabel ${nsvc(build.plan)}`,
    "%_module_build 1",
    `%_module_name ${name}`,
    `%_module_stream ${stream}`,
    `%_module_version ${version}`,
    `%_module_context ${context}`,
    macros.trimEnd()
  ].filter((line) => line !== "").join("\n") + "\n"
}
