/** The buildroot a module build asks the farm for. */
import { key, type ModuleBuild } from "../modulebuild/ModuleBuild.ts"
import type { BuildrootPlan } from "../ports/BuildSystem.ts"

export const plan = (build: ModuleBuild): BuildrootPlan => ({
  key: key(build.id),
  name: build.plan.name,
  stream: build.plan.stream,
  version: build.plan.version,
  context: build.plan.context,
  platform: build.plan.platform,
  arches: build.plan.arches,
  distTag: build.plan.distTag,
  macros: build.plan.macros,
  packages: build.plan.components.map((component) => component.name),
  modules: build.plan.modules,
  groups: build.plan.groups,
  blocked: build.plan.blocked,
  scratch: build.plan.scratch
})
