/** The buildroot a module build asks the farm for. */
import * as Result from "effect/Result"
import { distTag, key, type ModuleBuild, results } from "../../modulebuild/ModuleBuild.ts"
import { nsvc } from "../../modulebuild/ModulePlan.ts"
import * as Nevra from "../../Nevra.ts"
import type { BuildrootPlan } from "../../ports/BuildSystem.ts"

/**
 * The buildroot that the components of a build are built in, under the build's key: the same build always asks for the
 * same one.
 */
export const plan = (build: ModuleBuild): BuildrootPlan => ({
  ...passes(build),
  key: key(build.id),
  owner: build.plan.owner,
  name: build.plan.name,
  stream: build.plan.stream,
  version: build.plan.version,
  context: build.plan.context,
  platform: build.plan.platform,
  arches: build.plan.arches,
  distTag: distTag(build),
  macros: macros(build),
  packages: build.plan.components.map((component) => component.name),
  modules: modules(build),
  groups: build.plan.groups,
  blocked: build.plan.blocked,
  ...(build.plan.includeAll === undefined ? {} : { includeAll: build.plan.includeAll }),
  ...(build.plan.dynamicBuildrequires === undefined
    ? {}
    : { dynamicBuildrequires: build.plan.dynamicBuildrequires }),
  scratch: build.plan.scratch,
  ...(Object.values(build.plan.buildrequires).some(({ filteredRpms }) => filteredRpms !== undefined)
    ? { knowsKeptOut: true }
    : {})
})

/** Farms make room for each pass over a package when they prepare the buildroot. */
const passes = ({ plan }: ModuleBuild): Pick<BuildrootPlan, "passes"> => {
  const highest = Math.max(0, ...plan.components.map(({ pass = 0 }) => pass))
  return highest === 0 ? {} : { passes: highest }
}

/**
 * A module that is built with an earlier build of itself gets those packages from it that its own components, taken over
 * from there, bring into the buildroot anyway: these very builds of them, since a component may be another version by now.
 */
const modules = (build: ModuleBuild): BuildrootPlan["modules"] => {
  const { modules, name } = build.plan
  if (!modules.some((module) => module.name === name)) return modules
  const kept = results(build).flatMap(({ artifacts }) =>
    artifacts.flatMap(({ nevra }) => {
      const parsed = Nevra.parse(nevra)
      return Result.isSuccess(parsed) && parsed.success.arch !== "src" ? [Nevra.format(parsed.success)] : []
    })
  )
  return kept.length === 0 ? modules : modules.map((module) => module.name === name ? { ...module, kept } : module)
}

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
