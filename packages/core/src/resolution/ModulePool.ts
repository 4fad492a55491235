/**
 * The builds a solver chooses from, with the answers it asks for again and again kept: who meets a requirement, what a
 * build requires, which build of a stream is newer.
 */
import * as AvailableModule from "./AvailableModule.ts"
import * as ModuleRequirement from "./ModuleRequirement.ts"
import * as PythonJson from "./PythonJson.ts"
import * as ResolutionSettings from "./ResolutionSettings.ts"
import * as StreamVersion from "./StreamVersion.ts"

type Module = AvailableModule.AvailableModule

export interface ModulePool {
  readonly settings: ResolutionSettings.ResolutionSettings
  readonly byName: ReadonlyMap<string, ReadonlyArray<Module>>
  /** How many builds of the same stream are preferred to this one. */
  readonly rank: ReadonlyMap<Module, number>
  readonly byPreference: (one: Module, two: Module) => number
  readonly meeting: (requirement: ModuleRequirement.Requirement) => ReadonlyArray<Module>
  readonly requirements: (module: Module) => ReadonlyArray<ReadonlyArray<ModuleRequirement.Requirement>>
}

const byVersion = (one: Module, two: Module): number =>
  one.version > two.version ? -1 : one.version < two.version ? 1 : 0

/**
 * Of several builds that would do for a transitive requirement: base modules by stream version, newest first, then stream
 * by stream, newest version first.
 */
const byPreference = (settings: ResolutionSettings.ResolutionSettings) => {
  const suffixes = settings.streamSuffixes
  return (one: Module, two: Module): number => {
    const isVersioned = settings.baseModuleNames.includes(one.name)
      && StreamVersion.isXyz(one.stream, { suffixes }) && StreamVersion.isXyz(two.stream, { suffixes })
    return (isVersioned ? StreamVersion.compareDescending(one.stream, two.stream, { suffixes }) : 0)
      || PythonJson.compareText(one.stream, two.stream)
      || byVersion(one, two)
  }
}

export const make = (
  modules: ReadonlyArray<Module>,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): ModulePool => {
  const byName = Map.groupBy(modules, (module) => module.name)
  const rank = new Map<Module, number>()
  for (const builds of Map.groupBy(modules, AvailableModule.nameStream).values()) {
    for (const [index, build] of builds.toSorted(byVersion).entries()) rank.set(build, index)
  }
  const met = new Map<string, ReadonlyArray<Module>>()
  const needs = new Map<Module, ReadonlyArray<ReadonlyArray<ModuleRequirement.Requirement>>>()
  return {
    settings,
    byName,
    rank,
    byPreference: byPreference(settings),
    meeting: (requirement) => {
      const key = JSON.stringify(requirement)
      const known = met.get(key)
      if (known !== undefined) return known
      const found = (byName.get(requirement.name) ?? []).filter((module) =>
        ModuleRequirement.isMetBy(requirement, module, settings)
      )
      met.set(key, found)
      return found
    },
    requirements: (module) => {
      const known = needs.get(module)
      if (known !== undefined) return known
      const found = ModuleRequirement.ofBuild(module, settings)
      needs.set(module, found)
      return found
    }
  }
}
